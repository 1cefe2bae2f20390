package tui

import (
	"context"
	"errors"
	"slices"

	tea "charm.land/bubbletea/v2"

	"cloison/lessons"
	"cloison/lessons/play"
	"cloison/lessons/progress"
	"cloison/sandbox"
	"cloison/tui/lesson"
	"cloison/tui/terminal"
)

// session is one lesson that is open: its page, its lab and its terminals.
// A Model never changes a session that an earlier Model has: see withSession.
type session struct {
	generation int // answers that carry another one are stale
	ctx        context.Context
	cancel     context.CancelFunc
	lesson     *lessons.Lesson
	player     *play.Player
	ready      bool // the lab is there
	page       lesson.Model
	names      []string // of the terminals
	shells     []sandbox.Shell
	terminals  []terminal.Model
	shown      int
	checks     checks
	ill        bool  // a check cannot be believed
	gone       error // why the machine is gone; nil while it is there
	nesting    nesting
	watched    int // the shell whose lab is watched, by process; 0 for none
	unwatch    context.CancelFunc
	subject    sandbox.Subject                  // whom the X-ray is to follow; zero for the terminal
	lent       bool                             // it is the lesson that has chosen the subject
	subjects   *sandbox.Latest[sandbox.Subject] // tells the watch
	at         string                           // the block that is kept as the learner's place
	asking     string                           // the refused command of which somebody finds out who it was
	who        string                           // the answer, until it is shown
}

// The answers of the Cmds below. generation tells which session asked.
type (
	machineMsg struct {
		machine sandbox.Machine
		err     error
	}
	startedMsg struct {
		generation int
		err        error
	}
	shellMsg struct {
		generation int
		name       string
		shell      sandbox.Shell
		play       *lessons.Block // to be played in it
		err        error
	}
	verdictMsg struct {
		generation int
		block      string
		verdict    play.Verdict
		err        error
	}
	stoppedMsg struct{ err error }
)

// withSession returns m with a changed copy of its session.
func (m Model) withSession(change func(*session)) Model {
	s := *m.session
	s.names, s.shells, s.terminals = slices.Clone(s.names), slices.Clone(s.shells), slices.Clone(s.terminals)
	change(&s)
	m.session = &s
	return m
}

// openMachine opens the machine.
func (m Model) openMachine() tea.Cmd {
	ctx, held, open := m.ctx, m.held, m.options.Machine
	return func() tea.Msg {
		machine, err := held.open(ctx, open)
		return machineMsg{machine, err}
	}
}

func (m Model) machineOpened(msg machineMsg) (Model, tea.Cmd) {
	m.machine, m.machineErr = msg.machine, msg.err
	m = m.mapStates()
	switch {
	case m.refused():
		return m, tea.Quit
	case msg.err != nil:
		return m.fail(msg.err), nil
	case m.wanted == "":
		return m, nil
	}
	m.course = m.course.Select(m.wanted)
	m.wanted = ""
	return m.open(m.course.Selected())
}

// open opens a lesson, unless this machine lacks what it needs.
func (m Model) open(l *lessons.Lesson) (Model, tea.Cmd) {
	switch {
	case l == nil:
		return m, nil
	case m.machineErr != nil:
		return m.fail(m.machineErr), nil
	case m.machine == nil:
		m.wanted, m.notice = l.ID, m.words.Dialog.NotReady
		return m, nil
	}
	if missing := lacks(l, m.machine.About()); len(missing) > 0 {
		return m.locked(missing), nil
	}
	return m.begin(l)
}

// begin makes a fresh session of a lesson, where the learner was in it an
// earlier time.
func (m Model) begin(l *lessons.Lesson) (Model, tea.Cmd) {
	return m.beginAt(l, m.kept.Lessons[l.ID])
}

// beginAt makes a fresh session of a lesson of which so much was done an
// earlier time; one that is open is closed first.
func (m Model) beginAt(l *lessons.Lesson, was progress.Lesson) (Model, tea.Cmd) {
	m, stop := m.leave()
	m.generation++
	vars := play.Pick(l.Vars, m.options.Seed)
	player := play.New(l, m.machine, vars, m.lang)
	ctx, cancel := context.WithCancel(m.ctx)
	m.session = &session{
		generation: m.generation, ctx: ctx, cancel: cancel, lesson: l, player: player,
		page: lesson.New(m.generation, l, player.Fill).ForTrainer(m.options.Trainer).SetLook(m.theme, m.words, m.lang),
	}
	m.session.page = m.session.page.Resume(was)
	m.session.at = m.session.page.At()
	m.focus, m.upper, m.zoomed = lessonPane, lessonPane, noPane
	m.xray = m.xray.Clear()
	m = m.place()
	return m, tea.Batch(m.session.page.Render(), tea.Sequence(stop, m.start()))
}

// start opens the session's lab.
func (m Model) start() tea.Cmd {
	s, held := m.session, m.held
	return func() tea.Msg { return startedMsg{s.generation, held.start(s.ctx, s.player)} }
}

func (m Model) started(msg startedMsg) (Model, tea.Cmd) {
	switch {
	case !m.current(msg.generation) || errors.Is(msg.err, context.Canceled):
		return m, nil
	case msg.err != nil:
		return m.fail(msg.err), nil
	}
	m = m.withSession(func(s *session) { s.ready = true })
	m, check := m.checkIn(checkPulse, false)
	return m, tea.Batch(m.openShell(m.firstShell(), nil), check)
}

// firstShell is the terminal that the lesson starts in.
func (m Model) firstShell() string {
	for _, b := range m.session.lesson.Blocks[lessons.English] {
		if b.Run != nil && b.Run.Shell != "" {
			return b.Run.Shell
		}
	}
	return "a"
}

// leave ends the session; the Cmd closes its lab.
func (m Model) leave() (Model, tea.Cmd) {
	s := m.session
	if s == nil {
		return m, nil
	}
	s.cancel()
	for _, t := range s.terminals {
		t.Close()
	}
	m.session = nil
	m.xray = m.xray.Clear()
	held := m.held
	return m, func() tea.Msg {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		err := held.stop(ctx, s.player)
		if s.gone != nil { // that has been said
			err = nil
		}
		return stoppedMsg{err}
	}
}

func (m Model) stopped(msg stoppedMsg) (Model, tea.Cmd) {
	if msg.err != nil {
		return m.fail(msg.err), nil
	}
	return m, nil
}

// current says whether a generation is that of the open session.
func (m Model) current(generation int) bool {
	return m.session != nil && m.session.generation == generation
}

// lacks is everything that a lesson needs and a machine does not have.
func lacks(l *lessons.Lesson, about sandbox.About) []sandbox.Lack {
	var all []sandbox.Lack
	for _, need := range play.Needs(l, about) {
		if lack, ok := about.Lacks[need]; ok {
			all = append(all, lack)
		}
	}
	return all
}
