package tui

import (
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"cloison/lessons/play"
	"cloison/tui/dialog"
)

// answerLimit is how long a machine may take to show that it is there.
const answerLimit = 5 * time.Second

// doubtMsg is what came of asking a lab whether it is still there, after
// something else had gone wrong in it.
type doubtMsg struct {
	generation int
	cause      error // what went wrong, if that is an error
	err        error // the lab does not answer
}

// doubt asks the lab whether it is still there: a shell that ends, or a call
// that fails, may be the end of the machine.
func (m Model) doubt(cause error) tea.Cmd {
	s, lab, limit := m.session, m.session.player.Lab(), m.session.player.Within(answerLimit)
	if lab == nil || s.gone != nil {
		return nil
	}
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(s.ctx, limit)
		defer cancel()
		_, err := lab.Exec(ctx, "exit 0", nil)
		return doubtMsg{s.generation, cause, err}
	}
}

// doubtIll asks once when a check can no longer be believed.
func (m Model) doubtIll(v play.Verdict) (Model, tea.Cmd) {
	ill, known := v.Status == play.Unwell, m.session.ill
	m = m.withSession(func(s *session) { s.ill = ill })
	if !ill || known {
		return m, nil
	}
	return m, m.doubt(nil)
}

func (m Model) doubted(msg doubtMsg) (Model, tea.Cmd) {
	switch {
	case !m.current(msg.generation) || m.session.gone != nil || errors.Is(msg.err, context.Canceled):
		return m, nil
	case msg.err != nil:
		return m.died(msg.err), nil
	case msg.cause != nil:
		return m.fail(msg.cause), nil
	}
	return m, nil
}

// died notes that the session's machine is gone, and tells.
func (m Model) died(err error) Model {
	m = m.withSession(func(s *session) { s.gone = err; s.page = s.page.Halted() })
	m.xray = m.xray.Clear()
	return m.tellGone()
}

// tellGone says why the machine is gone, and offers a fresh one.
func (m Model) tellGone() Model {
	w := m.words.Dialog
	body := m.pairs(w.Cause, m.inLanguage(m.session.gone), w.Try, w.GoneTry)
	return m.on(dialog.New(aboutGone, w.Gone, body,
		dialog.Choice{Keys: []string{"r"}, Label: w.Fresh, Answer: dialog.Yes},
		dialog.Choice{Keys: []string{"esc", "enter", "q"}, Label: w.Close, Answer: dialog.No}))
}

// renew begins the lesson on a fresh machine, where the learner is in it.
func (m Model) renew() (Model, tea.Cmd) {
	l := m.session.lesson
	was := m.kept.Lessons[l.ID]
	was.At = m.session.page.At()
	return m.beginAt(l, was)
}
