// Package markdown draws a lesson's Markdown in a terminal: headings,
// paragraphs, lists, quotations, code and tables, wrapped to a width.
//
// It is small because it has to be light: one binary holds the course and the
// container runtime, and a Go program pays at every start for all packages in
// it. It knows the CommonMark that goldmark parses, and tables; it highlights
// no code.
package markdown

import (
	"regexp"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"

	"cloison/tui/theme"
)

// Styles are the looks of what is not plain text. The zero value draws
// everything plain.
type Styles struct {
	Heading lipgloss.Style
	Lead    string // of every heading, in words where there are no looks
	Strong  lipgloss.Style
	Emph    lipgloss.Style
	Code    lipgloss.Style // in a sentence
	Block   lipgloss.Style // a block of code
	Link    lipgloss.Style // a link's address
	Mark    lipgloss.Style // bullets, bars of quotations, rules of tables
}

var parser = goldmark.New(goldmark.WithExtensions(extension.Table)).Parser()

// Render draws src in lines of at most width cells. Code is never broken: it
// may be wider.
func Render(src string, width int, styles Styles) []string {
	p := painter{source: []byte(src), styles: styles}
	lines := p.blocks(parser.Parse(text.NewReader(p.source)), max(width, 10))
	for i, line := range lines {
		lines[i] = finish(line)
	}
	return lines
}

// painter draws the nodes of one document.
type painter struct {
	source []byte
	styles Styles
}

// blocks draws the children of a node below one another, an empty line between
// them unless they are the items of a tight list.
func (p painter) blocks(parent ast.Node, width int) []string {
	var lines []string
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		drawn := p.block(n, width)
		if len(lines) > 0 && len(drawn) > 0 && !tight(parent) {
			lines = append(lines, "")
		}
		lines = append(lines, drawn...)
	}
	return lines
}

// tight says whether a node's blocks follow each other without empty lines.
func tight(n ast.Node) bool {
	if item, ok := n.(*ast.ListItem); ok {
		n = item.Parent()
	}
	list, ok := n.(*ast.List)
	return ok && list.IsTight
}

// block draws one block in lines of width cells.
func (p painter) block(n ast.Node, width int) []string {
	switch n := n.(type) {
	case *ast.Heading:
		return p.heading(n, width)
	case *ast.List:
		return p.list(n, width)
	case *ast.Blockquote:
		return prefix(p.blocks(n, max(width-2, 10)), p.styles.Mark.Render("│")+" ", p.styles.Mark.Render("│")+" ")
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		return p.code(n)
	case *ast.ThematicBreak:
		return []string{p.styles.Mark.Render(strings.Repeat("─", width))}
	}
	if isTable(n) {
		return p.table(n, width)
	}
	return wrap(p.inline(n), width)
}

// heading draws a heading; the deeper ones carry a mark, so that colour is not
// the only sign, unless all of them have a lead.
func (p painter) heading(n *ast.Heading, width int) []string {
	mark := p.styles.Lead
	if mark == "" && n.Level > 2 {
		mark = strings.Repeat("·", n.Level-2) + " "
	}
	lines := wrap(mark+p.inline(n), width)
	for i, line := range lines {
		lines[i] = p.styles.Heading.Render(ansi.Strip(line))
	}
	return lines
}

// code draws a block of code, two cells in.
func (p painter) code(n ast.Node) []string {
	var lines []string
	segments := n.Lines()
	for i := range segments.Len() {
		segment := segments.At(i)
		line := strings.TrimRight(string(segment.Value(p.source)), "\r\n")
		lines = append(lines, "  "+p.styles.Block.Render(expand(line)))
	}
	return lines
}

// expand turns tabs into spaces, which lipgloss and the terminal would count
// differently.
func expand(line string) string { return strings.ReplaceAll(line, "\t", "    ") }

// wrap breaks text into lines of width cells, between words where it can. A
// non-breaking space is no place to break, nor is an ordinary one where French
// wants the other, within « and before : for instance; finish makes them ordinary
// again.
func wrap(s string, width int) []string { return theme.Wrap(glued.Replace(s), width) }

// finish makes a line as it is shown.
func finish(line string) string {
	return ordinary.Replace(blankEnd.ReplaceAllString(line, "$1"))
}

// blankEnd are the spaces at the end of a line, within styles or not.
var blankEnd = regexp.MustCompile(` +((?:\x1b\[[0-9;]*m)*)$`)

// whole keeps a short piece of code on one line: wrap doesn't break at its
// spaces, and finish makes them ordinary again, so that what is copied from the
// screen can be typed. A long one breaks at its spaces rather than anywhere.
func whole(code string) string {
	if ansi.StringWidth(code) > short {
		return code
	}
	return strings.ReplaceAll(code, " ", "\u00a0")
}

// short is how many cells of code still stay on one line.
const short = 40

var (
	glued = strings.NewReplacer("« ", "«\u00a0", " »", "\u00a0»",
		" :", "\u00a0:", " ;", "\u00a0;", " !", "\u00a0!", " ?", "\u00a0?")
	ordinary = strings.NewReplacer("\u00a0", " ")
)

// prefix puts first before the first line, and rest before the others.
func prefix(lines []string, first, rest string) []string {
	for i, line := range lines {
		if i == 0 {
			lines[i] = first + line
		} else {
			lines[i] = rest + line
		}
	}
	return lines
}
