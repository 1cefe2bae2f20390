package tui

import (
	"context"
	"errors"
	"slices"

	"charm.land/bubbles/v2/key"

	"cloison/sandbox"
	"cloison/tui/dialog"
	"cloison/tui/theme"
)

// What a dialog is about.
const (
	aboutQuit  = "quit"
	aboutReset = "reset"
	aboutGone  = "gone"
	aboutText  = "" // nothing follows from the answer
)

// fail tells of an error.
func (m Model) fail(err error) Model {
	if errors.Is(err, context.Canceled) || errors.Is(err, errClosed) {
		return m
	}
	w := m.words.Dialog
	if m.options.Explain != nil {
		if lack, known := m.options.Explain(err); known {
			return m.tell(w.Error, m.pairs(w.Cause, lack.Why.In(m.lang), w.Try, lack.Remedy.In(m.lang)))
		}
	}
	return m.tell(w.Error, m.pairs(w.Cause, sandbox.Say(err, m.lang), w.Try, w.TryOther))
}

// locked tells why a lesson cannot be opened here, and what would help.
func (m Model) locked(lacks []sandbox.Lack) Model {
	var pairs []string
	for _, lack := range lacks {
		pairs = append(pairs, m.words.Map.Why, lack.Why.In(m.lang), m.words.Map.Remedy, lack.Remedy.In(m.lang))
	}
	return m.tell(m.words.Dialog.Locked, m.pairs(pairs...))
}

// pairs draws headings, each with its text below.
func (m Model) pairs(headingsAndTexts ...string) dialog.Body {
	strong := m.theme.Strong
	return func(width int) []string {
		var lines []string
		for pair := range slices.Chunk(headingsAndTexts, 2) {
			lines = append(lines, strong.Render(pair[0]))
			lines = append(lines, theme.Wrap(pair[1], width)...)
			lines = append(lines, "")
		}
		return lines[:len(lines)-1]
	}
}

// tell shows something to be read.
func (m Model) tell(title string, body dialog.Body) Model {
	closing := dialog.Choice{Keys: []string{"enter", "esc", "q", "?", "space"}, Shown: m.words.Key.EnterKey, Label: m.words.Dialog.Close, Answer: dialog.No}
	return m.on(dialog.New(aboutText, title, body, closing))
}

// What may begin afresh.
const (
	resetStep    = dialog.First + iota // the block that the learner is at
	resetMachine                       // the learner stays where they are
	resetLesson                        // what was passed stays marked
	forgetLesson
)

// askReset asks what is to begin afresh.
func (m Model) askReset() Model {
	w := m.words.Dialog
	var choices []dialog.Choice
	for i, label := range []string{w.ResetStep, w.ResetMachine, w.ResetLesson, w.Forget} {
		choices = append(choices, dialog.Choice{Keys: digitKeys(i + 1), Label: label, Answer: dialog.First + dialog.Answer(i)})
	}
	no := dialog.Choice{Keys: []string{"n", "esc", "q"}, Label: w.No, Answer: dialog.No}
	return m.on(dialog.New(aboutReset, w.Reset, dialog.Text(w.ResetBody), append(choices, no)...))
}

// ask puts a question that is answered by yes or no, or by more.
func (m Model) ask(about, title, body string, more ...dialog.Choice) Model {
	w := m.words.Dialog
	yes := dialog.Choice{Keys: []string{"y", "o", "enter"}, Label: w.Yes, Answer: dialog.Yes}
	if m.lang == sandbox.French {
		yes.Keys = []string{"o", "y", "enter"}
	}
	no := dialog.Choice{Keys: []string{"n", "esc", "q"}, Label: w.No, Answer: dialog.No}
	return m.on(dialog.New(about, title, dialog.Text(body), slices.Concat([]dialog.Choice{yes}, more, []dialog.Choice{no})...))
}

// on puts a dialog on top.
func (m Model) on(d dialog.Model) Model {
	m.dialog = &d
	return m.placeIfLesson()
}

// help lists every key, and the machine in full.
func (m Model) help() Model {
	groups, strong, machine := m.keys.full(), m.theme, m.machineLines()[0]
	return m.tell(m.words.Dialog.Help, func(width int) []string {
		var lines []string
		for pair := range slices.Chunk(groups, 2) {
			lines = append(lines, beside(drawKeys(strong, pair[0]), drawKeys(strong, pair[1]), width)...)
			lines = append(lines, "")
		}
		return append(lines, theme.Wrap(machine, width)...)
	})
}

// drawKeys draws a group of bindings, one a line.
func drawKeys(t theme.Theme, group []key.Binding) []string {
	column := 0
	for _, b := range group {
		column = max(column, theme.Width(b.Help().Key))
	}
	var lines []string
	for _, b := range group {
		lines = append(lines, t.Accent.Render(theme.Fit(b.Help().Key, column))+" "+b.Help().Desc)
	}
	return lines
}

// beside sets two groups side by side where they fit, else one below the other.
func beside(left, right []string, width int) []string {
	column := 0
	for _, line := range left {
		column = max(column, theme.Width(line))
	}
	for _, line := range right {
		if column+3+theme.Width(line) > width {
			return slices.Concat(left, right)
		}
	}
	var lines []string
	for i := range max(len(left), len(right)) {
		line := ""
		if i < len(left) {
			line = left[i]
		}
		line = theme.Fit(line, column+3)
		if i < len(right) {
			line += right[i]
		}
		lines = append(lines, line)
	}
	return lines
}
