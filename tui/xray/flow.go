package xray

import (
	"slices"
	"strings"

	"cloison/tui/theme"
)

// narrowest is the least width that a column of facts needs: a namespace's
// line with its inode.
const narrowest = 26

// section is a group of facts under a heading.
type section struct {
	name  string // as a lesson's xray block names it
	lines func(width int) []string
}

// block is a section that is drawn.
type block struct {
	name  string
	asked bool // by the lesson
	lines []string
}

// spot is where a section is drawn: its first line and its first cell, and how
// many cells and lines it has.
type spot struct{ y, x, w, h int }

// flow sets sections in as many columns as fit, as short as possible, and
// reads down each column; what the lesson asks for is in the first lines, as many
// as there is room for. It says where each section is.
func flow(sections []section, width, room int, asks func(name string) bool) ([]string, map[string]spot) {
	columns := min(3, max(1, (width+1)/(narrowest+1)))
	each := (width+1)/columns - 1
	drawn := make([]block, len(sections))
	for i, s := range sections {
		drawn[i] = block{s.name, asks(s.name), s.lines(each)}
	}
	dealt := split(drawn, columns, room)
	headings := map[string]spot{}
	lines := make([][]string, len(dealt))
	for i, column := range dealt {
		for _, b := range column {
			if len(lines[i]) > 0 {
				lines[i] = append(lines[i], "")
			}
			headings[b.name] = spot{y: len(lines[i]), x: i * (each + 1), w: each, h: len(b.lines)}
			lines[i] = append(lines[i], b.lines...)
		}
	}
	return beside(lines, each), headings
}

// split deals blocks out to columns in order: of those that the lesson asks for,
// as few lines as can be are below the room that there is, and then the tallest
// column is as short as it can be.
func split(blocks []block, columns, room int) [][]block {
	var best [][]block
	var least [2]int
	for _, dealt := range deals(blocks, columns) {
		if cost := [2]int{hidden(dealt, room), tallestOf(dealt)}; best == nil || slices.Compare(cost[:], least[:]) < 0 {
			best, least = dealt, cost
		}
	}
	return best
}

// deals are all ways to deal blocks out to so many columns at most, in order:
// first those whose first columns hold the most.
func deals(blocks []block, columns int) [][][]block {
	if columns == 1 || len(blocks) == 0 {
		return [][][]block{{blocks}}
	}
	var all [][][]block
	for n := len(blocks); n > 0; n-- {
		for _, rest := range deals(blocks[n:], columns-1) {
			all = append(all, append([][]block{blocks[:n]}, rest...))
		}
	}
	return all
}

// heightOf is how many lines blocks take, with an empty line between them.
func heightOf(blocks []block) int {
	height := max(0, len(blocks)-1)
	for _, b := range blocks {
		height += len(b.lines)
	}
	return height
}

func tallestOf(columns [][]block) int {
	tallest := 0
	for _, column := range columns {
		tallest = max(tallest, heightOf(column))
	}
	return tallest
}

// hidden counts the lines of what the lesson asks for that are below the room.
func hidden(columns [][]block, room int) int {
	lines := 0
	for _, column := range columns {
		for i, b := range column {
			if b.asked {
				lines += min(len(b.lines), max(0, heightOf(column[:i+1])-room))
			}
		}
	}
	return lines
}

// beside joins columns of each cells side by side.
func beside(columns [][]string, each int) []string {
	tallest := 0
	for _, c := range columns {
		tallest = max(tallest, len(c))
	}
	lines := make([]string, tallest)
	for row := range lines {
		cells := make([]string, len(columns))
		for i, c := range columns {
			if row < len(c) {
				cells[i] = c[row]
			}
			cells[i] = theme.Fit(cells[i], each)
		}
		lines[row] = strings.Join(cells, " ")
	}
	return lines
}
