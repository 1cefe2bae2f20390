package tui

// pane names a part of the screen that can have the focus.
type pane int

// The panes, in the order in which Tab visits them.
const (
	lessonPane pane = iota
	terminalPane
	xrayPane
	noPane pane = -1
)

// From these sizes on, the panes stand side by side; below the last, there is
// only one sentence.
const (
	threeColumns = 170
	twoColumns   = 118
	leastWidth   = 40
	leastHeight  = 12
	stackHeight  = 16 // below it, the focused pane stands alone
)

// rect is a part of the screen in cells.
type rect struct{ x, y, w, h int }

// contains says whether the cell (x, y) is in r.
func (r rect) contains(x, y int) bool {
	return x >= r.x && x < r.x+r.w && y >= r.y && y < r.y+r.h
}

// body is what a pane has left below its heading.
func (r rect) body() rect { return rect{r.x, r.y + 1, r.w, max(0, r.h-1)} }

// layout says where each pane is; a pane that cannot be seen has no cells.
type layout struct {
	panes [3]rect
	small bool // too small to show anything
}

// at is the pane at the cell (x, y).
func (l layout) at(x, y int) pane {
	for p, r := range l.panes {
		if r.contains(x, y) {
			return pane(p)
		}
	}
	return noPane
}

// shows says whether a pane can be seen.
func (l layout) shows(p pane) bool { return l.panes[p].h > 0 }

// arrange lays the panes out between the first and the last line of the
// screen. Where they stand in a stack, upper is the one above the terminal;
// zoomed is the one that has the screen for itself, or noPane.
func arrange(width, height int, focus, upper, zoomed pane) layout {
	l := layout{small: width < leastWidth || height < leastHeight}
	area := rect{0, 1, width, height - 2}
	switch {
	case l.small:
	case zoomed != noPane:
		l.panes[zoomed] = area
	case height < stackHeight:
		l.panes[focus] = area
	case width >= threeColumns:
		l.panes = columns(area)
	case width >= twoColumns:
		l.panes = corner(area)
	default:
		l.panes = stack(area, upper)
	}
	return l
}

// columns sets the three panes side by side, a line between them.
func columns(a rect) [3]rect {
	const lesson, xray = 66, 46
	work := a.w - lesson - xray - 2
	return [3]rect{
		{a.x, a.y, lesson, a.h},
		{a.x + lesson + 1, a.y, work, a.h},
		{a.x + lesson + work + 2, a.y, xray, a.h},
	}
}

// corner sets the lesson on the left, and the terminal above the X-ray on the
// right. The terminal gets the 80 columns that programs count on as soon as
// the lesson can be read beside them.
func corner(a rect) [3]rect {
	const terminal, lesson = 80, 52
	left := max(lesson, min(a.w*46/100, a.w-terminal-1))
	right := rect{a.x + left + 1, a.y, a.w - left - 1, a.h}
	low := min(19, a.h/2)
	return [3]rect{
		{a.x, a.y, left, a.h},
		{right.x, right.y, right.w, right.h - low},
		{right.x, right.y + right.h - low, right.w, low},
	}
}

// stack sets upper above the terminal.
func stack(a rect, upper pane) [3]rect {
	high := a.h - a.h*45/100
	var panes [3]rect
	panes[upper] = rect{a.x, a.y, a.w, high}
	panes[terminalPane] = rect{a.x, a.y + high, a.w, a.h - high}
	return panes
}
