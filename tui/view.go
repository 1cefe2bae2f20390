package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"cloison/tui/theme"
)

// View draws the screen.
func (m Model) View() tea.View {
	v := tea.NewView(m.screen())
	v.AltScreen = true
	v.MouseMode = tea.MouseModeCellMotion
	v.WindowTitle = "cloison"
	v.Cursor = m.cursor()
	return v
}

func (m Model) screen() string {
	switch {
	case m.width <= 0 || m.height <= 0:
		return ""
	case m.layout.small:
		return theme.Block([]string{m.words.TooSmall}, m.width, m.height)
	}
	body := m.course.View()
	if m.session != nil {
		body = m.panes()
	}
	screen := m.topLine() + "\n" + body + "\n" + m.lastLine()
	if m.dialog == nil {
		return screen
	}
	return m.over(screen, m.dialog.View(m.theme, m.width-2, m.height-2))
}

// over lays a box on the middle of the screen.
func (m Model) over(screen, box string) string {
	w, h := lipgloss.Size(box)
	return lipgloss.NewCompositor(
		lipgloss.NewLayer(screen),
		lipgloss.NewLayer(box).X(max(0, (m.width-w)/2)).Y(max(0, (m.height-h)/2)).Z(1),
	).Render()
}

// topLine is the tabs, and where lessons run.
func (m Model) topLine() string {
	left := " cloison · " + m.words.Course
	if m.session != nil {
		left = " " + strings.Join(m.tabs(), " ")
	}
	room := m.width - theme.Width(left) - 2
	said := m.machineLines()
	for len(said) > 1 && theme.Width(said[0]) > room {
		said = said[1:]
	}
	return m.theme.Bar.Render(theme.Ends(left, said[0]+" ", m.width))
}

// tabs names the panes with their keys; the focused one is set off.
func (m Model) tabs() []string {
	w := m.words
	names := []string{"F2 " + w.Lesson, "F3 " + w.Terminal, "F4 " + w.Xray}
	for p, name := range names {
		if pane(p) == m.focus {
			names[p] = m.theme.Title.Render("[" + name + "]")
		} else {
			names[p] = " " + name + " "
		}
	}
	return names
}

// tabAt is the pane whose tab is at column x.
func (m Model) tabAt(x int) pane {
	from := 1
	for p, tab := range m.tabs() {
		if w := theme.Width(tab); x >= from && x < from+w {
			return pane(p)
		}
		from += theme.Width(tab) + 1
	}
	return noPane
}

// lastLine is what has just happened, or the keys that help here.
func (m Model) lastLine() string {
	if m.notice != "" {
		return m.theme.Bar.Render(theme.Fit(" "+m.notice, m.width))
	}
	line := ""
	for _, b := range m.short() {
		hint := " " + m.theme.Accent.Render(b.Help().Key) + " " + b.Help().Desc + " "
		if theme.Width(line)+theme.Width(hint) > m.width {
			break
		}
		line += hint
	}
	return m.theme.Bar.Render(theme.Fit(line, m.width))
}

// panes draws the lesson's panes where the layout has put them, with a line
// between those that stand side by side.
func (m Model) panes() string {
	height := m.height - 2
	rows := make([]strings.Builder, height)
	for x := 0; x < m.width; {
		width := 1
		for y := 0; y < height; {
			p := m.layout.at(x, y+1)
			if p == noPane {
				rows[y].WriteString(m.theme.Rule.Render("│"))
				y++
				continue
			}
			lines := strings.Split(m.pane(p), "\n")
			for _, line := range lines {
				rows[y].WriteString(line)
				y++
			}
			width = m.layout.panes[p].w
		}
		x += width
	}
	lines := make([]string, height)
	for y := range rows {
		lines[y] = rows[y].String()
	}
	return strings.Join(lines, "\n")
}

// pane draws one pane: its heading and its body.
func (m Model) pane(p pane) string {
	r := m.layout.panes[p]
	title, note, body := "", "", ""
	switch p {
	case lessonPane:
		title, note, body = m.words.Lesson, m.session.page.Note(), m.session.page.View()
	case terminalPane:
		title, note, body = m.terminalTitle(), "", m.terminalView(r.body())
	case xrayPane:
		title, note, body = m.words.Xray, m.xray.Note(), m.xray.View()
	}
	heading := m.theme.Heading(title, note, r.w, p == m.focus)
	if r.h == 1 {
		return heading
	}
	return heading + "\n" + body
}

// terminalTitle names the lesson's terminals; the one in front in brackets.
func (m Model) terminalTitle() string {
	s, title := m.session, m.words.Terminal
	for i, name := range s.names {
		if i == s.shown {
			name = "[" + name + "]"
		}
		title += " " + name
	}
	switch {
	case s.gone != nil:
		return title + " (" + m.words.MachineGone + ")"
	case len(s.terminals) > 0 && s.terminals[s.shown].Ended():
		return title + " (" + m.words.ShellEnded + ")"
	}
	return title + m.nestedTitle()
}

func (m Model) terminalView(r rect) string {
	s := m.session
	if len(s.terminals) == 0 {
		return m.openingView(r.w, r.h)
	}
	return s.terminals[s.shown].View()
}

// cursor is the terminal's, where it is on the screen.
func (m Model) cursor() *tea.Cursor {
	if m.session == nil || m.dialog != nil || m.layout.small || m.focus != terminalPane || len(m.session.terminals) == 0 {
		return nil
	}
	c := m.session.terminals[m.session.shown].Cursor()
	if c == nil {
		return nil
	}
	r := m.layout.panes[terminalPane].body()
	moved := *c
	moved.X, moved.Y = moved.X+r.x, moved.Y+r.y
	return &moved
}
