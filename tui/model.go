package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"cloison/lessons/progress"
	"cloison/sandbox"
	"cloison/tui/course"
	"cloison/tui/dialog"
	"cloison/tui/lesson"
	"cloison/tui/terminal"
	"cloison/tui/theme"
	"cloison/tui/words"
	"cloison/tui/xray"
)

// Model is the whole screen.
type Model struct {
	ctx     context.Context
	options Options
	held    *held

	theme theme.Theme
	words words.Words
	lang  sandbox.Lang
	keys  keys

	width, height int
	layout        layout
	focus         pane
	upper         pane // above the terminal, where panes are stacked
	zoomed        pane // has the screen for itself, or noPane

	machine    sandbox.Machine // nil until it is there
	machineErr error
	stage      sandbox.Stage // what it is busy with
	wanted     string        // the lesson to open as soon as the machine is there

	course     course.Model
	saver      *saver
	kept       progress.State  // what the learner has done
	report     progress.Report // the same, summarised
	saveFailed bool            // that has been said
	completed  bool            // everything has just been done, and that is to be said
	session    *session        // nil on the map
	generation int             // of the last session
	xray       xray.Model
	settling   bool // its marks are looked at again soon
	dialog     *dialog.Model
	notice     string // what has just happened, until the next key
}

// New returns the screen. Nothing is opened before Init's Cmds run; Run does
// that and closes it again.
func New(ctx context.Context, o Options) Model {
	o.Course = limited(o.Course, o.Path)
	m := Model{
		ctx: ctx, options: o, held: newHeld(), lang: o.Lang, wanted: o.Lesson,
		focus: lessonPane, upper: lessonPane, zoomed: noPane,
		course: course.New(o.Course), saver: newSaver(o.Progress),
		xray: xray.New(o.Capabilities),
	}
	m.kept = m.saver.store.State()
	m = m.setTheme(true)
	m.course = m.course.Select(m.firstSelected())
	return m
}

// Init asks for the terminal's background and opens the machine.
func (m Model) Init() tea.Cmd {
	return tea.Batch(tea.RequestBackgroundColor, m.openMachine(), m.nextStage(), m.nextChange())
}

// Update routes a message to what it is for, watches the terminal that is in
// front then, and keeps where the learner is.
func (m Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	m, cmd := m.route(msg)
	m, watch := m.follow()
	m, save := m.keepPlace()
	if watch == nil && save == nil {
		return m, cmd
	}
	return m, tea.Batch(cmd, watch, save)
}

func (m Model) route(msg tea.Msg) (Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		return m.resize(msg.Width, msg.Height)
	case tea.BackgroundColorMsg:
		return m.setBackground(msg.IsDark())
	case tea.KeyPressMsg:
		return m.key(msg)
	case tea.PasteMsg:
		return m.paste(msg)
	case tea.MouseMsg:
		return m.mouse(msg)
	case machineMsg:
		return m.machineOpened(msg)
	case stageMsg:
		return m.staged(msg)
	case startedMsg:
		return m.started(msg)
	case shellMsg:
		return m.shellOpened(msg)
	case verdictMsg:
		return m.judged(msg)
	case whoMsg:
		return m.toldWho(msg)
	case watchMsg:
		return m.watching(msg)
	case seenMsg:
		return m.sees(msg)
	case rewatchMsg:
		return m.watchAgain(msg), nil
	case settleMsg:
		return m.settle()
	case stoppedMsg:
		return m.stopped(msg)
	case changeMsg:
		return m.changed(msg)
	case lesson.RenderedMsg:
		return m.rendered(msg)
	case terminal.OutputMsg:
		return m.output(msg)
	case checkMsg:
		return m.checkDue(msg)
	case checkedMsg:
		return m.checked(msg)
	case savedMsg:
		return m.saved(msg)
	case doubtMsg:
		return m.doubted(msg)
	}
	return m, nil
}

func (m Model) setBackground(isDark bool) (Model, tea.Cmd) {
	if m.theme.Dark == isDark {
		return m, nil
	}
	return m.setTheme(isDark).render()
}

func (m Model) setTheme(isDark bool) Model {
	m.theme = theme.New(isDark)
	return m.look()
}

// toggleLanguage says everything in the other language; ids stay, so nothing
// that has been done is lost.
func (m Model) toggleLanguage() (Model, tea.Cmd) {
	if m.lang == sandbox.French {
		m.lang = sandbox.English
	} else {
		m.lang = sandbox.French
	}
	return m.look().render()
}

// look gives theme and words to every pane.
func (m Model) look() Model {
	m.words = words.In(m.lang)
	m.keys = newKeys(m.words.Key)
	m.course = m.course.SetLook(m.theme, m.words, m.lang)
	m.xray = m.xray.SetLook(m.theme, m.words)
	if m.session != nil {
		m = m.withSession(func(s *session) {
			s.page = s.page.SetLook(m.theme, m.words, m.lang)
			for i := range s.terminals {
				s.terminals[i] = s.terminals[i].SetLook(m.terminalLook())
			}
		})
	}
	return m.mapStates()
}

// render has the lesson's prose rendered for what has changed.
func (m Model) render() (Model, tea.Cmd) {
	if m.session == nil {
		return m, nil
	}
	return m, m.session.page.Render()
}

func (m Model) rendered(msg lesson.RenderedMsg) (Model, tea.Cmd) {
	if m.session == nil {
		return m, nil
	}
	return m.withSession(func(s *session) { s.page = s.page.SetRendered(msg) }), nil
}

func (m Model) resize(width, height int) (Model, tea.Cmd) {
	m.width, m.height = width, height
	return m.place().render()
}

// place lays the panes out anew and gives each its size.
func (m Model) place() Model {
	m.layout = arrange(m.width, m.height, m.focus, m.upper, m.zoomed)
	m.course = m.course.SetSize(m.width, max(0, m.height-2))
	body := m.layout.panes[xrayPane].body()
	m.xray = m.xray.SetSize(body.w, body.h)
	if m.session == nil {
		return m
	}
	return m.withSession(func(s *session) {
		if r := m.layout.panes[lessonPane].body(); r.h > 0 {
			s.page = s.page.SetSize(r.w, r.h)
		}
		for i := range s.terminals {
			if r := m.layout.panes[terminalPane].body(); r.h > 0 {
				s.terminals[i] = s.terminals[i].SetSize(r.w, r.h)
			}
			s.terminals[i] = s.terminals[i].SetFocus(m.focus == terminalPane && i == s.shown && m.dialog == nil)
		}
	})
}

// focusOn gives a pane the focus; asked for twice, the pane gets the whole
// screen, and back.
func (m Model) focusOn(p pane) (Model, tea.Cmd) {
	if m.focus == p && m.zoomed == noPane {
		m.zoomed = p
	} else {
		m.zoomed = noPane
	}
	return m.moveTo(p)
}

// moveTo gives a pane the focus and brings it into view.
func (m Model) moveTo(p pane) (Model, tea.Cmd) {
	m.focus = p
	if p != terminalPane {
		m.upper = p
	}
	if m.zoomed != noPane {
		m.zoomed = p
	}
	return m.place().render()
}
