package lesson

import (
	"fmt"
	"slices"

	"cloison/lessons"
	"cloison/tui/theme"
)

// compose draws every line of the lesson from what has been rendered and what
// has been played, so that View has nothing left to do.
func (m Model) compose() Model {
	if m.lesson == nil || m.width <= 0 {
		m.lines, m.spans = nil, make([]span, len(m.blocks))
		return m
	}
	m.lines = append(theme.Wrap(m.theme.Accent.Render(m.Title()), m.width), "")
	m.spans, m.spots = make([]span, len(m.blocks)), nil
	last, why := m.curtain()
	for i, b := range m.blocks {
		if i > last {
			m.spans[i] = span{len(m.lines), len(m.lines)}
			continue
		}
		if b.ID != "" && b.ID == m.resumed {
			m.lines = append(m.lines, theme.Wrap(m.theme.Accent.Render("↻ "+m.words.Page.Resumed), m.width)...)
		}
		from := len(m.lines)
		m.lines = append(m.lines, m.block(i, b)...)
		m.spots = append(m.spots, m.spotsOf(i, b, from)...)
		m.spans[i] = span{from, len(m.lines)}
		if len(m.lines) > from {
			m.lines = append(m.lines, "")
		}
	}
	if why != "" {
		m.lines = append(m.lines, theme.Wrap(m.theme.Dim.Render("▾ "+why), m.width)...)
		return m.Scroll(0)
	}
	m.lines = append(m.lines, m.further()...)
	m.lines = append(m.lines, m.ending()...)
	return m.Scroll(0)
}

// block draws one block.
func (m Model) block(i int, b lessons.Block) []string {
	next := m.isNext(i)
	switch b.Kind {
	case lessons.Run:
		return m.command(b, next)
	case lessons.Quiz:
		lines, _ := m.quiz(b, next)
		return lines
	case lessons.Task:
		return m.task(b, next)
	case lessons.Xray:
		return m.xray(b, next)
	case lessons.Note:
		return m.note(b)
	default:
		return m.text(b.Text, 0)
	}
}

// spotsOf says where a question's choices are, when it begins at a line.
func (m Model) spotsOf(i int, b lessons.Block, from int) []spot {
	if b.Kind != lessons.Quiz {
		return nil
	}
	var spots []spot
	_, choices := m.quiz(b, m.isNext(i))
	for line, choice := range choices {
		if choice >= 0 {
			spots = append(spots, spot{from + line, i, choice})
		}
	}
	return spots
}

// further lists what may be read after the lesson.
func (m Model) further() []string {
	if len(m.lesson.See) == 0 {
		return nil
	}
	lines := []string{m.theme.Strong.Render(m.words.Page.Further)}
	for _, see := range m.lesson.See {
		mark := "  • "
		for _, line := range theme.Wrap(see, m.width-4) {
			lines, mark = append(lines, mark+line), "    "
		}
	}
	return lines
}

// ending says at the lesson's end whether it is done, and where to go on.
func (m Model) ending() []string {
	if len(m.stops) == 0 {
		return nil
	}
	said := m.theme.Good.Render("✓ " + m.words.Page.LessonDone)
	if open := m.undone(); open > 0 {
		said = m.theme.Warn.Render("○ " + fmt.Sprintf(m.words.Page.NotDone, open))
	}
	lines := theme.Wrap(said, m.width)
	if len(m.lesson.See) > 0 {
		lines = append([]string{""}, lines...)
	}
	return lines
}

// lead is the first line of what a learner does: a mark where Enter is, a
// sign, a word.
func (m Model) lead(next bool, sign, word string) string {
	if next {
		return m.theme.Accent.Render("▸ " + sign + " " + word)
	}
	return m.theme.Strong.Render("  " + sign + " " + word)
}

func (m Model) xray(b lessons.Block, next bool) []string {
	word := m.words.Page.Show
	if b.Follow {
		word = m.words.Page.ShowContainer
	}
	line := m.lead(next, "▤", word)
	for i, s := range b.Show {
		separator := ", "
		if i == 0 {
			separator = ": "
			if m.words.Comma == "," {
				separator = "\u00a0: "
			}
		}
		line += separator + m.words.Facts.Sections[s]
	}
	return theme.Wrap(line, m.width)
}

func (m Model) note(b lessons.Block) []string {
	lines := []string{m.theme.Dim.Render("  ✎ " + m.words.Page.Note)}
	return slices.Concat(lines, indent(m.text(b.Text, 4), 4))
}

// indent moves lines to the right.
func indent(lines []string, by int) []string {
	moved := make([]string, len(lines))
	for i, line := range lines {
		moved[i] = theme.Fit("", by) + line
	}
	return moved
}
