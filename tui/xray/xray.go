// Package xray is the pane that shows what the kernel says of the process in
// the foreground of the terminal, live, and what has just changed.
//
// It knows facts and how to draw them. It reads nothing itself: whoever owns
// the pane brings the facts. See namespaces(7), cgroups(7),
// user_namespaces(7) and capabilities(7).
package xray

import (
	"fmt"

	"cloison/sandbox"
	"cloison/tui/theme"
	"cloison/tui/words"
)

// freshFor is how many readings a change stays marked: about three seconds.
const freshFor = 10

// Model is the pane. Its methods return the changed pane.
type Model struct {
	names []string // of capabilities, by number
	theme theme.Theme
	words words.Words

	width, height int
	offset        int
	show          []string // sections that come first
	facts         *sandbox.Facts
	values        map[string]string
	fresh         map[string]int // readings for which a value stays marked
	lines         []string
}

// New returns an empty pane; names are the capabilities that the kernel
// knows, by number.
func New(names []string) Model { return Model{names: names} }

// SetLook changes theme and language.
func (m Model) SetLook(t theme.Theme, w words.Words) Model {
	m.theme, m.words = t, w
	return m.layout()
}

// SetSize says how many cells the pane has.
func (m Model) SetSize(width, height int) Model {
	if m.width == width && m.height == height {
		return m
	}
	m.width, m.height = width, height
	return m.layout()
}

// Show puts sections first, named as an xray block of a lesson names them.
func (m Model) Show(sections []string) Model {
	m.show, m.offset = sections, 0
	return m.layout()
}

// Clear forgets the process.
func (m Model) Clear() Model {
	m.facts, m.values, m.fresh, m.show, m.offset = nil, nil, nil, nil, 0
	return m.layout()
}

// SetFacts takes the next reading and marks what differs from the last.
func (m Model) SetFacts(f sandbox.Facts) Model {
	next := values(f)
	fresh := map[string]int{}
	for name, left := range m.fresh {
		if left > 1 {
			fresh[name] = left - 1
		}
	}
	for _, name := range changed(m.values, next) {
		fresh[name] = freshFor
	}
	m.facts, m.values, m.fresh = &f, next, fresh
	return m.layout()
}

// Note says which process is shown, for the pane's heading.
func (m Model) Note() string {
	if m.facts == nil {
		return ""
	}
	f := m.facts
	note := fmt.Sprintf("%s %d", f.Command, f.PID)
	if n := len(f.InnerPIDs); n > 0 && f.InnerPIDs[n-1] != f.PID {
		note += fmt.Sprintf(" (%s %d)", m.words.Facts.Inside, f.InnerPIDs[n-1])
	}
	if len(m.lines) > m.height && m.height > 0 {
		note += fmt.Sprintf(" ↕ %d/%d", min(m.offset+m.height, len(m.lines)), len(m.lines))
	}
	return note
}

// Scroll moves the view by n lines.
func (m Model) Scroll(n int) Model {
	m.offset = min(max(0, m.offset+n), max(0, len(m.lines)-m.height))
	return m
}

// View draws the pane.
func (m Model) View() string {
	return theme.Block(m.lines[min(m.offset, len(m.lines)):], m.width, m.height)
}

// layout draws every line, so that View has nothing left to do.
func (m Model) layout() Model {
	if m.facts == nil {
		m.lines = theme.Wrap(m.theme.Dim.Render(m.words.Facts.Waiting), m.width)
		return m
	}
	m.lines = flow(m.sections(), m.width)
	return m.Scroll(0)
}
