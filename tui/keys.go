package tui

import (
	"slices"

	"charm.land/bubbles/v2/key"

	"cloison/tui/lesson"
	"cloison/tui/words"
)

// keys are all bindings, with their help in the learner's language. The line
// of keys and the list of keys are made of them.
type keys struct {
	Up, Down, PageUp, PageDown, Top, Bottom key.Binding
	Open, Enter, Previous, Following        key.Binding
	Choose, Question, Reveal, Solution, Who key.Binding
	Copy, Step, Reset, Map, Language        key.Binding
	Lesson, Terminal, Xray, Next, Back      key.Binding
	Zoom, NextShell, Leave, Scrollback      key.Binding
	Explain, Panel, PanelBack               key.Binding
	Container, Front, Follow                key.Binding
	Help, Quit, Ask, QuitAlways             key.Binding
}

// newKeys binds the keys. Every way into the terminal has a way out that no
// program in it needs.
func newKeys(w words.KeyWords) keys {
	bind := func(shown, help string, names ...string) key.Binding {
		return key.NewBinding(key.WithKeys(names...), key.WithHelp(shown, help))
	}
	return keys{
		Up:       bind("↑ k", w.Up, "up", "k"),
		Down:     bind("↓ j", w.Down, "down", "j"),
		PageUp:   bind("pgup", w.PageUp, "pgup", "b"),
		PageDown: bind("pgdn", w.PageDown, "pgdown", "f"),
		Top:      bind("home", w.Top, "home", "g"),
		Bottom:   bind("end", w.Bottom, "end", "G"),

		Open:      bind(w.EnterKey, w.Open, "enter"),
		Enter:     bind(w.EnterKey, w.Play, "enter"),
		Previous:  bind("←", w.Previous, "left"),
		Following: bind("→", w.Following, "right"),
		Choose:    bind("1 … 9", w.Choose),
		Question:  bind("p", w.Question, "p"),
		Reveal:    bind("h "+w.SpaceKey, w.Reveal, "h", "space"),
		Solution:  bind("s", w.Solution, "s"),
		Who:       bind("w", w.Who, "w"),
		Copy:      bind("y", w.Copy, "y"),
		Step:      bind("v", w.Step, "v"),
		Reset:     bind("r", w.Reset, "r"),
		Map:       bind("m", w.Map, "m"),
		Language:  bind("l", w.Language, "l"),

		Lesson:     bind("F2", w.Lesson, "f2"),
		Terminal:   bind("F3", w.Terminal, "f3", "t"),
		Xray:       bind("F4", w.Xray, "f4"),
		Next:       bind("tab", w.Terminal, "tab"),
		Back:       bind("esc", w.Lesson, "esc"),
		Zoom:       bind("F2 F3 F4", w.Zoom),
		NextShell:  bind("F5", w.NextShell, "f5"),
		Leave:      bind("F2 ctrl+]", w.Leave, "f2", "ctrl+]"),
		Scrollback: bind("shift+pgup", w.Scroll),

		Explain:   bind("e", w.Explain, "e"),
		Panel:     bind("← →", w.Panel, "right"),
		PanelBack: bind("←", w.Panel, "left"),
		Container: bind("c", w.Container, "c"),
		Front:     bind("x", w.Front, "x"),
		Follow:    bind(w.EnterKey, w.Follow, "enter"),

		Help:       bind("?", w.Help, "?", "f1"),
		Quit:       bind("q", w.Quit, "q"),
		Ask:        bind("ctrl+c", w.Quit, "ctrl+c"),
		QuitAlways: bind("ctrl+q", w.QuitAlways, "ctrl+q"),
	}
}

// short are the keys that the last line shows, the most useful first.
func (m Model) short() []key.Binding {
	k := m.keys
	switch {
	case m.session == nil:
		return []key.Binding{k.Open, k.Help, k.Quit, k.Language, k.Down, k.Up}
	case m.focus == terminalPane:
		return []key.Binding{k.Leave, k.Scrollback, k.NextShell, k.QuitAlways}
	case m.focus == xrayPane:
		return m.xrayShort()
	}
	enter := k.Enter
	enter.SetHelp(m.words.Key.EnterKey, m.enterHelp())
	rest := []key.Binding{k.Next, k.Map, k.Help, k.Quit, k.Reveal, k.Copy, k.Reset, k.Container}
	switch m.session.page.Will() {
	case lesson.WillAnswer:
		choose := k.Choose
		choose.SetHelp("1 … 9", m.words.Key.ChooseShort)
		return slices.Concat([]key.Binding{choose, enter}, rest)
	case lesson.WillCheck:
		hint := k.Reveal
		hint.SetHelp("h", m.words.Key.Hint)
		return []key.Binding{k.Next, enter, hint, k.Map, k.Help, k.Quit, k.Solution, k.Reset}
	case lesson.WillPlay:
		if m.steppable() {
			return slices.Concat([]key.Binding{enter, k.Step}, rest)
		}
	}
	return append([]key.Binding{enter}, rest...)
}

// xrayShort are the keys of the X-ray: first what Enter does, which is to follow
// whom the mark is on, to explain the panel that is chosen, or to go back to the
// lesson where none is; and the way back to the terminal where somebody else is
// followed.
func (m Model) xrayShort() []key.Binding {
	k, w := m.keys, m.words.Key
	named := func(b key.Binding, keys, help string) key.Binding {
		b.SetHelp(keys, help)
		return b
	}
	all := []key.Binding{named(k.Container, "c", w.ContainerShort)}
	if m.session.chosen() {
		all = append(all, named(k.Front, "x", w.Terminal))
	}
	panel, explain := named(k.Panel, "← →", w.PanelShort), w.ExplainShort
	if m.xray.Explaining() {
		explain = w.AllPanels
	}
	switch rest := []key.Binding{k.Help, k.Quit, k.Down, k.Up}; {
	case m.xray.Marks():
		mark := []key.Binding{named(k.Down, "↑ ↓", w.Process), named(k.Follow, w.EnterKey, w.FollowShort)}
		return slices.Concat(mark, all, []key.Binding{k.Back, panel, named(k.Explain, "e", explain), k.Help, k.Quit})
	case m.xray.Chosen():
		return slices.Concat([]key.Binding{named(k.Explain, w.EnterKey, explain), panel, k.Back}, all, rest)
	default:
		return slices.Concat([]key.Binding{named(k.Back, w.EnterKey, w.Lesson), panel, named(k.Explain, "e", explain)}, all, rest)
	}
}

// enterHelp says what Enter would do now.
func (m Model) enterHelp() string {
	w := m.words.Key
	switch m.session.page.Will() {
	case lesson.WillPlay:
		return w.Play
	case lesson.WillAnswer:
		return w.Answer
	case lesson.WillCheck:
		return w.Check
	case lesson.WillWait:
		return w.Wait
	case lesson.WillLeave:
		return w.ToMap
	default:
		return w.ReadOn
	}
}

// full are all keys, in groups.
func (k keys) full() [][]key.Binding {
	return [][]key.Binding{
		{k.Enter, k.Previous, k.Following, k.Choose, k.Question, k.Reveal, k.Solution, k.Who, k.Copy, k.Reset},
		{k.Up, k.Down, k.PageUp, k.PageDown, k.Top, k.Bottom, k.Step},
		{k.Lesson, k.Terminal, k.Xray, k.Zoom, k.Leave, k.NextShell, k.Scrollback, k.Panel},
		{k.Map, k.Language, k.Help, k.Quit, k.QuitAlways, k.Container, k.Front, k.Follow, k.Explain},
	}
}
