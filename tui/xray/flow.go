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

// flow sets sections in as many columns as fit, as short as possible, and
// reads down each column.
func flow(sections []section, width int) []string {
	columns := min(3, max(1, (width+1)/(narrowest+1)))
	each := (width+1)/columns - 1
	drawn := make([][]string, len(sections))
	for i, s := range sections {
		drawn[i] = s.lines(each)
	}
	return beside(split(drawn, columns), each)
}

// split deals blocks out to columns in order, so that the tallest column is
// as short as it can be.
func split(blocks [][]string, columns int) [][]string {
	for height := 1; ; height++ {
		if dealt, ok := deal(blocks, columns, height); ok {
			return dealt
		}
	}
}

// deal fills columns up to height, with an empty line between blocks.
func deal(blocks [][]string, columns, height int) ([][]string, bool) {
	dealt := [][]string{nil}
	for _, b := range blocks {
		last := &dealt[len(dealt)-1]
		need := len(*last) + len(b)
		if len(*last) > 0 {
			need++
		}
		switch {
		case need <= height && len(*last) > 0:
			*last = append(append(*last, ""), b...)
		case need <= height:
			*last = append(*last, b...)
		case len(dealt) < columns && len(b) <= height:
			dealt = append(dealt, append([]string(nil), b...))
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
