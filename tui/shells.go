package tui

import (
	"context"
	"errors"
	"fmt"
	"image/color"
	"slices"

	tea "charm.land/bubbletea/v2"

	"cloison/lessons"
	"cloison/tui/terminal"
)

// openShell asks for the terminal of that name, to show it, or to play a
// block in it.
func (m Model) openShell(name string, block *lessons.Block) tea.Cmd {
	s, size := m.session, m.layout.panes[terminalPane].body()
	return func() tea.Msg {
		shell, err := s.player.Shell(s.ctx, name, size.w, size.h)
		return shellMsg{s.generation, name, shell, block, err}
	}
}

func (m Model) shellOpened(msg shellMsg) (Model, tea.Cmd) {
	if !m.current(msg.generation) || errors.Is(msg.err, context.Canceled) {
		return m, nil
	}
	if msg.err != nil {
		if msg.play != nil {
			m = m.withSession(func(s *session) { s.page = s.page.Stopped(msg.play.ID) })
		}
		return m, m.doubt(msg.err)
	}
	m, listen := m.show(msg)
	if msg.play == nil {
		return m, listen
	}
	return m, tea.Batch(listen, m.play(*msg.play))
}

// show brings a shell's terminal to the front; the Cmd listens to one that is
// new.
func (m Model) show(msg shellMsg) (Model, tea.Cmd) {
	i := slices.Index(m.session.names, msg.name)
	if i >= 0 && m.session.shells[i] == msg.shell {
		return m.withSession(func(s *session) { s.shown, s.nesting.inner = i, nil }).place(), nil
	}
	id := fmt.Sprintf("%d %s", msg.generation, msg.name)
	fresh := terminal.New(m.session.ctx, msg.shell, id, m.terminalLook())
	m = m.withSession(func(s *session) {
		if i < 0 {
			i = len(s.names)
			s.names, s.shells, s.terminals = append(s.names, msg.name), append(s.shells, nil), append(s.terminals, fresh)
		} else {
			s.terminals[i].Close()
		}
		s.shells[i], s.terminals[i], s.shown, s.nesting.inner = msg.shell, fresh, i, nil
	})
	return m.place(), fresh.Init()
}

// terminalLook is how a terminal says that it is scrolled back, and the
// colours that a program in it is told of.
func (m Model) terminalLook() terminal.Look {
	back := m.words.Back
	look := terminal.Look{
		Back:      func(lines int) string { return fmt.Sprintf(back, lines) },
		BackStyle: m.theme.Title,
	}
	if !m.theme.Dark {
		look.Foreground, look.Background = color.Black, color.White
	}
	return look
}

// output hands a terminal what its shell wrote.
func (m Model) output(msg terminal.OutputMsg) (Model, tea.Cmd) {
	if m.session == nil {
		return m, nil
	}
	var listen tea.Cmd
	ended := false
	m = m.withSession(func(s *session) {
		for i, t := range s.terminals {
			if t.ID() == msg.ID {
				s.terminals[i], listen = t.Update(msg)
				ended = s.terminals[i].Ended() && !t.Ended()
			}
		}
	})
	if ended {
		return m, m.doubt(nil)
	}
	m, check := m.noticeOutput(msg)
	return m, tea.Batch(listen, check)
}

// nextShell brings the lesson's next terminal to the front.
func (m Model) nextShell() (Model, tea.Cmd) {
	if len(m.session.terminals) == 0 {
		return m, nil
	}
	return m.withSession(func(s *session) { s.shown, s.nesting.inner = (s.shown+1)%len(s.terminals), nil }).place(), nil
}

// advance does what Enter asks for.
func (m Model) advance() (Model, tea.Cmd) {
	page, step := m.session.page.Advance()
	m = m.withSession(func(s *session) { s.page = page })
	switch {
	case (step.Play != nil || step.Check != nil) && m.session.gone != nil:
		return m.tellGone(), nil
	case (step.Play != nil || step.Check != nil) && !m.session.ready:
		m.notice = m.words.Opening
		return m, nil
	case step.Play != nil:
		m = m.withSession(func(s *session) { s.page = s.page.Running(step.Play.ID) })
		return m, m.openShell(step.Play.Run.Shell, step.Play)
	case step.Check != nil:
		return m.handIn(*step.Check)
	case step.Answered != nil:
		return m, m.keep(*step.Answered)
	case step.Leave:
		return m.toMap()
	case len(step.Show) > 0:
		m.xray = m.xray.Show(step.Show)
		m = m.showAround(step.Follow)
		if !m.layout.shows(xrayPane) {
			return m.moveTo(xrayPane)
		}
	}
	return m, nil
}

// play types a block into its terminal and waits for the verdict.
func (m Model) play(b lessons.Block) tea.Cmd {
	s := m.session
	return func() tea.Msg {
		v, err := s.player.Play(s.ctx, b)
		return verdictMsg{s.generation, b.ID, v, err}
	}
}

func (m Model) judged(msg verdictMsg) (Model, tea.Cmd) {
	if !m.current(msg.generation) {
		return m, nil
	}
	if msg.err != nil {
		m = m.withSession(func(s *session) { s.page = s.page.Stopped(msg.block) })
		return m, m.doubt(msg.err)
	}
	m = m.withSession(func(s *session) { s.page = s.page.SetVerdict(msg.verdict) })
	return m, m.keep(msg.verdict)
}
