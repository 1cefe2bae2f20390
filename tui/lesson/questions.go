package lesson

import (
	"fmt"

	"cloison/lessons"
	"cloison/tui/theme"
)

// quiz draws a question and its choices; which is right, and why, only after
// the learner asked.
func (m Model) quiz(b lessons.Block, next bool) []string {
	w := m.words.Page
	open := m.states[b.ID].open > 0
	lines := []string{m.lead(next, "?", w.Quiz)}
	lines = append(lines, indent(m.text(b.Text, 4), 4)...)
	for _, c := range b.Quiz.Choices {
		mark := "○ "
		switch {
		case open && c.Right:
			mark = m.theme.Good.Render("✓ ")
		case open:
			mark = m.theme.Dim.Render("✗ ")
		}
		for i, line := range m.text(c.Text, 6) {
			if i == 0 {
				lines = append(lines, "    "+mark+line)
			} else {
				lines = append(lines, "      "+line)
			}
		}
	}
	if !open {
		return append(lines, m.aside(w.Reveal)...)
	}
	lines = append(lines, indent(m.text(b.Quiz.Explanation, 4), 4)...)
	if b.Quiz.Prove != "" && m.states[b.Quiz.Prove].verdict == nil {
		lines = append(lines, m.aside(w.Settles)...)
	}
	return lines
}

// task draws what the learner is to do, and the hints opened so far.
func (m Model) task(b lessons.Block, next bool) []string {
	w := m.words.Page
	open := min(m.states[b.ID].open, len(b.Hints))
	lines := []string{m.lead(next, "✎", w.Task)}
	lines = append(lines, indent(m.text(b.Text, 4), 4)...)
	for i, hint := range b.Hints[:open] {
		lines = append(lines, m.aside(fmt.Sprintf(w.Hint, i+1))...)
		lines = append(lines, indent(m.text(hint, 6), 6)...)
	}
	if left := len(b.Hints) - open; left > 0 {
		lines = append(lines, m.aside(fmt.Sprintf(w.HintsLeft, left))...)
	}
	return lines
}

// aside is a remark below a question or a task.
func (m Model) aside(text string) []string {
	return indent(theme.Wrap(m.theme.Dim.Render(text), m.width-4), 4)
}
