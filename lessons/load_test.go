package lessons

import (
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
)

const chapterMD = "---\ntitle: The kernel\n---\nA *short* introduction.\n"

const lessonMD = `---
title: Look at a process from outside
source: [Namespaces, PID]
minutes: 5
needs: [root, cgroup2]
vars:
  LIMIT: [32M, 64]
setup: |
  touch /tmp/{{LIMIT}}
tasks:
  tree:
    check: test -e tree
    solve: |
      touch tree
see: ["man:unshare(1)"]
---
First some prose.

` + "```sh\nplain fences stay\n```" + `

` + "```sh {run id=ps in=b expect=\"^\\d+ \\\"x\\\"$\" expect=two reject=three exit=any timeout=3s denied-by=seccomp needs=cgroup2,busybox until=\"# $\"}" + `
ps -e
head
` + "```" + `
` + "```quiz {id=which prove=ps}" + `
Which?
- [ ] this one
  goes on
- [x] that one
Because.

And so.
` + "```" + `

` + "```task {id=tree}" + `
Make a tree.
hint: use touch
hint: really
  use touch
` + "```" + `
` + "```xray {show=maps,memory}\n```" + `
` + "```note\nAsk the room.\n```" + `

Last words, {{LIMIT}} and {{.State.Pid}}.
`

const lessonFR = `---
title: Voir un processus du dehors
of: ` + "OF" + `
---
Un peu de texte.

` + "```sh {run id=ps}\n```" + `
` + "```quiz {id=which}" + `
Lequel ?
- [ ] celui-ci
- [x] celui-là
Parce que.
` + "```" + `
` + "```task {id=tree}" + `
Faire un arbre.
hint: touch
hint: vraiment
` + "```" + `
` + "```xray {show=maps,memory}\n```" + `
` + "```note\nDemander.\n```" + `
`

