package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"cloison/sandbox"
	"cloison/tui/dialog"
)

// key gives a key to what lies on top: the dialog, then the map or the pane
// that has the focus.
func (m Model) key(k tea.KeyPressMsg) (Model, tea.Cmd) {
	m.notice = ""
	switch {
	case key.Matches(k, m.keys.QuitAlways):
		return m, tea.Quit
	case m.dialog != nil:
		return m.answer(k)
	case m.session == nil:
		return m.mapKey(k)
	case m.focus == terminalPane:
		return m.terminalKey(k)
	}
	return m.paneKey(k)
}

// answer gives the open dialog a key and does what was decided.
func (m Model) answer(k tea.KeyPressMsg) (Model, tea.Cmd) {
	d, answer := m.dialog.Update(k, m.theme, m.width-2, m.height-2)
	m.dialog = &d
	if answer == dialog.None {
		return m, nil
	}
	m.dialog = nil
	m = m.placeIfLesson()
	switch {
	case d.About == aboutQuit && answer == dialog.Yes:
		return m, tea.Quit
	case d.About == aboutGone && answer == dialog.Yes && m.session != nil:
		return m.renew()
	case d.About == aboutReset && m.session != nil:
		return m.reset(answer)
	}
	return m, nil
}

func (m Model) placeIfLesson() Model {
	if m.session == nil {
		return m
	}
	return m.place()
}

// mapKey is a key on the course map.
func (m Model) mapKey(k tea.KeyPressMsg) (Model, tea.Cmd) {
	b := m.keys
	switch {
	case key.Matches(k, b.Open):
		return m.open(m.course.Selected())
	case key.Matches(k, b.Up):
		m.course = m.course.Move(-1)
	case key.Matches(k, b.Down):
		m.course = m.course.Move(1)
	case key.Matches(k, b.PageUp, b.Top):
		m.course = m.course.Move(-m.pageOf(k, b.Top))
	case key.Matches(k, b.PageDown, b.Bottom):
		m.course = m.course.Move(m.pageOf(k, b.Bottom))
	default:
		return m.commonKey(k)
	}
	return m, nil
}

// pageOf is how many lessons a key goes: a page, or to the end.
func (m Model) pageOf(k tea.KeyPressMsg, end key.Binding) int {
	if key.Matches(k, end) {
		return len(m.options.Course.Lessons())
	}
	return max(1, m.height/3)
}

// commonKey is a key that means the same on the map and beside the terminal.
func (m Model) commonKey(k tea.KeyPressMsg) (Model, tea.Cmd) {
	switch b := m.keys; {
	case key.Matches(k, b.Language):
		return m.toggleLanguage()
	case key.Matches(k, b.Help):
		return m.help(), nil
	case key.Matches(k, b.Quit):
		return m, tea.Quit
	case key.Matches(k, b.Ask):
		return m.ask(aboutQuit, m.words.Dialog.Quit, m.words.Dialog.QuitBody), nil
	}
	return m, nil
}

// terminalKey is a key while the terminal has the focus: all of them go to
// the shell but those that lead out.
func (m Model) terminalKey(k tea.KeyPressMsg) (Model, tea.Cmd) {
	switch b := m.keys; {
	case key.Matches(k, b.Leave):
		return m.focusOn(lessonPane)
	case k.String() == "f3":
		return m.focusOn(terminalPane)
	case key.Matches(k, b.Xray):
		return m.focusOn(xrayPane)
	case key.Matches(k, b.NextShell):
		return m.nextShell()
	}
	return m.toShell(k)
}

// toShell hands a message to the terminal in front.
func (m Model) toShell(msg tea.Msg) (Model, tea.Cmd) {
	if len(m.session.terminals) == 0 {
		return m, nil
	}
	var cmd tea.Cmd
	m = m.withSession(func(s *session) { s.terminals[s.shown], cmd = s.terminals[s.shown].Update(msg) })
	return m, cmd
}

func (m Model) paste(msg tea.PasteMsg) (Model, tea.Cmd) {
	if m.session == nil || m.dialog != nil || m.focus != terminalPane {
		return m, nil
	}
	return m.toShell(msg)
}

