package lessons

import (
	"bytes"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// fence is a fenced code block of the body.
type fence struct {
	info       string
	content    string
	start, end int // byte offsets of its first line and behind its last
	nested     bool
	closed     bool
}

// fences finds the fenced code blocks of Markdown text, in order.
func fences(body string) []fence {
	src := []byte(body)
	doc := goldmark.DefaultParser().Parse(text.NewReader(src))
	var all []fence
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if code, ok := n.(*ast.FencedCodeBlock); ok && entering {
			all = append(all, newFence(code, src, n.Parent() != doc))
		}
		return ast.WalkContinue, nil
	})
	return all
}

func newFence(code *ast.FencedCodeBlock, src []byte, nested bool) fence {
	at := min(max(code.Pos(), 0), len(src))
	f := fence{nested: nested, start: bytes.LastIndexByte(src[:at], '\n') + 1}
	if code.Info != nil {
		f.info = string(code.Info.Segment.Value(src))
	}
	inside := lineEnd(src, at)
	if lines := code.Lines(); lines.Len() > 0 {
		f.content = string(lines.Value(src))
		inside = lineEnd(src, lines.At(lines.Len()-1).Start)
	}
	f.end = lineEnd(src, inside)
	f.closed = inside < f.end
	return f
}

// lineEnd is the offset behind the line that offset at is in.
func lineEnd(src []byte, at int) int {
	if i := bytes.IndexByte(src[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(src)
}
