// Package lesson is the pane in which a lesson is read: its prose, its
// commands with their verdicts, its questions and tasks.
//
// It knows lessons and verdicts. It plays nothing itself: [Model.Advance] says
// what the learner asks for next, and whoever owns the pane does it and tells
// the verdict. Markdown is rendered by a Cmd ([Model.Render]), never in View.
package lesson

import (
	"fmt"
	"slices"

	"cloison/lessons"
	"cloison/lessons/play"
	"cloison/sandbox"
	"cloison/tui/theme"
	"cloison/tui/words"
)

// state is how far the learner is with one block.
type state struct {
	running  bool
	verdict  *play.Verdict
	before   bool   // the verdict is one from an earlier time
	open     int    // hints shown, or 1 for an answer
	chosen   []int  // of a question's choices
	asked    bool   // Enter came without a choice
	tries    int    // of a task: handed in and not passed
	solution string // of a task, while it is shown
}

// span is the lines that a block takes: from, up to but not to.
type span struct{ from, to int }

// Model is the pane. Its methods return the changed pane.
type Model struct {
	theme theme.Theme
	words words.Words
	lang  sandbox.Lang

	trainer    bool
	generation int // of the lesson: renderings of an earlier one are stale
	lesson     *lessons.Lesson
	fill       func(string) string // replaces the lesson's variables

	blocks []lessons.Block
	stops  []int // the blocks that Enter stops at
	at     int   // the stop that comes next; len(stops) after the last
	states map[string]state
	prose  map[piece][]string

	refused string // the command that was played last, if it looks refused
	asking  bool   // somebody finds out who refused it

	resumed  string // the block at which the learner was an earlier time
	arriving bool   // that is still to be brought into view

	width, height int
	offset        int
	lines         []string
	spans         []span // one a block
	spots         []spot // one a line of a choice
}

// New returns the pane for a lesson. The generation tells it from the panes
// before it; fill replaces the lesson's variables in a text.
func New(generation int, l *lessons.Lesson, fill func(string) string) Model {
	return Model{generation: generation, lesson: l, fill: fill, states: map[string]state{}, prose: map[piece][]string{}}
}

// SetLook changes theme and language. The caller then runs Render.
func (m Model) SetLook(t theme.Theme, w words.Words, lang sandbox.Lang) Model {
	m.theme, m.words, m.lang = t, w, lang
	m.blocks = m.lesson.Blocks[string(lang)]
	if len(m.blocks) == 0 {
		m.blocks = m.lesson.Blocks[lessons.English]
	}
	if !m.trainer {
		m.blocks = slices.DeleteFunc(slices.Clone(m.blocks), func(b lessons.Block) bool { return b.Kind == lessons.Note })
	}
	m.stops = stops(m.blocks)
	m.at = min(m.at, len(m.stops))
	return m.compose()
}

// ForTrainer says whether the notes for trainers are shown too. The caller then
// runs SetLook.
func (m Model) ForTrainer(trainer bool) Model {
	m.trainer = trainer
	return m
}

// SetSize says how many cells the pane has. The caller then runs Render.
func (m Model) SetSize(width, height int) Model {
	m.width, m.height = width, height
	return m.compose().arrive()
}

// stops are the blocks at which there is something to do.
func stops(blocks []lessons.Block) []int {
	var at []int
	for i, b := range blocks {
		switch b.Kind {
		case lessons.Run, lessons.Task, lessons.Quiz, lessons.Xray:
			at = append(at, i)
		}
	}
	return at
}

// Running marks a block as being played.
func (m Model) Running(id string) Model {
	m.refused = ""
	return m.set(id, func(s state) state { s.running, s.verdict, s.before = true, nil, false; return s }).reveal(id)
}

// SetVerdict tells how a block ended. Unless it failed, the next one is next.
func (m Model) SetVerdict(v play.Verdict) Model {
	if v.Refused {
		m.refused = v.Block
	}
	m = m.set(v.Block, func(s state) state { s.running, s.verdict, s.before = false, &v, false; return s })
	if b, ok := m.next(); ok && b.ID == v.Block && v.Status != play.Failed {
		m.at++
		m = m.compose()
	}
	return m.revealVerdict(v.Block)
}

// Stopped says that a block is no longer being played and has no verdict.
func (m Model) Stopped(id string) Model {
	return m.set(id, func(s state) state { s.running = false; return s })
}

// Halted says that nothing is being played or checked any more.
func (m Model) Halted() Model {
	for id, s := range m.states {
		if s.running {
			m = m.Stopped(id)
		}
	}
	return m
}

// Busy says whether a block is being played.
func (m Model) Busy() bool {
	for _, s := range m.states {
		if s.running {
			return true
		}
	}
	return false
}

// Progress counts the commands and tasks, and those that are done.
func (m Model) Progress() (done, all int) {
	for _, b := range m.blocks {
		if b.Kind != lessons.Run && b.Kind != lessons.Task {
			continue
		}
		all++
		if m.done(b) {
			done++
		}
	}
	return done, all
}

// Note says how far the learner is, for the pane's heading.
func (m Model) Note() string {
	done, all := m.Progress()
	if all == 0 {
		return ""
	}
	return fmt.Sprintf(m.words.Page.Step, done, all)
}

// Title is the lesson's title in the learner's language.
func (m Model) Title() string {
	if t := m.lesson.Title[string(m.lang)]; t != "" {
		return t
	}
	return m.lesson.Title[lessons.English]
}

// View draws the pane.
func (m Model) View() string {
	return theme.Block(m.lines[min(m.offset, len(m.lines)):], m.width, m.height)
}

// set changes the state of one block. The map is copied: earlier values of
// the pane keep theirs.
func (m Model) set(id string, change func(state) state) Model {
	states := make(map[string]state, len(m.states)+1)
	for k, v := range m.states {
		states[k] = v
	}
	states[id] = change(states[id])
	m.states = states
	return m.compose()
}
