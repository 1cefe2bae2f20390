package lessons

import (
	"fmt"
	"strings"
	"testing"
)

// TestTypography wants a page to be told of as many spaces as are wrong.
func TestTypography(t *testing.T) {
	for text, want := range map[string]int{
		"«\u00a0Oui\u00a0»\u00a0; et puis\u00a0? Non\u202f!":         0,
		"« Oui », ou «non»":                                          4,
		"Quoi ? Cela ; ceci :\n\nAh !":                               4,
		"**Bien ?** (Bon !) Vraiment ?!":                             3,
		"`[ a ] ; b` et ``c `d` ; e``":                               0,
		"«`a`»":                                                      2,
		"Un tableau :\n\n| a | b |\n| :-- | --- |\n![image](a)":      1,
		"```sh\nif true ; then :\n```\nfin":                          0,
		"```quiz {id=a}\nQui ?\n- [ ] toi !\n- [x] moi\n```":         2,
		"```note\nDites « non ».\n```\n- x\n  ```note\n  y ?\n  ```": 2,
	} {
		p := newPage("x.fr.md", []byte("---\ntitle: x\n---\n"+text+"\n"))
		p.typography()
		said := ""
		for _, problem := range p.problems {
			said += problem.String()
		}
		if ending := fmt.Sprintf(": %d", want); want == 0 && said != "" || want > 0 && !strings.HasSuffix(said, ending) {
			t.Errorf("%q: %q, want %d", text, said, want)
		}
	}
}

// TestTypographySaysWhere wants the line, in the file, of the first of them.
func TestTypographySaysWhere(t *testing.T) {
	p := newPage("x.fr.md", []byte("---\ntitle: x\n---\n```text\nquoi ?\n```\n\nBien.\nQuoi ?\n"))
	p.typography()
	if len(p.problems) != 1 || p.problems[0].Line != 9 || !p.problems[0].Minor {
		t.Errorf("got %v", p.problems)
	}
}
