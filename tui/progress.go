package tui

import (
	"maps"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"cloison/lessons/progress"
)

// saver writes to a Progress, in the order in which it was asked to, and never
// while Update runs. It outlives every Model.
type saver struct {
	store progress.Book

	turn   sync.Mutex // one at a time writes
	mu     sync.Mutex
	queued []func(progress.Book) error
}

// savedMsg says what is kept now, and what kept something from being kept.
type savedMsg struct {
	state progress.State
	err   error
}

func newSaver(store progress.Book) *saver {
	if store == nil {
		store = &forgetful{}
	}
	return &saver{store: store}
}

// later queues a change; the Cmd makes all that are queued.
func (s *saver) later(change func(progress.Book) error) tea.Cmd {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queued = append(s.queued, change)
	return func() tea.Msg {
		err := s.write()
		return savedMsg{s.store.State(), err}
	}
}

// write makes every queued change and returns the first error.
func (s *saver) write() error {
	s.turn.Lock()
	defer s.turn.Unlock()
	s.mu.Lock()
	queued := s.queued
	s.queued = nil
	s.mu.Unlock()
	var first error
	for _, change := range queued {
		if err := change(s.store); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// forgetful keeps progress for as long as the program runs.
type forgetful struct {
	mu    sync.Mutex
	state progress.State
}

func (f *forgetful) State() progress.State {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.state
	s.Lessons = maps.Clone(s.Lessons)
	return s
}

// change changes one lesson, which is begun by that.
func (f *forgetful) change(lesson string, do func(*progress.Lesson)) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.state.Lessons == nil {
		f.state.Lessons = map[string]progress.Lesson{}
	}
	l := f.state.Lessons[lesson]
	if l.Begun.IsZero() {
		l.Begun = time.Now()
	}
	do(&l)
	f.state.Lessons[lesson], f.state.Last = l, lesson
	return nil
}

func (f *forgetful) Mark(lesson, block, status string) error {
	return f.change(lesson, func(l *progress.Lesson) {
		blocks := map[string]progress.Mark{}
		maps.Copy(blocks, l.Blocks)
		tries := blocks[block].Tries + 1
		blocks[block] = progress.Mark{Status: status, Tries: tries, When: time.Now()}
		l.Blocks = blocks
	})
}

func (f *forgetful) At(lesson, block string) error {
	return f.change(lesson, func(l *progress.Lesson) { l.At = block })
}

func (f *forgetful) Finish(lesson string) error {
	return f.change(lesson, func(l *progress.Lesson) { l.Done = time.Now() })
}

func (f *forgetful) Reset(lesson string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.state.Lessons, lesson)
	return nil
}

func (f *forgetful) ResetBlock(lesson, block string) error {
	return f.change(lesson, func(l *progress.Lesson) {
		*l = l.Without(block)
		l.Done = time.Time{}
	})
}
