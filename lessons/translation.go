package lessons

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// HashOf is what a translation's "of" says of the base that it translates: the
// first 16 hexadecimal digits of the SHA-256 of the file's bytes.
func HashOf(base []byte) string { return fmt.Sprintf("%x", sha256.Sum256(base))[:16] }

// translation reads the front matter of a translation and says when its base
// has changed since.
func (p *page) translation(base []byte) (title string) {
	of := ""
	p.fields(map[string]func(ast.Node){
		"title": func(n ast.Node) { title = p.text("title", n) },
		"of":    func(n ast.Node) { of = p.text("of", n) },
	})
	p.titled(title)
	if of != HashOf(base) && !p.broken {
		p.minor(p.at("of"), "translation is older than its base: read both, then run cloison lint --bless")
	}
	return title
}

// readTranslation reads lesson.fr.md and joins it with its base.
func readTranslation(file string, content, base []byte, l *Lesson) []Problem {
	p := newPage(file, content)
	l.Title[French] = p.translation(base)
	blocks := p.blocks(true)
	if p.matches(l.Blocks[English], blocks) {
		l.Blocks[French] = blocks
	}
	p.variables(l.Vars)
	p.typography()
	p.words(French)
	return p.problems
}

// matches compares a translation's blocks with the base's, and copies to them
// what only the base says.
func (p *page) matches(base, blocks []Block) bool {
	want, have := marked(base), marked(blocks)
	for i := range max(len(want), len(have)) {
		switch {
		case i >= len(have):
			p.add(p.end, "%s of the base (line %d) is missing here", want[i].name(), want[i].Line)
			return false
		case i >= len(want):
			p.add(have[i].Line, "%s is not in the base", have[i].name())
			return false
		case want[i].Kind != have[i].Kind || want[i].ID != have[i].ID:
			p.add(have[i].Line, "%s stands where the base (line %d) has %s", have[i].name(), want[i].Line, want[i].name())
			return false
		}
		p.adopt(want[i], have[i])
	}
	return true
}

// marked gives the blocks that are not prose.
func marked(blocks []Block) []*Block {
	var all []*Block
	for i := range blocks {
		if blocks[i].Kind != Prose {
			all = append(all, &blocks[i])
		}
	}
	return all
}

// name says which block it is, for a problem's message.
func (b *Block) name() string {
	for word, kind := range kinds {
		if kind == b.Kind {
			return strings.TrimSpace(word + " block " + b.ID)
		}
	}
	return "prose"
}

// adopt gives a translated block what its base says, and checks the rest.
func (p *page) adopt(base, b *Block) {
	switch b.Kind {
	case Run:
		b.Run = base.Run
	case Task:
		p.adoptTask(base, b)
	case Quiz:
		p.adoptQuiz(base, b)
	case Xray:
		if !slices.Equal(b.Show, base.Show) {
			p.add(b.Line, "the xray block shows %s, its base %s", strings.Join(b.Show, ","), strings.Join(base.Show, ","))
		}
		if b.Follow != base.Follow {
			p.add(b.Line, "one of the xray block and its base has follow=container, the other has not")
		}
	}
}

func (p *page) adoptQuiz(base, b *Block) {
	if len(b.Quiz.Choices) != len(base.Quiz.Choices) {
		p.add(b.Line, "quiz %s has %d choices, its base %d", b.ID, len(b.Quiz.Choices), len(base.Quiz.Choices))
		return
	}
	for i, c := range b.Quiz.Choices {
		if c.Right != base.Quiz.Choices[i].Right {
			p.add(b.Line, "quiz %s: choice %d is right in one language and wrong in the other", b.ID, i+1)
		}
	}
	if b.Quiz.Prove != "" && b.Quiz.Prove != base.Quiz.Prove {
		p.add(b.Line, "quiz %s: prove=%s, in its base %q", b.ID, b.Quiz.Prove, base.Quiz.Prove)
	}
	b.Quiz.Prove = base.Quiz.Prove
}
