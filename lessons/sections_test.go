package lessons

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Every heading with something to teach has a lesson, on itself or on a heading below it.
func TestSectionsHaveLessons(t *testing.T) {
	course, problems := Load(Builtin())
	if Broken(problems) {
		t.Fatal(problems)
	}
	all := Sections()
	for i, s := range all {
		covered := len(course.Covering(s.Title)) > 0
		for _, below := range all[i+1:] {
			if below.Level <= s.Level {
				break
			}
			covered = covered || len(course.Covering(below.Title)) > 0
		}
		if s.Part != "none" && !covered {
			t.Errorf("no lesson has %q as its source", s.Title)
		}
	}
}

// A lesson's source is a heading that exists.
func TestSourcesAreSections(t *testing.T) {
	course, _ := Load(Builtin())
	for _, l := range course.Lessons() {
		if len(l.Source) == 0 {
			t.Errorf("%s names no heading of the source document", l.ID)
		}
		for _, title := range l.Source {
			if !slices.ContainsFunc(Sections(), func(s Section) bool { return s.Title == title }) {
				t.Errorf("%s: the source document has no heading %q", l.ID, title)
			}
		}
	}
}

func TestReadSections(t *testing.T) {
	got := readSections("= none\n# A\n\n= one\n## B c\n### > `d` ?\n")
	want := []Section{{1, "A", "none"}, {2, "B c", "one"}, {3, "> `d` ?", "one"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A title stands for one heading only.
func TestSectionsAreUnique(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range Sections() {
		if seen[s.Title] {
			t.Errorf("%q comes twice", s.Title)
		}
		seen[s.Title] = true
		if !slices.Contains([]string{"one", "two", "none"}, s.Part) || strings.HasPrefix(s.Title, "#") {
			t.Errorf("%+v", s)
		}
	}
}
