package lesson

import (
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"cloison/lessons"
	"cloison/tui/markdown"
	"cloison/tui/theme"
)

// piece is a Markdown text and how many cells its rendering leaves free.
type piece struct {
	markdown string
	less     int
}

// page says for what a rendering was made; one for another page is stale.
type page struct {
	generation, width int
	dark              bool
	lang              string
}

// RenderedMsg carries the rendered prose of a lesson.
type RenderedMsg struct {
	page  page
	prose map[piece][]string
}

// page is what the pane shows now.
func (m Model) pageNow() page {
	return page{m.generation, m.width, m.theme.Dark, string(m.lang)}
}

// Render returns the Cmd that renders the lesson's Markdown for the present
// width, theme and language; its message goes to SetRendered.
func (m Model) Render() tea.Cmd {
	if m.width <= 0 {
		return nil
	}
	now, wanted := m.pageNow(), m.pieces()
	return func() tea.Msg { return RenderedMsg{now, render(now, wanted)} }
}

// SetRendered takes what Render made, unless it is stale.
func (m Model) SetRendered(msg RenderedMsg) Model {
	if msg.page != m.pageNow() {
		return m
	}
	m.prose = msg.prose
	m = m.compose().arrive()
	m.arriving = false
	return m
}

// text is a rendered Markdown text; its plain lines as long as it has not
// been rendered.
func (m Model) text(markdown string, less int) []string {
	markdown = strings.TrimSpace(m.fill(markdown))
	if markdown == "" {
		return nil
	}
	if lines, ok := m.prose[piece{markdown, less}]; ok {
		return lines
	}
	return strings.Split(ansi.Wrap(markdown, max(1, m.width-less), ""), "\n")
}

// pieces lists every Markdown text of the lesson.
func (m Model) pieces() []piece {
	var all []piece
	add := func(markdown string, less int) {
		all = append(all, piece{strings.TrimSpace(m.fill(markdown)), less})
	}
	for _, b := range m.blocks {
		switch b.Kind {
		case lessons.Prose:
			add(b.Text, 0)
		case lessons.Note, lessons.Task, lessons.Quiz:
			add(b.Text, 4)
		}
		for _, hint := range b.Hints {
			add(hint, 6)
		}
		if b.Quiz == nil {
			continue
		}
		add(b.Quiz.Explanation, 4)
		for _, c := range b.Quiz.Choices {
			add(c.Text, 10)
		}
	}
	return all
}

// render renders each piece.
func render(p page, wanted []piece) map[piece][]string {
	prose := map[piece][]string{}
	styles := markdown.In(theme.New(p.dark))
	for _, w := range wanted {
		if w.markdown != "" {
			prose[w] = markdown.Render(w.markdown, p.width-w.less, styles)
		}
	}
	return prose
}