// An xray block may be about a container.
func TestXrayOfAContainer(t *testing.T) {
	fsys := course(nil)
	for _, name := range []string{"10-kernel/9-ps/lesson.md", "10-kernel/9-ps/lesson.fr.md"} {
		text := strings.Replace(string(fsys[name].Data), "{show=maps,memory}", "{show=maps,memory follow=container}", 1)
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	c, problems := Load(fsys)
	if Broken(problems) {
		t.Fatal(problems)
	}
	lesson, _ := c.Lesson("ps")
	for lang, blocks := range lesson.Blocks {
		if i := slices.IndexFunc(blocks, func(b Block) bool { return b.Kind == Xray }); i < 0 || !blocks[i].Follow {
			t.Errorf("%s: no xray block follows a container: %+v", lang, blocks)
		}
	}
}

// course is a small course without problems; changes replaces files, and one
// replaced by "" is gone.
func course(changes map[string]string) fstest.MapFS {
	files := map[string]string{
		"10-kernel/chapter.md":                chapterMD,
		"10-kernel/chapter.fr.md":             "---\ntitle: Le noyau\nof: " + HashOf([]byte(chapterMD)) + "\n---\nBonjour.\n",
		"10-kernel/9-ps/lesson.md":            lessonMD,
		"10-kernel/9-ps/lesson.fr.md":         lessonFR,
		"10-kernel/9-ps/files/deep/hello.txt": "hello\n",
		"README.md":                           "not a chapter",
	}
	maps.Copy(files, changes)
	fsys := fstest.MapFS{}
	for name, content := range files {
		if content == "" {
			continue
		}
		base := files[strings.Replace(name, ".fr.md", ".md", 1)]
		fsys[name] = &fstest.MapFile{Data: []byte(strings.Replace(content, "OF", HashOf([]byte(base)), 1))}
	}
	return fsys
}

func TestLoadReadsALesson(t *testing.T) {
	c, problems := Load(course(nil))
	for _, p := range problems {
		t.Error(p)
	}
	l, ok := c.Lesson("ps")
	if !ok {
		t.Fatal("no lesson ps")
	}
	run := &RunBlock{
		Command: "ps -e\nhead", Shell: "b", Expect: []string{`^\d+ "x"$`, "two"}, Reject: []string{"three"},
		Exit: AnyExit, Timeout: 3 * time.Second, DeniedBy: "seccomp", Needs: []string{"cgroup2", "busybox"}, Until: "# $",
	}
	want := &Lesson{
		ID: "ps", Chapter: "kernel",
		Title:  map[Lang]string{English: "Look at a process from outside", French: "Voir un processus du dehors"},
		Source: []string{"Namespaces", "PID"}, Minutes: 5, Needs: []string{"root", "cgroup2"},
		Vars:  []Var{{"LIMIT", []string{"32M", "64"}}},
		Setup: "touch /tmp/{{LIMIT}}\n",
		Tasks: map[string]TaskCheck{"tree": {Check: "test -e tree", Solve: "touch tree\n"}},
		See:   []string{"man:unshare(1)"},
		Blocks: map[Lang][]Block{
			English: {
				{Kind: Prose, Line: 17, Text: "First some prose.\n\n```sh\nplain fences stay\n```"},
				{Kind: Run, ID: "ps", Line: 23, Run: run},
				{Kind: Quiz, ID: "which", Line: 27, Text: "Which?", Quiz: &QuizBlock{
					Choices:     []Choice{{"this one goes on", false}, {"that one", true}},
					Explanation: "Because.\n\nAnd so.", Prove: "ps",
				}},
				{Kind: Task, ID: "tree", Line: 37, Shell: "a", Text: "Make a tree.", Hints: []string{"use touch", "really\n  use touch"}},
				{Kind: Xray, Line: 43, Show: []string{"maps", "memory"}},
				{Kind: Note, Line: 45, Text: "Ask the room."},
				{Kind: Prose, Line: 49, Text: "Last words, {{LIMIT}} and {{.State.Pid}}."},
			},
			French: {
				{Kind: Prose, Line: 5, Text: "Un peu de texte."},
				{Kind: Run, ID: "ps", Line: 7, Run: run},
				{Kind: Quiz, ID: "which", Line: 9, Text: "Lequel ?", Quiz: &QuizBlock{
					Choices: []Choice{{"celui-ci", false}, {"celui-là", true}}, Explanation: "Parce que.", Prove: "ps",
				}},
				{Kind: Task, ID: "tree", Line: 15, Shell: "a", Text: "Faire un arbre.", Hints: []string{"touch", "vraiment"}},
				{Kind: Xray, Line: 20, Show: []string{"maps", "memory"}},
				{Kind: Note, Line: 22, Text: "Demander."},
			},
		},
	}
	files := l.Files
	l.Files = nil
	if diff := cmp.Diff(want, l); diff != "" {
		t.Error(diff)
	}
	if got, err := fs.ReadFile(files, "deep/hello.txt"); err != nil || string(got) != "hello\n" {
		t.Errorf("files/deep/hello.txt: %q, %v", got, err)
	}
	if got := c.Chapters[0].Intro[French]; got != "Bonjour." {
		t.Errorf("French introduction: %q", got)
	}
}

func TestLoadOrdersByNumber(t *testing.T) {
	c, _ := Load(course(map[string]string{
		"10-kernel/10-after/lesson.md": lessonMD,
		"9-first/chapter.md":           chapterMD,
		"9-first/100-first/lesson.md":  lessonMD,
	}))
	var ids []string
	for _, l := range c.Lessons() {
		ids = append(ids, l.ID)
	}
	if want := []string{"first", "ps", "after"}; !slices.Equal(ids, want) {
		t.Errorf("got %v, want %v", ids, want)
	}
}

func TestLoadLeavesOutEmptyChapters(t *testing.T) {
	c, problems := Load(course(map[string]string{"20-soon/chapter.md": "no front matter", "20-soon/chapter.fr.md": "x"}))
	if len(c.Chapters) != 1 || c.Chapters[0].ID != "kernel" {
		t.Errorf("got %d chapters, want kernel alone", len(c.Chapters))
	}
	if !Broken(problems) {
		t.Error("an empty chapter is not checked")
	}
}

func TestLoadFallsBackToEnglish(t *testing.T) {
	c, problems := Load(course(map[string]string{"10-kernel/9-ps/lesson.fr.md": "", "10-kernel/chapter.fr.md": ""}))
	if Broken(problems) || len(problems) != 2 {
		t.Errorf("want two minor problems, got %v", problems)
	}
	l := c.Lessons()[0]
	if l.Title[French] != l.Title[English] || len(l.Blocks[French]) != len(l.Blocks[English]) || c.Chapters[0].Title[French] == "" {
		t.Error("the English text does not stand in for the missing French one")
	}
}

func TestBuiltinLoads(t *testing.T) {
	_, problems := Load(Builtin())
	for _, p := range problems {
		if !p.Minor {
			t.Error(p)
		}
	}
}

func TestFill(t *testing.T) {
	got := Fill("{{LIMIT}} {{OTHER}} {{.State}} {{LIMIT}}", map[string]string{"LIMIT": "32M"})
	if want := "32M {{OTHER}} {{.State}} 32M"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A lesson is learned by doing: each asks for a prediction and for work, in
// every language.
func TestBuiltinLessonsAskAndSetTasks(t *testing.T) {
	course, _ := Load(Builtin())
	if len(course.Lessons()) < 7 {
		t.Fatalf("only %d lessons", len(course.Lessons()))
	}
	for _, l := range course.Lessons() {
		for _, lang := range []Lang{English, French} {
			count := map[Kind]int{}
			for _, b := range l.Blocks[lang] {
				count[b.Kind]++
			}
			if count[Quiz] == 0 || count[Task] == 0 {
				t.Errorf("%s, %s: %d questions, %d tasks", l.ID, lang, count[Quiz], count[Task])
			}
		}
	}
}
