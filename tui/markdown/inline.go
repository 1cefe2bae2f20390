package markdown

import (
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/util"
)

// inline draws the text in a block, on one line except for hard breaks.
func (p painter) inline(parent ast.Node) string {
	return p.spans(parent, lipgloss.NewStyle())
}

// spans draws the children of a node in the style around them.
func (p painter) spans(parent ast.Node, around lipgloss.Style) string {
	var out strings.Builder
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		out.WriteString(p.span(n, around))
	}
	return out.String()
}

// span draws one piece of text in the style around it.
func (p painter) span(n ast.Node, around lipgloss.Style) string {
	switch n := n.(type) {
	case *ast.Text:
		return p.words(n, around)
	case *ast.String:
		return paint(around, string(n.Value))
	case *ast.CodeSpan:
		return paint(p.styles.Code.Inherit(around), whole(p.plain(n)))
	case *ast.Emphasis:
		style := p.styles.Emph
		if n.Level > 1 {
			style = p.styles.Strong
		}
		return p.spans(n, style.Inherit(around))
	case *ast.Link:
		return p.link(p.spans(n, around), string(n.Destination))
	case *ast.AutoLink:
		return paint(p.styles.Link.Inherit(around), string(n.URL(p.source)))
	case *ast.RawHTML:
		return ""
	}
	return p.spans(n, around)
}

// words draws plain text; the end of a source line is a space like any other.
func (p painter) words(n *ast.Text, around lipgloss.Style) string {
	s := paint(around, resolved(n, p.source))
	switch {
	case n.HardLineBreak():
		return s + "\n"
	case n.SoftLineBreak():
		return s + " "
	}
	return s
}

// link draws a link's text and, where it is not the same, its address: a
// terminal has nothing to hover over.
func (p painter) link(label, address string) string {
	if address == "" || strings.Contains(label, address) {
		return label
	}
	return label + " (" + paint(p.styles.Link, address) + ")"
}

// plain is the text below a node, without any style.
func (p painter) plain(parent ast.Node) string {
	var out strings.Builder
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		if t, ok := n.(*ast.Text); ok {
			out.Write(t.Value(p.source))
		} else {
			out.WriteString(p.plain(n))
		}
	}
	return strings.ReplaceAll(out.String(), "\n", " ")
}

// paint is style.Render for a piece of a line. Wrapping later carries the style
// over to the next line (lipgloss.Wrap).
func paint(style lipgloss.Style, s string) string {
	if s == "" {
		return ""
	}
	return style.Inline(true).Render(s)
}

// resolved is a text without backslash escapes and character references.
func resolved(n *ast.Text, source []byte) string {
	value := n.Value(source)
	if n.IsRaw() {
		return string(value)
	}
	value = util.ResolveEntityNames(util.ResolveNumericReferences(value))
	return string(util.UnescapePunctuations(value))
}
