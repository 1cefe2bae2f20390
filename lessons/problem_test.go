package lessons

import (
	"strings"
	"testing"
	"testing/fstest"
)

const (
	base   = "10-kernel/9-ps/lesson.md"
	french = "10-kernel/9-ps/lesson.fr.md"
)

// TestLoadFinds changes one thing in a good course and wants exactly these
// problems.
func TestLoadFinds(t *testing.T) {
	for name, test := range map[string]struct {
		file, old, new string
		want           []string
	}{
		"unknown key":      {base, "source:", "sauce:", []string{base + `:3: unknown key "sauce" in the front matter`}},
		"broken YAML":      {base, "minutes: 5", "minutes: [5", []string{base + ":5: front matter: "}},
		"no front matter":  {french, "---\ntitle", "title", []string{french + ":1: no front matter"}},
		"open matter":      {"10-kernel/chapter.md", "---\nA", "A", []string{"10-kernel/chapter.md:1: the front matter is never closed"}},
		"no title":         {base, "title: Look at a process from outside", "title:", []string{base + ":2: no title"}},
		"no minutes":       {base, "minutes: 5\n", "", []string{base + ":1: no minutes"}},
		"bad minutes":      {base, "minutes: 5", "minutes: soon", []string{base + ":4: minutes: want a whole number"}},
		"unknown need":     {base, "[root, cgroup2]", "[toor]", []string{base + `:5: unknown need "toor"`}},
		"block need":       {base, "cgroup2,busybox", "podman", []string{base + `:23: unknown need "podman"`}},
		"block SELinux":    {base, "cgroup2,busybox", "selinux", []string{base + ":23: needs=selinux in a block only"}},
		"list for text":    {base, "check: test -e tree", "check: [a]", []string{base + ":12: check: want a text", base + ":11: task tree has no check"}},
		"task key":         {base, "    solve: |", "    solv: |", []string{base + `:13: unknown key "solv" in task tree`, base + ":11: task tree has no solve"}},
		"no check":         {base, "  tree:\n", "  three:\n", []string{base + ":11: task three has no task block", base + ":37: task tree has no check in the front matter"}},
		"after nothing":    {base, "see:", "after: [fork]\nsee:", []string{base + `:15: after names "fork", which is no lesson`}},
		"after itself":     {base, "see:", "after: ps\nsee:", []string{base + ":15: after goes round in a circle: ps → ps"}},
		"variable":         {base, "{{LIMIT}} and", "{{SIZE}} and", []string{base + ":49: {{SIZE}} is no variable"}},
		"variable name":    {base, "  LIMIT:", "  Limit:", []string{base + `:7: variable "Limit": want capital`, base + ":9: {{LIMIT}} is no", base + ":49: {{LIMIT}} is no"}},
		"variable values":  {base, "[32M, 64]", "[]", []string{base + ":7: variable LIMIT has no values"}},
		"no id":            {base, "run id=ps", "run", []string{base + ":23: a sh block needs an id", base + ":27: prove=ps names no run block", french + ":7: sh block ps stands where the base (line 23) has sh block"}},
		"bad id":           {base, "task {id=tree}", "task {id=Tree}", []string{base + ":11: task tree has no task block", base + `:37: id "Tree": want lower-case`, base + ":37: task Tree has no check", french + ":15: task block tree stands where"}},
		"duplicate id":     {base, "quiz {id=which", "quiz {id=ps", []string{base + `:27: id "ps" comes twice: line 23 has it too`, french + ":9: quiz block which stands where"}},
		"bad regexp":       {base, "expect=two", "expect=two(", []string{base + ":23: expect: error parsing regexp"}},
		"bad until":        {base, `until="# $"`, `until="# [$"`, []string{base + ":23: until: error parsing regexp"}},
		"empty regexp":     {base, "expect=two", `expect=""`, []string{base + ":23: expect is empty"}},
		"block key":        {base, "in=b", "on=b", []string{base + `:23: unknown key "on"; a sh block has: id, in`}},
		"key twice":        {base, "in=b", "in=b in=c", []string{base + `:23: key "in" comes twice`}},
		"bad timeout":      {base, "timeout=3s", "timeout=3", []string{base + `:23: timeout="3": want a duration`}},
		"bad exit":         {base, "exit=any", "exit=256", []string{base + `:23: exit="256": want 0 to 255, or any`}},
		"bad layer":        {base, "denied-by=seccomp", "denied-by=god", []string{base + `:23: unknown layer "god"`}},
		"bad terminal":     {base, "in=b", "in=B", []string{base + `:23: in="B": want`}},
		"open quotation":   {base, `until="# $"`, `until="# $`, []string{base + ":23: until: a quotation is never closed"}},
		"not run":          {base, "{run id", "{rnu id", []string{base + ":23: a sh block with {…} must begin with {run"}},
		"other language":   {base, "sh {run", "bash {run", []string{base + `:23: only a sh block can run, not "bash"`, base + ":27: prove=ps", base + ":17: the lesson runs nothing", french + ":7: sh block ps stands"}},
		"expects nothing":  {base, `expect="^\d+ \"x\"$" expect=two reject=three exit=any timeout=3s denied-by=seccomp needs=cgroup2,busybox until="# $"`, "exit=any", []string{base + ":23: with exit=any the run block expects nothing"}},
		"no command":       {base, "ps -e\nhead\n", "", []string{base + ":23: the run block has no command"}},
		"not closed":       {french, "```note\nDemander.\n```", "```note\nDemander.", []string{french + ":22: the note block is never closed"}},
		"wrong fact":       {base, "show=maps,memory", "show=maps,memories", []string{base + `:43: unknown fact "memories"`, french + ":20: the xray block shows maps,memory, its base maps,memories"}},
		"whom to follow":   {base, "show=maps,memory", "show=maps,memory follow=web", []string{base + `:43: follow=web: an xray block follows the terminal, or`, french + ":20: one of the xray block and its base has follow=container"}},
		"French follow":    {french, "show=maps,memory", "show=maps,memory follow=container", []string{french + ":20: one of the xray block and its base has follow=container"}},
		"no right answer":  {base, "- [x]", "- [ ]", []string{base + ":27: quiz which has no right answer", french + ":9: quiz which: choice 2 is right in one"}},
		"no choices":       {french, "- [ ] celui-ci\n- [x] celui-là\n", "", []string{french + ":9: quiz which has fewer than two choices", french + ":9: quiz which has 0 choices, its base 2"}},
		"prove nothing":    {base, "prove=ps", "prove=top", []string{base + ":27: prove=top names no run block"}},
		"stale":            {french, "of: ", "of: 0", []string{french + ":3: translation is older than its base: read both, then run cloison lint --bless"}},
		"stale chapter":    {"10-kernel/chapter.fr.md", "of: ", "of: 0", []string{"10-kernel/chapter.fr.md:3: translation is older"}},
		"translation key":  {french, "of:", "minutes: 4\nof:", []string{french + `:3: unknown key "minutes"`}},
		"French command":   {french, "run id=ps}\n", "run id=ps}\nps\n", []string{french + ":7: a translation's run block must be empty"}},
		"French expect":    {french, "run id=ps}", "run id=ps expect=x}", []string{french + `:7: a translation's run block has only its id: "expect"`}},
		"French order":     {french, "```note\nDemander.\n```\n", "", []string{french + ":21: note block of the base (line 45) is missing here"}},
		"French extra":     {french, "Demander.\n```\n", "Demander.\n```\n```note\nPlus.\n```\n", []string{french + ":25: note block is not in the base"}},
		"French hints":     {french, "hint: vraiment\n", "", []string{french + ":15: task tree has 1 hints, its base 2"}},
		"French variable":  {french, "Un peu", "{{PEU}}", []string{french + ":5: {{PEU}} is no variable"}},
		"French space":     {french, "Un peu", "Un « peu\u00a0»", []string{french + ":5: a line could end within "}},
		"block in a list":  {french, "Un peu de texte.", "- x\n  ```note\n  y\n  ```", []string{french + ":6: a note block must not stand inside a list"}},
		"several problems": {base, "minutes: 5\nneeds", "minutes: 0\nneed", []string{base + ":4: minutes: want", base + `:5: unknown key "need"`}},
	} {
		t.Run(name, func(t *testing.T) {
			fsys := course(nil)
			before := string(fsys[test.file].Data)
			after := strings.Replace(before, test.old, test.new, 1)
			if after == before {
				t.Fatalf("%q is not in %s", test.old, test.file)
			}
			fsys[test.file] = &fstest.MapFile{Data: []byte(after)}
			for name, f := range fsys { // the change is no reason to call translations stale
				if !strings.HasSuffix(name, ".fr.md") || name == test.file {
					continue
				}
				b := strings.Replace(name, ".fr.md", ".md", 1)
				f.Data = []byte(bless(string(f.Data), HashOf(fsys[b].Data)))
			}
			_, problems := Load(fsys)
			wantProblems(t, problems, test.want)
		})
	}
}

