package tui

import (
	tea "charm.land/bubbletea/v2"

	"cloison/sandbox"
)

// chosen says whether the learner has chosen whom the X-ray follows.
func (s *session) chosen() bool { return s != nil && s.subject != sandbox.Subject{} }

// choose has the X-ray follow a process of the lab until it ends, or the
// terminal again, which is the zero Subject.
func (m Model) choose(who sandbox.Subject) Model {
	m = m.withSession(func(s *session) { s.subject, s.lent = who, false })
	return m.tellSubject()
}

// toggle is choose, but who is followed already is no longer.
func (m Model) toggle(who sandbox.Subject) Model {
	if who == m.session.subject {
		who = sandbox.Subject{}
	}
	return m.choose(who)
}

// tellSubject tells the watch whom to follow. It never waits.
func (m Model) tellSubject() Model {
	if s := m.session; s.subjects != nil {
		s.subjects.Put(s.subject)
	}
	return m
}

// nextContainer has the X-ray follow the next container, the youngest first,
// and after the last one the terminal; where it can't be seen, it comes up.
func (m Model) nextContainer() (Model, tea.Cmd) {
	next, ok := m.xray.Container(m.session.watched, m.session.subject)
	if !ok {
		m.notice = m.words.NoContainer
		return m, nil
	}
	if m = m.choose(next); !m.layout.shows(xrayPane) {
		return m.moveTo(xrayPane)
	}
	return m, nil
}

// showAround has the X-ray follow what an xray block of the lesson is about: the
// container that was started last, or the terminal. In the latter case what the
// learner has chosen stays, and what an earlier block has, does not.
func (m Model) showAround(container bool) Model {
	if !container {
		if m.session.lent {
			m = m.choose(sandbox.Subject{})
		}
		return m
	}
	last, ok := m.xray.Container(m.session.watched, sandbox.Subject{})
	if !ok {
		m.notice = m.words.NoContainer
		return m
	}
	return m.choose(last).withSession(func(s *session) { s.lent = true })
}

// heeds takes in that the one who was followed has ended.
func (m Model) heeds(x sandbox.Xray) Model {
	if !x.Lost || x.Asked != m.session.subject {
		return m
	}
	return m.withSession(func(s *session) { s.subject, s.lent = sandbox.Subject{}, false })
}
