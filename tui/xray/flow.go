package xray

import (
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
	lines []string
}

// spot is where a section is drawn: its first line, its first cell, and how
// many cells it has.
type spot struct{ y, x, w int }

// flow sets sections in as many columns as fit, as short as possible, and
// reads down each column. It says where each section begins.
func flow(sections []section, width int) ([]string, map[string]spot) {
	columns := min(3, max(1, (width+1)/(narrowest+1)))
	each := (width+1)/columns - 1
	drawn := make([]block, len(sections))
	for i, s := range sections {
		drawn[i] = block{s.name, s.lines(each)}
	}
	dealt := split(drawn, columns)
	headings := map[string]spot{}
	lines := make([][]string, len(dealt))
	for i, column := range dealt {
		for _, b := range column {
			if len(lines[i]) > 0 {
				lines[i] = append(lines[i], "")
			}
			headings[b.name] = spot{y: len(lines[i]), x: i * (each + 1), w: each}
			lines[i] = append(lines[i], b.lines...)
		}
	}
	return beside(lines, each), headings
}

// split deals blocks out to columns in order, so that the tallest column is
// as short as it can be.
func split(blocks []block, columns int) [][]block {
	for height := 1; ; height++ {
		if dealt, ok := deal(blocks, columns, height); ok {
			return dealt
		}
	}
}

// deal fills columns up to height, with an empty line between blocks.
func deal(blocks []block, columns, height int) ([][]block, bool) {
	dealt, used := [][]block{nil}, 0
	for _, b := range blocks {
		last := len(dealt) - 1
		need := used + len(b.lines)
		if used > 0 {
			need++
		}
		switch {
		case need <= height:
			dealt[last], used = append(dealt[last], b), need
		case len(dealt) < columns && len(b.lines) <= height:
			dealt, used = append(dealt, []block{b}), len(b.lines)
		default:
			return nil, false
		}
	}
	return dealt, true
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
