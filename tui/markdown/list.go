package markdown

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/yuin/goldmark/ast"
)

// list draws a list's items, each with its bullet or number.
func (p painter) list(n *ast.List, width int) []string {
	var lines []string
	number := n.Start
	for item := n.FirstChild(); item != nil; item = item.NextSibling() {
		mark := "• "
		if n.IsOrdered() {
			mark = fmt.Sprintf("%d. ", number)
			number++
		}
		if len(lines) > 0 && !n.IsTight {
			lines = append(lines, "")
		}
		lines = append(lines, p.item(item, mark, width)...)
	}
	return lines
}

// item draws one item, its further lines below the text of the first.
func (p painter) item(n ast.Node, mark string, width int) []string {
	indent := ansi.StringWidth(mark)
	drawn := p.blocks(n, max(width-indent, 10))
	if len(drawn) == 0 {
		drawn = []string{""}
	}
	return prefix(drawn, p.styles.Mark.Render(mark), strings.Repeat(" ", indent))
}
