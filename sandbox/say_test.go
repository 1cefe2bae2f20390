package sandbox

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"
)

func TestErrorsInBothLanguages(t *testing.T) {
	broken := Errorf("%q is no range", "%q n’est pas une plage", "x")
	for name, c := range map[string]struct {
		err    error
		en, fr string
	}{
		"alone":                {broken, `"x" is no range`, `"x" n’est pas une plage`},
		"around another":       {Errorf("--map: %w; give two", "--map : %w ; donnez-en deux", broken), `--map: "x" is no range; give two`, `--map : "x" n’est pas une plage ; donnez-en deux`},
		"around the kernel's":  {Errorf("read %s: %w", "lire %s : %w", "/x", fs.ErrNotExist), "read /x: file does not exist", "lire /x : file does not exist"},
		"a text within":        {Errorf("the %s namespace", "l’espace de noms %s", Text{EN: "user", FR: "utilisateur"}), "the user namespace", "l’espace de noms utilisateur"},
		"of no use for one":    {Errorf("%s: %w; give more", "%[1]s : donnez-en plus", "--n", errors.New("bad")), "--n: bad; give more", "--n : donnez-en plus"},
		"a plain one around":   {fmt.Errorf("start: %w", broken), `start: "x" is no range`, `start: "x" n’est pas une plage`},
		"two plain ones":       {fmt.Errorf("a: %w", fmt.Errorf("b: %w", broken)), `a: b: "x" is no range`, `a: b: "x" n’est pas une plage`},
		"joined":               {errors.Join(fs.ErrExist, broken), "file already exists\n\"x\" is no range", "file already exists\n\"x\" n’est pas une plage"},
		"nobody's but English": {fs.ErrNotExist, "file does not exist", "file does not exist"},
	} {
		if got := Said(c.err); got != (Text{c.en, c.fr}) || c.err.Error() != c.en {
			t.Errorf("%s: %q, want %q and %q", name, got, c.en, c.fr)
		}
	}
}

func TestErrorsInBothLanguagesWrap(t *testing.T) {
	err := Errorf("read: %w", "lire : %w", fmt.Errorf("open: %w", fs.ErrNotExist))
	if !errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrExist) {
		t.Errorf("%v does not wrap what it is made of, or more", err)
	}
}
