package lesson

import (
	"fmt"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"

	"cloison/lessons"
	"cloison/lessons/play"
	"cloison/tui/theme"
)

// excerpt is how many lines of a failed command's output are shown: its end.
const excerpt = 6

// command draws a run block: the command in a frame that says where it stands,
// and below it the verdict. The frame of the next command is a heavy one.
func (m Model) command(b lessons.Block, next bool) []string {
	s := m.states[b.ID]
	border, style := lipgloss.RoundedBorder(), m.theme.Rule
	if next {
		border, style = lipgloss.ThickBorder(), m.theme.Accent
	}
	inner := max(1, m.width-4)
	lines := []string{m.lid(b, s, next, border, style)}
	for _, typed := range strings.Split(strings.TrimRight(m.fill(b.Run.Command), "\n"), "\n") {
		for _, line := range theme.Wrap(typed, inner) {
			lines = append(lines, style.Render(border.Left)+" "+m.theme.Strong.Render(theme.Fit(line, inner))+" "+style.Render(border.Right))
		}
	}
	lines = append(lines, style.Render(border.BottomLeft+strings.Repeat(border.Bottom, max(0, m.width-2))+border.BottomRight))
	if s.verdict != nil && !s.before {
		lines = append(lines, m.verdict(s.verdict)...)
		if next && s.verdict.Status == play.Failed {
			lines = append(lines, m.aside(m.words.Page.Again)...)
		}
		lines = append(lines, m.who(b)...)
	}
	return append(lines, m.explained(b.ID)...)
}

// lid is the frame's upper side: it carries the state and the terminal's name.
func (m Model) lid(b lessons.Block, s state, next bool, border lipgloss.Border, style lipgloss.Style) string {
	label := " " + m.sign(s, next) + " "
	if b.Run.Shell != "" && m.severalShells() {
		label += m.theme.Dim.Render("· "+fmt.Sprintf(m.words.Page.InTerminal, b.Run.Shell)) + " "
	}
	label = theme.Fit(label, min(theme.Width(label), max(0, m.width-3)))
	room := max(0, m.width-3-theme.Width(label))
	return style.Render(border.TopLeft+border.Top) + label + style.Render(strings.Repeat(border.Top, room)+border.TopRight)
}

// severalShells says whether the lesson has more than one terminal.
func (m Model) severalShells() bool {
	return slices.ContainsFunc(m.blocks, func(b lessons.Block) bool {
		return b.Run != nil && b.Run.Shell != "" && b.Run.Shell != "a"
	})
}

// sign says a block's state by a mark and a word.
func (m Model) sign(s state, next bool) string {
	w := m.words.Page
	switch {
	case s.running:
		return m.theme.Warn.Render("⋯ " + w.Running)
	case s.verdict != nil:
		return m.status(s.verdict.Status) + m.earlier(s)
	case next:
		return m.theme.Accent.Render("▸ " + w.Next)
	default:
		return m.theme.Dim.Render("○ " + w.NotYet)
	}
}

func (m Model) status(s play.Status) string {
	switch w := m.words.Page; s {
	case play.Passed:
		return m.theme.Good.Render("✓ " + w.Passed)
	case play.Failed:
		return m.theme.Bad.Render("✗ " + w.Failed)
	default:
		return m.theme.Warn.Render("– " + w.Skipped)
	}
}

// verdict draws expected, observed, source below the frame, whose lid says how
// the command ended. What was observed is in the terminal already; it is said
// again only when it was not what was expected.
func (m Model) verdict(v *play.Verdict) []string {
	w := m.words.Page
	lines := m.labelled(w.Reason, v.Reason.In(m.lang))
	if v.Status == play.Skipped {
		return lines
	}
	var expected []string
	for _, e := range v.Expected {
		expected = append(expected, e.In(m.lang))
	}
	lines = append(lines, m.labelled(w.Expected, strings.Join(expected, "\n"))...)
	if v.Status != play.Failed {
		return append(lines, m.labelled(w.Source, v.Source.In(m.lang))...)
	}
	return slices.Concat(lines,
		m.labelled(w.Observed, tail(v.Observed, excerpt)),
		m.labelled(w.Source, v.Source.In(m.lang)))
}

// labelled sets text beside a label, as many lines as it takes.
func (m Model) labelled(label, text string) []string {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	w := m.words.Page
	column := 0
	for _, l := range []string{w.Expected, w.Observed, w.Source, w.Reason} {
		column = max(column, theme.Width(l))
	}
	var wrapped []string
	for _, line := range strings.Split(text, "\n") {
		wrapped = append(wrapped, theme.Wrap(line, m.width-column-3)...)
	}
	head := "  " + m.theme.Dim.Render(theme.Fit(label, column)) + " "
	return slices.Concat([]string{head + wrapped[0]}, indent(wrapped[1:], column+3))
}

// tail is the last n lines of s that are not empty at the end.
func tail(s string, n int) string {
	lines := strings.Split(strings.TrimRight(s, "\n "), "\n")
	if len(lines) > n {
		lines = append([]string{"…"}, lines[len(lines)-n:]...)
	}
	return strings.Join(lines, "\n")
}
