// Package tui is cloison's screen: the course map, and for a lesson its text,
// its live terminals and the X-ray.
//
// This package routes: it has the layout, the focus and the keys, holds what
// has been opened, and turns what a pane asks for into Cmds. What a pane looks
// like is the pane's own affair; what a machine is, it does not know: one is
// handed in ([Options]).
package tui

import (
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"cloison/lessons"
	"cloison/lessons/progress"
	"cloison/sandbox"
)

// patience is how long quitting waits for labs and machine to close.
const patience = 10 * time.Second

// framesPerSecond bounds how long a key waits for its frame: as short as
// Bubble Tea allows.
const framesPerSecond = 120

// Options are what the screen is opened with.
type Options struct {
	Course *lessons.Course
	// Machine opens the machine; it is called once, after the first frame.
	Machine func(context.Context) (sandbox.Machine, error)
	// Refused says which errors of Machine end the screen at once: Run returns
	// them. Any other is shown, and the course can still be read. nil is none.
	Refused func(error) bool
	// Explain says in the learner's languages why an error came about and what
	// would help, where that is known.
	Explain func(error) (sandbox.Lack, bool)
	Lang    sandbox.Lang
	// Lesson is the id of the lesson to open at once; "" shows the map.
	Lesson string
	// Capabilities are the names of the capabilities that the kernel knows,
	// by number.
	Capabilities []string
	// Trainer shows the notes for trainers too.
	Trainer bool
	// Changes tell of a course that is being written; nil for none.
	Changes <-chan Change
	// Stages tell what the machine is busy with while it gets ready; nil where
	// that takes no time.
	Stages <-chan sandbox.Stage
	// Seed picks the learner's values of lessons' variables.
	Seed uint64
	// Progress keeps what the learner has done; nil forgets it at the end.
	Progress progress.Book
	// Path are the ids of the lessons that are shown; nil is all of them.
	Path []string
}

// Run shows the screen until the learner quits or ctx ends, and then closes
// everything that was opened, whatever the reason. More options go to Bubble
// Tea.
func Run(ctx context.Context, o Options, more ...tea.ProgramOption) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	m := New(ctx, o)
	last, err := tea.NewProgram(m, append([]tea.ProgramOption{tea.WithContext(ctx), tea.WithFPS(framesPerSecond)}, more...)...).Run()
	cancel()
	if errors.Is(err, tea.ErrInterrupted) {
		err = nil
	}
	if end, ok := last.(Model); ok && end.refused() {
		err = end.machineErr
	}
	// What could not be saved has been said on the screen.
	_ = m.saver.write()
	return errors.Join(err, m.held.close(patience))
}

// refused says whether there is nothing to show without the machine.
func (m Model) refused() bool {
	return m.machineErr != nil && m.options.Refused != nil && m.options.Refused(m.machineErr)
}
