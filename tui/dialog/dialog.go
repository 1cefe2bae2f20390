// Package dialog is what lies on top of everything until it is answered: a
// question, an error, the list of keys.
//
// It knows how to be read, scrolled and answered. What an answer leads to is
// for whoever asked to say.
package dialog

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"cloison/tui/theme"
)

// Answer is what came of a key.
type Answer int

// The answers: None leaves the dialog open.
const (
	None Answer = iota
	Yes
	No
	First // of several ways: First, First+1, …
)

// Choice is one way to answer.
type Choice struct {
	Keys   []string
	Shown  string // the key as the learner reads it; "" is the first of Keys
	Label  string
	Answer Answer
}

// Body draws a dialog's text in lines of at most width cells.
type Body func(width int) []string

// Model is one open dialog.
type Model struct {
	About string // what is asked: for the asker's eyes only

	title   string
	body    Body
	choices []Choice
	offset  int
}

// New returns a dialog.
func New(about, title string, body Body, choices ...Choice) Model {
	return Model{About: about, title: title, body: body, choices: choices}
}

// Text is a body of running text; an empty line parts paragraphs.
func Text(s string) Body {
	return func(width int) []string { return theme.Wrap(s, width) }
}

// Update takes a key: an answer, or scrolling in a dialog that is drawn like
// this.
func (m Model) Update(k tea.KeyPressMsg, t theme.Theme, width, height int) (Model, Answer) {
	name := k.String()
	for _, c := range m.choices {
		if slices.Contains(c.Keys, name) {
			return m, c.Answer
		}
	}
	_, _, last := m.laid(t, width, height)
	m.offset = max(0, min(min(m.offset, last)+steps[name], last))
	return m, None
}

// steps is how far the keys scroll, in lines.
var steps = map[string]int{"up": -1, "k": -1, "down": 1, "j": 1, "pgup": -8, "pgdown": 8}

// laid is the text in lines, how many of them there is room for, and the first
// of those that are shown at the end.
func (m Model) laid(t theme.Theme, width, height int) (lines []string, room, last int) {
	lines, room = m.body(inner(t, width)), max(1, height-t.Box.GetVerticalFrameSize()-4)
	return lines, room, max(0, len(lines)-room)
}

// inner is how wide the text may be in a box of at most width cells.
func inner(t theme.Theme, width int) int { return min(width, 90) - t.Box.GetHorizontalFrameSize() }

// View draws the dialog in at most width by height cells.
func (m Model) View(t theme.Theme, width, height int) string {
	inner := inner(t, width)
	lines, room, last := m.laid(t, width, height)
	offset := min(m.offset, last)
	title := t.Strong.Render(m.title)
	if len(lines) > room {
		title = theme.Ends(title, t.Dim.Render(fmt.Sprintf("↕ %d/%d", min(offset+room, len(lines)), len(lines))), inner)
	}
	shown := lines[offset:min(offset+room, len(lines))]
	content := strings.Join(slices.Concat([]string{title, ""}, shown, []string{"", m.answers(t)}), "\n")
	return t.Box.MaxHeight(height).Render(theme.Block(strings.Split(content, "\n"), m.widest(content, inner), strings.Count(content, "\n")+1))
}

// widest is how wide the content really is, so that short questions get
// small boxes.
func (m Model) widest(content string, limit int) int { return min(limit, lipgloss.Width(content)) }

// answers is the line of keys.
func (m Model) answers(t theme.Theme) string {
	var all []string
	for _, c := range m.choices {
		shown := c.Shown
		if shown == "" {
			shown = c.Keys[0]
		}
		all = append(all, t.Accent.Render(shown)+" "+c.Label)
	}
	return strings.Join(all, "   ")
}
