package markdown

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/yuin/goldmark/ast"
	extensions "github.com/yuin/goldmark/extension/ast"
)

func isTable(n ast.Node) bool { return n.Kind() == extensions.KindTable }

// table draws a table, columns as wide as their widest cell, a rule below the
// first row. One that is wider than the page becomes a list of its rows.
func (p painter) table(n ast.Node, width int) []string {
	rows := p.rows(n)
	widths := columnWidths(rows)
	if total(widths) > width {
		return p.stacked(rows, width)
	}
	var lines []string
	for i, row := range rows {
		lines = append(lines, strings.TrimRight(p.row(row, widths), " "))
		if i == 0 {
			lines = append(lines, p.ruler(widths))
		}
	}
	return lines
}

// rows are the drawn cells of a table, its header first.
func (p painter) rows(n ast.Node) [][]string {
	var rows [][]string
	for r := n.FirstChild(); r != nil; r = r.NextSibling() {
		var cells []string
		for c := r.FirstChild(); c != nil; c = c.NextSibling() {
			cells = append(cells, p.inline(c))
		}
		rows = append(rows, cells)
	}
	return rows
}

func columnWidths(rows [][]string) []int {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], ansi.StringWidth(cell))
		}
	}
	return widths
}

// total is how wide a table with these columns is.
func total(widths []int) int {
	const between = 3
	sum := between * (len(widths) - 1)
	for _, w := range widths {
		sum += w
	}
	return sum
}

// stacked draws each row below the other: its first cell, then the others with
// the heads of their columns.
func (p painter) stacked(rows [][]string, width int) []string {
	var lines []string
	for i, row := range rows[1:] {
		if i > 0 {
			lines = append(lines, "")
		}
		for j, cell := range row {
			if j == 0 {
				lines = append(lines, wrap(cell, width)...)
				continue
			}
			text := p.styles.Mark.Render(rows[0][j]) + " " + cell
			lines = append(lines, prefix(wrap(text, width-4), "  ", "    ")...)
		}
	}
	return lines
}

func (p painter) row(cells []string, widths []int) string {
	padded := make([]string, len(cells))
	for i, cell := range cells {
		padded[i] = cell + strings.Repeat(" ", widths[i]-ansi.StringWidth(cell))
	}
	return strings.Join(padded, p.styles.Mark.Render(" │ "))
}

func (p painter) ruler(widths []int) string {
	dashes := make([]string, len(widths))
	for i, w := range widths {
		dashes[i] = strings.Repeat("─", w)
	}
	return p.styles.Mark.Render(strings.Join(dashes, "─┼─"))
}
