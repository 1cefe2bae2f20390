package lessons

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestBlessText(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"replaces":         {"---\ntitle: x\nof: old\n---\nof: body\n", "---\ntitle: x\nof: NEW\n---\nof: body\n"},
		"appends":          {"---\ntitle: x\n---\nof: body\n", "---\ntitle: x\nof: NEW\n---\nof: body\n"},
		"keeps line ends":  {"---\r\nof: old\r\n---\r\n", "---\r\nof: NEW\r\n---\r\n"},
		"leaves the rest":  {"no front matter\nof: x\n", "no front matter\nof: x\n"},
		"an open matter":   {"---\ntitle: x\n", "---\ntitle: x\n"},
		"nothing at all":   {"", ""},
		"is done only one": {"---\nof: NEW\n---\n", "---\nof: NEW\n---\n"},
	} {
		if got := bless(test.text, "NEW"); got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}

func TestBless(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, course(map[string]string{"10-kernel/9-ps/lesson.md": lessonMD + "\nMore.\n"})); err != nil {
		t.Fatal(err)
	}
	translation := filepath.Join(dir, "10-kernel", "9-ps", "lesson.fr.md")
	if err := os.WriteFile(translation, []byte(lessonFR), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, problems := Load(os.DirFS(dir)); len(problems) != 1 {
		t.Fatalf("want one problem before, got %v", problems)
	}
	changed, err := Bless(dir)
	if err != nil || !slices.Equal(changed, []string{translation}) {
		t.Errorf("changed %v, %v", changed, err)
	}
	if _, problems := Load(os.DirFS(dir)); len(problems) != 0 {
		t.Errorf("afterwards: %v", problems)
	}
	if changed, err := Bless(dir); err != nil || len(changed) != 0 {
		t.Errorf("a second time: changed %v, %v", changed, err)
	}
	if _, err := Bless(filepath.Join(dir, "nowhere")); err == nil {
		t.Error("a folder that is not there was blessed")
	}
}
