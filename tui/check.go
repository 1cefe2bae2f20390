package tui

import (
	"bytes"
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"cloison/lessons"
	"cloison/lessons/play"
	"cloison/sandbox"
	"cloison/tui/terminal"
)

// How long after what a task is checked: after the last answer, after a shell
// wrote something, and after a check during which a shell wrote something.
const (
	checkPulse = time.Second
	checkSoon  = 50 * time.Millisecond
	checkAgain = 150 * time.Millisecond
)

// checks are those of a session's tasks. One runs at a time.
type checks struct {
	timer  int             // timers with another number are stale
	soon   bool            // the timer runs because of a shell's output
	flying bool            // a check is running
	dirty  bool            // a shell wrote something meanwhile
	handIn []lessons.Block // the task that the learner handed in meanwhile, if any
}

// checkMsg says that it is time for a check; checkedMsg is what one found.
type (
	checkMsg   struct{ generation, timer int }
	checkedMsg struct {
		generation int
		handedIn   bool
		verdict    play.Verdict
		err        error
	}
)

// checkIn sets the session's timer anew.
func (m Model) checkIn(wait time.Duration, soon bool) (Model, tea.Cmd) {
	m = m.withSession(func(s *session) { s.checks.timer++; s.checks.soon = soon })
	generation, timer := m.session.generation, m.session.checks.timer
	return m, tea.Tick(wait, func(time.Time) tea.Msg { return checkMsg{generation, timer} })
}

// noticeOutput has the task checked soon after a shell wrote something that a
// command leaves behind: a new line, or a prompt's control sequences.
func (m Model) noticeOutput(msg terminal.OutputMsg) (Model, tea.Cmd) {
	c := m.session.checks
	switch _, watched := m.session.page.Watched(); {
	case !watched || m.session.gone != nil || !bytes.ContainsAny(msg.Data, "\n\x1b"):
		return m, nil
	case c.flying:
		return m.withSession(func(s *session) { s.checks.dirty = true }), nil
	case c.soon:
		return m, nil
	}
	return m.checkIn(checkSoon, true)
}

// checkDue checks the task that is being worked on, if there is one.
func (m Model) checkDue(msg checkMsg) (Model, tea.Cmd) {
	if !m.current(msg.generation) || msg.timer != m.session.checks.timer || m.session.checks.flying {
		return m, nil
	}
	b, watched := m.session.page.Watched()
	if m.session.gone != nil {
		return m, nil
	}
	if !watched || len(m.session.shells) == 0 {
		return m.checkIn(checkPulse, false)
	}
	return m.check(b, false)
}

// handIn checks a task because the learner asked for it.
func (m Model) handIn(b lessons.Block) (Model, tea.Cmd) {
	m = m.withSession(func(s *session) { s.page = s.page.Checking(b.ID) })
	if m.session.checks.flying {
		return m.withSession(func(s *session) { s.checks.handIn = []lessons.Block{b} }), nil
	}
	return m.check(b, true)
}

// check runs a task's check.
func (m Model) check(b lessons.Block, handedIn bool) (Model, tea.Cmd) {
	m = m.withSession(func(s *session) { s.checks = checks{timer: s.checks.timer, flying: true} })
	s := m.session
	return m, func() tea.Msg {
		v, err := s.player.Check(s.ctx, b)
		v.Lesson, v.Block = s.lesson.ID, b.ID
		return checkedMsg{s.generation, handedIn, v, err}
	}
}

// checked shows what a check found, and sets out for the next one.
func (m Model) checked(msg checkedMsg) (Model, tea.Cmd) {
	if !m.current(msg.generation) || errors.Is(msg.err, context.Canceled) {
		return m, nil
	}
	v := msg.verdict
	if msg.err != nil {
		v.Status, v.Reason = play.Unwell, sandbox.Said(msg.err)
	}
	news := !m.session.page.Passed(v.Block)
	m = m.withSession(func(s *session) { s.page = s.page.Checked(v, msg.handedIn) })
	var save tea.Cmd
	switch {
	case v.Status == play.Passed && (news || msg.handedIn):
		m.notice = m.passedNotice(v)
		save = m.keep(v)
	case v.Status == play.Failed && msg.handedIn:
		save = m.keep(v)
	}
	m, doubt := m.doubtIll(v)
	m, next := m.checkNext()
	return m, tea.Batch(save, doubt, next)
}

// passedNotice says that a task is passed, and how to get out of the terminal.
func (m Model) passedNotice(v play.Verdict) string {
	notice := "✓ " + m.words.Page.Passed
	if reason := v.Reason.In(m.lang); reason != "" {
		notice += "  " + reason
	}
	if m.focus == terminalPane {
		notice += " · " + m.words.Page.BackToLesson
	}
	return notice
}

// checkNext starts the check that is waiting, or its timer.
func (m Model) checkNext() (Model, tea.Cmd) {
	c := m.session.checks
	m = m.withSession(func(s *session) { s.checks = checks{timer: s.checks.timer} })
	switch {
	case len(c.handIn) > 0:
		return m.check(c.handIn[0], true)
	case c.dirty:
		return m.checkIn(checkAgain, true)
	}
	return m.checkIn(checkPulse, false)
}

// solution shows the reference solution of the task that the learner is at,
// once it may be looked at.
func (m Model) solution() (Model, tea.Cmd) {
	b, allowed, ok := m.session.page.Solvable()
	switch {
	case !ok:
		return m, nil
	case !allowed:
		m.notice = m.words.Dialog.Solution
		return m, nil
	}
	passed := m.session.page.Passed(b.ID)
	m = m.withSession(func(s *session) { s.page = s.page.ShowSolution(b.ID, s.player.Solution(b)) })
	if passed {
		return m, nil
	}
	return m, m.keep(play.Verdict{Lesson: m.session.lesson.ID, Block: b.ID, Status: shown})
}
