package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"cloison/sandbox"
)

// settlePulse is how often the marks of what has changed are looked at while
// there are any; rewatch how long a watch that failed is left alone.
const (
	settlePulse = 500 * time.Millisecond
	rewatch     = time.Second
)

// watch is the watch of the lab as seen from one terminal.
type watch struct {
	generation int
	shell      int // the terminal's own process
	seen       <-chan sandbox.Xray
}

// watchMsg is a watch that has begun, or why not; seenMsg what it has seen;
// rewatchMsg asks for another one; settleMsg says that marks may have grown old.
type (
	watchMsg struct {
		watch
		err error
	}
	seenMsg struct {
		watch
		xray sandbox.Xray
		over bool // the watch has ended
	}
	rewatchMsg struct{ watch }
	settleMsg  struct{}
)

// follow begins to watch the lab from the terminal in front, when that is
// another one than before.
func (m Model) follow() (Model, tea.Cmd) {
	s := m.session
	m.xray = m.xray.SetOver(s != nil && len(s.terminals) > 0 && s.terminals[s.shown].Ended())
	if s == nil || s.gone != nil || len(s.shells) == 0 {
		return m, nil
	}
	lab, shell := s.player.Lab(), s.shells[s.shown].PID()
	if lab == nil || shell == s.watched {
		return m, nil
	}
	if s.unwatch != nil {
		s.unwatch()
	}
	ctx, cancel := context.WithCancel(s.ctx)
	m.xray = m.xray.Forget()
	subjects := sandbox.NewLatest[sandbox.Subject]()
	m = m.withSession(func(s *session) { s.watched, s.unwatch, s.subjects = shell, cancel, &subjects })
	if m.session.chosen() {
		m = m.tellSubject()
	}
	w := watch{generation: s.generation, shell: shell}
	return m, func() tea.Msg {
		var err error
		w.seen, err = lab.Watch(ctx, shell, subjects.C())
		return watchMsg{w, err}
	}
}

// follows says whether a watch is still the one that is wanted.
func (m Model) follows(w watch) bool {
	return m.current(w.generation) && m.session.watched == w.shell && m.session.gone == nil
}

func (m Model) watching(msg watchMsg) (Model, tea.Cmd) {
	switch {
	case !m.follows(msg.watch):
		return m, nil
	case msg.err != nil:
		return m, msg.again()
	}
	return m, msg.next()
}

// next waits for what the watch sees next.
func (w watch) next() tea.Cmd {
	return func() tea.Msg {
		x, open := <-w.seen
		return seenMsg{w, x, !open}
	}
}

// again asks for another watch after a while: this one has ended by itself.
func (w watch) again() tea.Cmd {
	return tea.Tick(rewatch, func(time.Time) tea.Msg { return rewatchMsg{w} })
}

func (m Model) watchAgain(msg rewatchMsg) Model {
	if !m.follows(msg.watch) {
		return m
	}
	return m.withSession(func(s *session) { s.watched = 0 })
}

// sees shows what a watch has seen.
func (m Model) sees(msg seenMsg) (Model, tea.Cmd) {
	switch {
	case !m.follows(msg.watch):
		return m, nil
	case msg.over:
		return m, msg.again()
	}
	m.xray = m.xray.SetXray(msg.xray, time.Now())
	m = m.heeds(msg.xray)
	pid, namespaces := front(msg.xray)
	m = m.withSession(func(s *session) { s.nesting = s.nesting.read(msg.shell, pid, namespaces) })
	m, settle := m.settleSoon()
	return m, tea.Batch(msg.next(), settle)
}

// settleSoon looks at the marks of changes again as long as there are any.
func (m Model) settleSoon() (Model, tea.Cmd) {
	if m.settling || !m.xray.Fresh() {
		return m, nil
	}
	m.settling = true
	return m, tea.Tick(settlePulse, func(time.Time) tea.Msg { return settleMsg{} })
}

func (m Model) settle() (Model, tea.Cmd) {
	m.settling = false
	m.xray = m.xray.Settle(time.Now())
	return m.settleSoon()
}

// explain has the X-ray say what its fields mean, or no longer; panel goes n
// panels on in it.
func (m Model) explain() Model {
	m.xray = m.xray.Explain()
	return m
}

func (m Model) panel(n int) Model {
	m.xray = m.xray.Choose(n)
	return m
}