// wantProblems wants each problem to begin as said, in any order.
func wantProblems(t *testing.T, got []Problem, want []string) {
	t.Helper()
	rest := map[int]bool{}
	for i := range got {
		rest[i] = true
	}
next:
	for _, w := range want {
		for i := range got {
			if rest[i] && strings.HasPrefix(got[i].String(), w) {
				delete(rest, i)
				continue next
			}
		}
		t.Errorf("not found: %s", w)
	}
	for i := range rest {
		t.Errorf("too much: %s", got[i])
	}
}

func TestLoadFindsInFolders(t *testing.T) {
	for name, test := range map[string]struct {
		changes map[string]string
		want    []string
	}{
		"no number":    {map[string]string{"extra/x": "x"}, []string{"extra:1: a folder's name begins with its number, for example 10-extra"}},
		"no lesson.md": {map[string]string{"10-kernel/20-empty/notes.md": "x"}, []string{"10-kernel/20-empty/lesson.md:1: there is no such file"}},
		"no chapter":   {map[string]string{"10-kernel/chapter.md": ""}, []string{"10-kernel/chapter.md:1: there is no such file"}},
		"no French":    {map[string]string{french: ""}, []string{french + ":1: the French translation is missing"}},
		"twice": {
			map[string]string{"10-kernel/20-ps/lesson.md": lessonMD, "10-kernel/20-ps/lesson.fr.md": lessonFR},
			[]string{"10-kernel/9-ps:1: lesson ps exists already: 10-kernel/20-ps", "10-kernel/20-ps:1: lesson ps exists already: 10-kernel/9-ps"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, problems := Load(course(test.changes))
			if name == "twice" { // either folder may be the second
				if len(problems) != 1 || !strings.Contains(problems[0].Message, "exists already") {
					t.Errorf("got %v", problems)
				}
				return
			}
			wantProblems(t, problems, test.want)
		})
	}
	_, problems := Load(fstest.MapFS{})
	wantProblems(t, problems, []string{".:1: no chapters here"})
}

func TestLoadFindsCircles(t *testing.T) {
	after := func(id string) string { return strings.Replace(lessonMD, "see:", "after: ["+id+"]\nsee:", 1) }
	_, problems := Load(course(map[string]string{
		"10-kernel/1-a/lesson.md": after("b"), "10-kernel/1-a/lesson.fr.md": lessonFR,
		"10-kernel/2-b/lesson.md": after("c"), "10-kernel/2-b/lesson.fr.md": lessonFR,
		"10-kernel/3-c/lesson.md": after("a"), "10-kernel/3-c/lesson.fr.md": lessonFR,
		"10-kernel/4-d/lesson.md": after("a"), "10-kernel/4-d/lesson.fr.md": lessonFR,
	}))
	wantProblems(t, problems, []string{"10-kernel/1-a/lesson.md:15: after goes round in a circle: a → b → c → a"})
}
