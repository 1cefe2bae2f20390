package progress

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Book is what a screen writes into and reads from: a [Store], or what stands in
// for one.
type Book interface {
	State() State
	Mark(lesson, block, status string) error
	At(lesson, block string) error
	Finish(lesson string) error
	Reset(lesson string) error
	ResetBlock(lesson, block string) error
}

// Store is the progress file of one learner. Its methods may be called from
// several goroutines; those that change something return when it is on disk
// (a few milliseconds), or with a [*Trouble] when it is not: then the change is
// kept in memory and saved with the next one.
type Store struct {
	dir, file string

	mu      sync.Mutex
	saved   State    // as it was last read or written
	pending []change // what is not on disk yet
	state   State    // saved and pending together
}

// Open reads the progress file in a folder, and begins one where there is
// none. The strings are warnings for the learner: a damaged file was set aside,
// an older one migrated, or nothing can be saved (the store works all the
// same). The error is a [*Trouble]: a file of a newer cloison, or one that may
// not be read.
func Open(dir string) (*Store, []string, error) { return OpenIn(dir, "en") }

// OpenIn is Open with the warnings in a language: "fr", or else English.
func OpenIn(dir, lang string) (*Store, []string, error) {
	s := &Store{dir: dir, file: filepath.Join(dir, fileName)}
	s.saved = State{Version: Version, Seed: rand.Uint64(), Lessons: map[string]Lesson{}}
	found, from, err := read(s.file)
	if err == nil {
		s.saved = found
	}
	s.state = s.saved.clone()
	if err == nil && from == Version {
		return s, nil, nil
	}
	var warnings []string
	warn := func(t *Trouble) { warnings = append(warnings, t.In(lang)) }
	err = s.update(warn)
	var t *Trouble
	switch {
	case err == nil:
	case errors.As(err, &t) && t.fatal:
		return nil, nil, err
	case errors.As(err, &t):
		warn(t)
	}
	return s, warnings, nil
}

// State is a copy of what is known now.
func (s *Store) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state.clone()
}

// Mark notes how a block ended; each call with Passed or Failed is one try. A
// mark never gets worse: what was passed stays so.
func (s *Store) Mark(lesson, block, status string) error {
	if rank[status] == 0 {
		return fmt.Errorf("mark %s of %s: there is no status %q", block, lesson, status)
	}
	return s.change(marked(lesson, block, status, now()))
}

// At notes the block that the learner is at.
func (s *Store) At(lesson, block string) error { return s.change(reached(lesson, block, now())) }

// Finish notes that a lesson is done; the first time counts.
func (s *Store) Finish(lesson string) error { return s.change(finished(lesson, now())) }

// Reset forgets a lesson, or with "" all of them; the seed stays.
func (s *Store) Reset(lesson string) error { return s.change(forgotten(lesson)) }

// ResetBlock forgets a block, and that its lesson was done.
func (s *Store) ResetBlock(lesson, block string) error {
	return s.change(forgottenBlock(lesson, block))
}

// now is in whole seconds and UTC, so that the file reads well.
func now() time.Time { return time.Now().UTC().Truncate(time.Second) }

// change applies c to what is on disk now and replaces the file.
func (s *Store) change(c change) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c(&s.state)
	s.pending = append(s.pending, c)
	return s.update(func(*Trouble) {})
}

// update is the read-modify-write: the newest state, which another cloison may
// have written, gets our pending changes.
func (s *Store) update(warn func(*Trouble)) error {
	err := locked(s.dir, func() error {
		newest, err := s.newest(warn)
		if err != nil {
			return err
		}
		s.saved, s.state = newest, newest.clone()
		for _, c := range s.pending {
			c(&s.state)
		}
		if err := write(s.file, s.state); err != nil {
			return err
		}
		s.saved, s.pending = s.state.clone(), nil
		return nil
	})
	var t *Trouble
	if err == nil || errors.As(err, &t) {
		return err
	}
	return unsaved(s.file, err)
}

// newest is what is on disk, and what we remember where there is nothing that
// can be read. Call it locked.
func (s *Store) newest(warn func(*Trouble)) (State, error) {
	found, from, err := read(s.file)
	var future newer
	var path *fs.PathError
	switch {
	case err == nil && from < Version:
		warn(migrated(s.file, from))
		return found, nil
	case err == nil:
		return found, nil
	case errors.Is(err, fs.ErrNotExist):
		return s.saved.clone(), nil
	case errors.As(err, &future):
		return State{}, fromTheFuture(s.file, future)
	case errors.As(err, &path):
		return State{}, unreadable(s.file, err)
	}
	aside := asideName(s.file, time.Now())
	if err := os.Rename(s.file, aside); err != nil {
		return State{}, err
	}
	warn(setAside(s.file, aside, err))
	return s.saved.clone(), nil
}

// read gives the file, and the version that it had.
func read(file string) (State, int, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return State{}, 0, err
	}
	return parse(text)
}
