package tui

import (
	"regexp"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cloison/sandbox"
	"cloison/tui/lesson"
)

// starts matches where a command starts a container of ours, or enters one.
var starts = regexp.MustCompile(`(?m)^((?:sudo )?cloison (?:run|exec))( .*)?$`)

// stepwise is a command with --step, where it has such a place.
func stepwise(command string) (string, bool) {
	at := starts.FindStringSubmatchIndex(command)
	if at == nil {
		return "", false
	}
	end := at[3]
	return strings.TrimRight(command[:end]+" --step"+command[end:], "\n"), true
}

// steppable says whether the command at hand can be taken step by step.
func (m Model) steppable() bool {
	_, ok := stepwise(m.session.page.Command())
	return ok
}

// byStep puts the command at hand at the prompt of the terminal in front, with
// --step, and takes the learner there: Enter starts it, and then the X-ray
// shows after each system call what has changed. It counts for nothing in the
// lesson, where the command is still to be played.
func (m Model) byStep() (Model, tea.Cmd) {
	command, ok := stepwise(m.session.page.Command())
	switch {
	case !ok:
		m.notice = m.words.Dialog.NoSteps
		return m, nil
	case m.session.gone != nil:
		return m.tellGone(), nil
	case m.session.page.Will() == lesson.WillWait:
		m.notice = m.words.Dialog.StepsLater
		return m, nil
	case m.session.page.Will() == lesson.WillAnswer: // the command would answer
		m.notice = m.words.Page.AnswerFirst
		return m, nil
	}
	m = m.choose(sandbox.Subject{})
	m, moved := m.moveTo(terminalPane)
	m, pasted := m.toShell(tea.PasteMsg{Content: command})
	m.notice = m.words.Dialog.StepsReady
	return m, tea.Batch(moved, pasted)
}
