package lessons

import (
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// Fill replaces {{NAME}} by the values of vars. Other {{…}}, for example those
// of docker inspect --format, stay as they are.
func Fill(text string, vars map[string]string) string {
	return variable.ReplaceAllStringFunc(text, func(s string) string {
		if v, ok := vars[strings.Trim(s, "{}")]; ok {
			return v
		}
		return s
	})
}

var (
	variable = regexp.MustCompile(`\{\{[A-Z][A-Z0-9_]*\}\}`)
	varName  = regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`)
)

// lessonPage is the base of a lesson while it is read: the lesson, and where
// its parts stand.
type lessonPage struct {
	*page
	lesson *Lesson
	tasks  map[string]int // line of each task of the front matter
}

// readLesson reads lesson.md.
func readLesson(file, chapter, id string, content []byte) *lessonPage {
	l := &Lesson{ID: id, Chapter: chapter, Title: map[Lang]string{}, Tasks: map[string]TaskCheck{}, Blocks: map[Lang][]Block{}}
	p := &lessonPage{page: newPage(file, content), lesson: l, tasks: map[string]int{}}
	p.fields(map[string]func(ast.Node){
		"title":   func(n ast.Node) { l.Title[English] = p.text("title", n) },
		"source":  func(n ast.Node) { l.Source = p.list("source", n) },
		"minutes": func(n ast.Node) { l.Minutes = p.number("minutes", n) },
		"needs":   func(n ast.Node) { l.Needs = p.list("needs", n) },
		"after":   func(n ast.Node) { l.After = p.list("after", n) },
		"vars":    p.vars,
		"setup":   func(n ast.Node) { l.Setup = p.text("setup", n) },
		"cleanup": func(n ast.Node) { l.Cleanup = p.text("cleanup", n) },
		"tasks":   p.readTasks,
		"see":     func(n ast.Node) { l.See = p.list("see", n) },
	})
	l.Blocks[English] = p.blocks(false)
	p.check()
	p.words(English)
	return p
}

// fields hands each key's value to its reader; an unknown key is a problem.
func (p *page) fields(readers map[string]func(ast.Node)) {
	for _, kv := range p.matter {
		read, ok := readers[key(kv)]
		if !ok {
			p.add(p.line(kv), "unknown key %q in the front matter", key(kv))
			continue
		}
		read(kv.Value)
	}
}

func (p *lessonPage) vars(n ast.Node) {
	for _, kv := range p.mapping("vars", n) {
		v := Var{Name: key(kv), Values: p.list("vars", kv.Value)}
		if !varName.MatchString(v.Name) {
			p.add(p.line(kv), "variable %q: want capital letters, digits and _", v.Name)
		}
		if len(v.Values) == 0 {
			p.add(p.line(kv), "variable %s has no values to pick from", v.Name)
		}
		p.lesson.Vars = append(p.lesson.Vars, v)
	}
}

func (p *lessonPage) readTasks(n ast.Node) {
	for _, kv := range p.mapping("tasks", n) {
		id := key(kv)
		var t TaskCheck
		for _, field := range p.mapping("task "+id, kv.Value) {
			switch k := key(field); k {
			case "check":
				t.Check = p.text(k, field.Value)
			case "solve":
				t.Solve = p.text(k, field.Value)
			case "fail-if":
				t.FailIf = p.text(k, field.Value)
			default:
				p.add(p.line(field), "unknown key %q in task %s; there are: check, solve, fail-if", k, id)
			}
		}
		if strings.TrimSpace(t.Check) == "" {
			p.add(p.line(kv), "task %s has no check", id)
		}
		if strings.TrimSpace(t.Solve) == "" {
			p.add(p.line(kv), "task %s has no solve: the check can't be tested without it", id)
		}
		p.lesson.Tasks[id] = t
		p.tasks[id] = p.line(kv)
	}
}

// check looks at the lesson as a whole.
func (p *lessonPage) check() {
	l := p.lesson
	p.checkIDs(l.Blocks[English])
	if p.broken {
		return
	}
	p.titled(l.Title[English])
	if _, ok := p.lines["minutes"]; !ok {
		p.add(1, "no minutes: say how long the lesson takes")
	}
	p.needs(l.Needs, p.at("needs"))
	p.oneKernel(l.Needs, l.Blocks[English])
	p.checkTasks()
	p.variables(l.Vars)
}

// oneKernel refuses a block that asks for SELinux alone: a kernel has either
// that or AppArmor, and a lesson runs on one kernel.
func (p *lessonPage) oneKernel(needs []string, blocks []Block) {
	for _, b := range blocks {
		own := b.Needs
		if b.Run != nil {
			own = b.Run.Needs
		}
		if slices.Contains(own, "selinux") && !slices.Contains(needs, "selinux") {
			p.add(b.Line, "needs=selinux in a block only: name it in the front matter, because it takes another kernel")
		}
	}
}

func (p *lessonPage) checkIDs(blocks []Block) {
	seen := map[string]int{}
	runs := map[string]bool{}
	for _, b := range blocks {
		if before, twice := seen[b.ID]; twice && b.ID != "" {
			p.add(b.Line, "id %q comes twice: line %d has it too", b.ID, before)
		}
		seen[b.ID] = b.Line
		runs[b.ID] = runs[b.ID] || b.Kind == Run
	}
	for _, b := range blocks {
		if b.Kind == Quiz && b.Quiz.Prove != "" && !runs[b.Quiz.Prove] {
			p.add(b.Line, "prove=%s names no run block", b.Quiz.Prove)
		}
	}
	if !slices.ContainsFunc(blocks, func(b Block) bool { return b.Kind == Run }) {
		p.add(p.clamp(p.first), "the lesson runs nothing: it needs a run block")
	}
}

// checkTasks holds the front matter's tasks against the task fences.
func (p *lessonPage) checkTasks() {
	fenced := map[string]bool{}
	for _, b := range p.lesson.Blocks[English] {
		if b.Kind != Task || b.ID == "" {
			continue
		}
		fenced[b.ID] = true
		if _, ok := p.lesson.Tasks[b.ID]; !ok {
			p.add(b.Line, "task %s has no check in the front matter", b.ID)
		}
	}
	for id, line := range p.tasks {
		if !fenced[id] {
			p.add(line, "task %s has no task block in the text", id)
		}
	}
}

// variables finds every {{NAME}} that is no variable of the lesson, in the
// front matter and in the body. The page's text is searched as it stands, so
// that scripts, commands and patterns are all seen.
func (p *page) variables(vars []Var) {
	for i, line := range strings.Split(p.whole, "\n") {
		for _, found := range variable.FindAllString(line, -1) {
			name := strings.Trim(found, "{}")
			if !slices.ContainsFunc(vars, func(v Var) bool { return v.Name == name }) {
				p.add(p.clamp(i+1), "%s is no variable of this lesson: see vars in the front matter", found)
			}
		}
	}
}
