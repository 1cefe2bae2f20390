package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"cloison/sandbox"
)

// pulse is how long after one reading of the facts the next one is made.
const pulse = 300 * time.Millisecond

// tickMsg says that it is time for the next reading; factsMsg is one. The next
// tick is set when the answer is there, so that readings never pile up.
type (
	tickMsg  struct{ generation int }
	factsMsg struct {
		generation int
		facts      sandbox.Facts
		err        error
	}
)

func (m Model) tickSoon() tea.Cmd {
	generation := m.session.generation
	return tea.Tick(pulse, func(time.Time) tea.Msg { return tickMsg{generation} })
}

// tick reads the facts of whatever is in the foreground of the terminal, if
// anybody can see them.
func (m Model) tick(msg tickMsg) (Model, tea.Cmd) {
	if !m.current(msg.generation) {
		return m, nil
	}
	lab := m.session.player.Lab()
	if lab == nil || len(m.session.shells) == 0 || !m.layout.shows(xrayPane) {
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
		return factsMsg{s.generation, facts, err}
	}
}

// facts shows a reading. A process that went away meanwhile is no error: the
// next reading finds another one.
func (m Model) facts(msg factsMsg) (Model, tea.Cmd) {
	if !m.current(msg.generation) {
		return m, nil
	}
	if msg.err == nil {
		m.xray = m.xray.SetFacts(msg.facts)
	}
	return m, m.tickSoon()
}
