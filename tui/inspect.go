package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"cloison/sandbox"
)

// pulse is how long after one reading of the facts the next one is made.
const pulse = 300 * time.Millisecond

// slowPulse is the same where nobody can see the X-ray: the terminal's title
// needs less.
const slowPulse = time.Second

// tickMsg says that it is time for the next reading; factsMsg is one. The next
// tick is set when the answer is there, so that readings never pile up.
type (
	tickMsg  struct{ generation int }
	factsMsg struct {
		generation int
		shell, pid int // the terminal's own process, and the one in front
		facts      sandbox.Facts
		err        error
	}
)

func (m Model) tickSoon() tea.Cmd {
	generation, wait := m.session.generation, pulse
	if !m.layout.shows(xrayPane) && len(m.session.nesting.outer) >= len(m.session.shells) {
		wait = slowPulse
	}
	return tea.Tick(wait, func(time.Time) tea.Msg { return tickMsg{generation} })
}

// tick reads the facts of whatever is in the foreground of the terminal.
func (m Model) tick(msg tickMsg) (Model, tea.Cmd) {
	if !m.current(msg.generation) || m.session.gone != nil {
		return m, nil
	}
	lab := m.session.player.Lab()
	if lab == nil || len(m.session.shells) == 0 {
		return m, m.tickSoon()
	}
	return m, m.inspect(lab, m.session.shells[m.session.shown])
}

func (m Model) inspect(lab sandbox.Lab, shell sandbox.Shell) tea.Cmd {
	s := m.session
	return func() tea.Msg {
		pid, err := shell.Foreground()
		if err != nil {
			return factsMsg{generation: s.generation, err: err}
		}
		facts, err := lab.Inspect(s.ctx, pid)
		return factsMsg{s.generation, shell.PID(), pid, facts, err}
	}
}

// facts shows a reading. A process that went away meanwhile is no error: the
// next reading finds another one.
func (m Model) facts(msg factsMsg) (Model, tea.Cmd) {
	if !m.current(msg.generation) {
		return m, nil
	}
	if msg.err == nil && m.session.gone == nil {
		m.xray = m.xray.SetFacts(msg.facts)
		m = m.withSession(func(s *session) { s.nesting = s.nesting.read(msg.shell, msg.pid, msg.facts) })
	}
	return m, m.tickSoon()
}
