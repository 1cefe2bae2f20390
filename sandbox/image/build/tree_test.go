//go:build linux

package build

import (
	"io/fs"
	"slices"
	"testing"
	"time"
)

var someTime = time.Unix(1_700_000_000, 0)

// names walks a tree and lists what is in it.
func names(t *testing.T, from *tree) []string {
	t.Helper()
	var all []string
	err := fs.WalkDir(from, ".", func(name string, d fs.DirEntry, err error) error {
		if d.IsDir() {
			name += "/"
		}
		all = append(all, name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// add puts files into a tree.
func add(t *testing.T, to *tree, files map[string]string) {
	t.Helper()
	for name, content := range files {
		if err := to.file(name, 0o644, []byte(content)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTreeMakesFoldersAndDropsNames(t *testing.T) {
	tr := newTree(someTime)
	add(t, tr, map[string]string{"a/b/c": "1", "/a/b/d": "22", "./a/e/": "333"})
	tr.drop("a/b/c")
	tr.drop("a/none")
	tr.drop("none/at/all")
	want := []string{"./", "a/", "a/b/", "a/b/d", "a/e"}
	if got := names(t, tr); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := tr.size(); got != 5 {
		t.Errorf("the files have %d bytes, want 5", got)
	}
}

func TestTreeStaysBelowItsRoot(t *testing.T) {
	tr := newTree(someTime)
	add(t, tr, map[string]string{"../../etc/x": "1", "a/../../b": "2"})
	if got, want := names(t, tr), []string{"./", "b", "etc/", "etc/x"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTreeRefusesAFileInAFile(t *testing.T) {
	tr := newTree(someTime)
	add(t, tr, map[string]string{"a": "1"})
	if err := tr.file("a/b", 0o644, nil); err == nil {
		t.Error("no error")
	}
}

func TestAFolderKeepsWhatItHolds(t *testing.T) {
	tr := newTree(someTime)
	add(t, tr, map[string]string{"a/b": "1"})
	if err := tr.put("a", folder("", 0o700, someTime)); err != nil {
		t.Fatal(err)
	}
	if err := tr.put(".", folder("", 0o711, someTime)); err != nil {
		t.Fatal(err)
	}
	if got, want := names(t, tr), []string{"./", "a/", "a/b"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if n, _ := tr.find("a"); n.mode.Perm() != 0o700 || tr.root.mode.Perm() != 0o711 {
		t.Errorf("modes are %v and %v", n.mode, tr.root.mode)
	}
}

func TestReadLinkRefusesWhatIsNone(t *testing.T) {
	tr := newTree(someTime)
	add(t, tr, map[string]string{"a": "1"})
	for _, name := range []string{"a", "none"} {
		if _, err := tr.ReadLink(name); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := tr.read("none"); err == nil {
		t.Error("read none: no error")
	}
}
