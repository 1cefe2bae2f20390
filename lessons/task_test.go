package lessons

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// asked is the small course whose task and quiz say more.
func asked(changes ...string) fstest.MapFS {
	en := strings.NewReplacer(
		"task {id=tree}", "task {id=tree in=b needs=root,busybox}",
		"Make a tree.\n", "Make a tree.\nexpected: a file\n  called tree\n",
		"- [ ] this one", "- [x] this one",
	).Replace(lessonMD)
	fr := strings.NewReplacer(
		"hint: vraiment\n", "hint: vraiment\nexpected: un fichier nommé tree\n",
		"- [ ] celui-ci", "- [x] celui-ci",
	).Replace(lessonFR)
	change := strings.NewReplacer(changes...)
	return course(map[string]string{base: change.Replace(en), french: change.Replace(fr)})
}

func TestTaskFence(t *testing.T) {
	c, problems := Load(asked())
	for _, p := range problems {
		t.Error(p)
	}
	task := func(lang Lang) Block {
		for _, b := range c.Lessons()[0].Blocks[lang] {
			if b.Kind == Task {
				b.Line = 0
				return b
			}
		}
		t.Fatal("no task in", lang)
		return Block{}
	}
	needs := []string{"root", "busybox"}
	want := Block{
		Kind: Task, ID: "tree", Shell: "b", Needs: needs, Text: "Make a tree.", Expected: "a file\n  called tree",
		Hints: []string{"use touch", "really\n  use touch"},
	}
	if diff := cmp.Diff(want, task(English)); diff != "" {
		t.Error(diff)
	}
	want.Text, want.Expected, want.Hints = "Faire un arbre.", "un fichier nommé tree", []string{"touch", "vraiment"}
	if diff := cmp.Diff(want, task(French)); diff != "" {
		t.Error(diff)
	}
}

func TestQuizWithSeveralRightAnswers(t *testing.T) {
	c, _ := Load(asked())
	for _, lang := range []Lang{English, French} {
		for _, b := range c.Lessons()[0].Blocks[lang] {
			if b.Kind == Quiz && (!b.Quiz.Choices[0].Right || !b.Quiz.Choices[1].Right) {
				t.Errorf("%s: got %+v, want both right", lang, b.Quiz.Choices)
			}
		}
	}
}

func TestTaskFenceFinds(t *testing.T) {
	for name, test := range map[string]struct {
		old, new string
		want     []string
	}{
		"only the base says it":        {"expected: un fichier nommé tree\n", "", []string{french + ":15: task tree does not say what is expected, its base does (line 37)"}},
		"only the translation says it": {"expected: a file\n  called tree\n", "", []string{french + ":15: task tree says what is expected, its base (line 37) does not"}},
		"nothing":                      {"expected: un fichier nommé tree", "expected:", []string{french + `:15: task tree: a line "expected:" says nothing`, french + ":15: task tree does not say"}},
		"an empty hint":                {"hint: vraiment", "hint:", []string{french + `:15: task tree: a line "hint:" says nothing`}},
		"twice":                        {"hint: vraiment\n", "hint: vraiment\nexpected: a\n", []string{french + ":15: task tree says twice what is expected"}},
		"a bad terminal":               {"in=b needs=root", "in=B needs=root", []string{base + `:37: in="B": want`}},
		"an unknown need":              {"needs=root,busybox", "needs=toor", []string{base + `:37: unknown need "toor"`}},
		"a French terminal":            {"task {id=tree}", "task {id=tree in=c}", []string{french + `:15: a translation's task block has only its id: "in"`}},
		"right in one language":        {"- [x] celui-ci", "- [ ] celui-ci", []string{french + ":9: quiz which: choice 1 is right in one language"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, problems := Load(asked(test.old, test.new))
			wantProblems(t, problems, test.want)
		})
	}
}