// paneKey is a key while the lesson or the X-ray has the focus.
func (m Model) paneKey(k tea.KeyPressMsg) (Model, tea.Cmd) {
	switch b := m.keys; {
	case key.Matches(k, b.Lesson):
		return m.focusOn(lessonPane)
	case key.Matches(k, b.Terminal):
		return m.focusOn(terminalPane)
	case key.Matches(k, b.Xray):
		return m.focusOn(xrayPane)
	case key.Matches(k, b.NextShell):
		return m.nextShell()
	case key.Matches(k, b.Map):
		return m.toMap()
	case key.Matches(k, b.Reset) && m.session.gone != nil:
		return m.renew()
	case key.Matches(k, b.Reset):
		return m.askReset(), nil
	case key.Matches(k, b.Copy):
		return m.copyCommand()
	case key.Matches(k, b.Container):
		return m.nextContainer()
	case key.Matches(k, b.Front):
		return m.choose(sandbox.Subject{}), nil
	case m.focus == xrayPane && m.xray.Marks() && key.Matches(k, b.Follow):
		return m.toggle(m.xray.Marked()), nil
	case m.focus == xrayPane && m.xray.Marks() && key.Matches(k, b.Up, b.Down):
		m.xray = m.xray.Mark(m.scrolls(k))
		return m, nil
	case m.focus == xrayPane && m.xray.Chosen() && key.Matches(k, b.Enter):
		return m.explain(), nil
	case m.focus == xrayPane && key.Matches(k, b.Back, b.Next, b.Enter):
		return m.moveTo(lessonPane)
	case key.Matches(k, b.Next):
		return m.moveTo(terminalPane)
	case m.focus == xrayPane && key.Matches(k, b.Explain):
		return m.explain(), nil
	case m.focus == xrayPane && key.Matches(k, b.Panel):
		return m.panel(1), nil
	case m.focus == xrayPane && key.Matches(k, b.PanelBack):
		return m.panel(-1), nil
	case m.scrolls(k) != 0:
		return m.scroll(m.focus, m.scrolls(k)), nil
	case m.focus == lessonPane && key.Matches(k, b.Enter):
		return m.advance()
	case m.focus == lessonPane:
		return m.lessonKey(k)
	}
	return m.commonKey(k)
}

// lessonKey is a key that only the lesson understands.
func (m Model) lessonKey(k tea.KeyPressMsg) (Model, tea.Cmd) {
	page := m.session.page
	if n, ok := digit(k); ok {
		return m.withSession(func(s *session) { s.page = page.Pick(n - 1) }), nil
	}
	switch b := m.keys; {
	case key.Matches(k, b.Previous):
		page = page.Go(-1)
	case key.Matches(k, b.Following):
		page = page.Go(1)
	case key.Matches(k, b.Reveal):
		page = page.Reveal()
	case key.Matches(k, b.Question):
		page = page.Question()
	case key.Matches(k, b.Solution):
		return m.solution()
	case key.Matches(k, b.Who):
		return m.whoKey()
	case key.Matches(k, b.Step):
		return m.byStep()
	default:
		return m.commonKey(k)
	}
	return m.withSession(func(s *session) { s.page = page }), nil
}

// digitRows are the keys of the upper row that mean 1 to 9. On a French keyboard
// that needs no shift.
var digitRows = []string{"123456789", "&é\"'(-è_ç"}

// digitKeys are the keys that mean n.
func digitKeys(n int) []string {
	var names []string
	for _, row := range digitRows {
		names = append(names, string([]rune(row)[n-1]))
	}
	return names
}

// digit is the number on a key of the upper row.
func digit(k tea.KeyPressMsg) (int, bool) {
	for _, row := range digitRows {
		for i, r := range []rune(row) {
			if k.Text == string(r) {
				return i + 1, true
			}
		}
	}
	return 0, false
}

// copyCommand puts the present command on the learner's clipboard (OSC 52).
func (m Model) copyCommand() (Model, tea.Cmd) {
	command := m.session.page.Command()
	if command == "" {
		return m, nil
	}
	m.notice = m.words.Copied
	return m, tea.SetClipboard(command)
}

// everything scrolls further than any text is long.
const everything = 1 << 20

// scrolls is how many lines a key scrolls; 0 when it does not.
func (m Model) scrolls(k tea.KeyPressMsg) int {
	pageful := max(1, m.layout.panes[m.focus].body().h-1)
	switch b := m.keys; {
	case key.Matches(k, b.Up):
		return -1
	case key.Matches(k, b.Down):
		return 1
	case key.Matches(k, b.PageUp):
		return -pageful
	case key.Matches(k, b.PageDown):
		return pageful
	case key.Matches(k, b.Top):
		return -everything
	case key.Matches(k, b.Bottom):
		return everything
	}
	return 0
}

// scroll moves the text of the lesson or of the X-ray.
func (m Model) scroll(p pane, lines int) Model {
	switch p {
	case xrayPane:
		m.xray = m.xray.Scroll(lines)
	case lessonPane:
		return m.withSession(func(s *session) { s.page = s.page.Scroll(lines) })
	}
	return m
}
