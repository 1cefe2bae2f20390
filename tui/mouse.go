package tui

import (
	tea "charm.land/bubbletea/v2"
)

// wheelLines is how far one notch of the wheel scrolls.
const wheelLines = 3

// mouse gives a mouse message to what is under it; a click brings the focus.
func (m Model) mouse(msg tea.MouseMsg) (Model, tea.Cmd) {
	at := msg.Mouse()
	switch {
	case m.dialog != nil:
		return m, nil
	case m.session == nil:
		return m.mapMouse(msg)
	}
	p := m.layout.at(at.X, at.Y)
	var cmd tea.Cmd
	if _, click := msg.(tea.MouseClickMsg); click {
		if at.Y == 0 {
			p = m.tabAt(at.X)
		}
		if p != noPane && p != m.focus {
			m, cmd = m.moveTo(p)
		}
	}
	switch {
	case p == terminalPane:
		return m.terminalMouse(msg), cmd
	case p == lessonPane && isLeft(msg):
		y := at.Y - m.layout.panes[lessonPane].body().y
		return m.withSession(func(s *session) { s.page = s.page.Click(y) }), cmd
	case p == xrayPane && isLeft(msg):
		r := m.layout.panes[xrayPane].body()
		who, meant := m.xray.Click(at.X-r.x, at.Y-r.y)
		if m.xray = m.xray.Touch(at.X-r.x, at.Y-r.y); meant {
			m = m.toggle(who)
		}
		return m, cmd
	case p != noPane:
		return m.scroll(p, wheel(msg)), cmd
	}
	return m, cmd
}

func isLeft(msg tea.MouseMsg) bool {
	click, ok := msg.(tea.MouseClickMsg)
	return ok && click.Button == tea.MouseLeft
}

// mapMouse moves over the map: a click selects, a second one opens.
func (m Model) mapMouse(msg tea.MouseMsg) (Model, tea.Cmd) {
	if click, ok := msg.(tea.MouseClickMsg); ok && click.Button == tea.MouseLeft {
		var again bool
		if m.course, again = m.course.Click(click.X, click.Y-1); again {
			return m.open(m.course.Selected())
		}
	}
	m.course = m.course.Move(wheel(msg) / wheelLines)
	return m, nil
}

// terminalMouse hands a message to the terminal in front, in its coordinates.
func (m Model) terminalMouse(msg tea.MouseMsg) Model {
	if len(m.session.terminals) == 0 {
		return m
	}
	r := m.layout.panes[terminalPane].body()
	return m.withSession(func(s *session) {
		s.terminals[s.shown] = s.terminals[s.shown].Mouse(moved(msg, -r.x, -r.y))
	})
}

// moved is a mouse message at another place.
func moved(msg tea.MouseMsg, dx, dy int) tea.MouseMsg {
	at := msg.Mouse()
	at.X, at.Y = at.X+dx, at.Y+dy
	switch msg.(type) {
	case tea.MouseClickMsg:
		return tea.MouseClickMsg(at)
	case tea.MouseReleaseMsg:
		return tea.MouseReleaseMsg(at)
	case tea.MouseWheelMsg:
		return tea.MouseWheelMsg(at)
	default:
		return tea.MouseMotionMsg(at)
	}
}

// wheel is how many lines a message scrolls.
func wheel(msg tea.MouseMsg) int {
	w, ok := msg.(tea.MouseWheelMsg)
	switch {
	case ok && w.Button == tea.MouseWheelUp:
		return -wheelLines
	case ok && w.Button == tea.MouseWheelDown:
		return wheelLines
	}
	return 0
}
