package markdown

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/yuin/goldmark/ast"
	extensions "github.com/yuin/goldmark/extension/ast"
)

func isTable(n ast.Node) bool { return n.Kind() == extensions.KindTable }

// table draws a table, columns as wide as their widest cell, a rule below the
// first row.
func (p painter) table(n ast.Node) []string {
	rows := p.rows(n)
	widths := columnWidths(rows)
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
