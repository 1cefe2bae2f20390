package tui

import (
	"regexp"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cloison/sandbox"
	"cloison/tui/theme"
)

// whoMsg is the answer to who refused a command.
type whoMsg struct {
	generation int
	block      string
	outcome    sandbox.Outcome
	err        error
}

// askWho has the lab find out which layer refused the command that was played
// last. It takes a while, during which the learner goes on.
func (m Model) askWho() (Model, tea.Cmd) {
	b, ok := m.session.page.Refused()
	switch {
	case !ok:
		m.notice = m.words.Dialog.NobodyRefused
		return m, nil
	case m.session.asking != "":
		return m, nil // it is on its way
	case m.session.gone != nil:
		return m.tellGone(), nil
	}
	m = m.withSession(func(s *session) { s.asking, s.page = b.ID, s.page.Asking(true) })
	s, lang := m.session, m.lang
	return m, func() tea.Msg {
		o, err := s.player.Why(s.ctx, b, lang)
		return whoMsg{s.generation, b.ID, o, err}
	}
}

// toldWho shows the answer. A dialog would take the keys of who types into the
// terminal: then it waits for the key that asked.
func (m Model) toldWho(msg whoMsg) (Model, tea.Cmd) {
	if !m.current(msg.generation) {
		return m, nil
	}
	m = m.withSession(func(s *session) { s.asking, s.page = "", s.page.Asking(false) })
	if msg.err != nil {
		return m, m.doubt(msg.err)
	}
	m = m.withSession(func(s *session) { s.who = msg.outcome.Output })
	if m.focus == terminalPane || m.dialog != nil {
		m.notice = m.words.Dialog.WhoIsKnown
		return m, nil
	}
	return m.showWho(), nil
}

// showWho shows an answer, once.
func (m Model) showWho() Model {
	text := strings.TrimSpace(m.session.who)
	m = m.withSession(func(s *session) { s.who = "" })
	return m.tell(m.words.Dialog.Who, func(width int) []string {
		var lines []string
		for line := range strings.Lines(text) {
			lines = append(lines, hang(strings.TrimRight(line, "\n"), width)...)
		}
		return lines
	})
}

// labelled is a line of two columns: what it tells, two spaces or more, and that.
var labelled = regexp.MustCompile(`^( *\S+(?: \S+)* {2,})(\S.*)$`)

// hang wraps a line so that what is too long for its second column goes on below
// it, not below its label.
func hang(line string, width int) []string {
	columns := labelled.FindStringSubmatch(line)
	if columns == nil || theme.Width(columns[1]) > width/2 {
		return theme.Wrap(line, width)
	}
	label, under := columns[1], strings.Repeat(" ", theme.Width(columns[1]))
	lines := theme.Wrap(columns[2], width-theme.Width(label))
	for i := range lines {
		lines[i] = label + lines[i]
		label = under
	}
	return lines
}

// whoKey asks, or shows the answer that waits.
func (m Model) whoKey() (Model, tea.Cmd) {
	if m.session.who != "" {
		return m.showWho(), nil
	}
	return m.askWho()
}
