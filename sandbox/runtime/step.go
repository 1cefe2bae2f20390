//go:build linux

package runtime

import (
	"errors"
	"os"
	"slices"
	"time"

	"cloison/sandbox"
	"cloison/sandbox/inspect"
)

// ErrLeft is in the error of a run that its watcher has left.
var ErrLeft = errors.New("left")

// Pause is the moment before an action.
type Pause struct {
	N, Of  int // which of the plan's actions, from 1
	Action sandbox.Action
	PID    int // of the container's process, as this computer counts; 0 where there is none
	// Free says that nobody waits: the watcher has asked to run to the end, or
	// the program has the terminal.
	Free bool
}

// Answer is what to do at a pause.
type Answer int

// The answers of a watcher.
const (
	Next   Answer = iota // do this action
	Finish               // and all that follow
	Leave                // do nothing more, and clean up
)

// Outcome is what an action brought.
type Outcome struct {
	Err     error // nil when the kernel did as asked
	Passed  bool  // the refusal is passed over
	Changes []inspect.Change
}

// Watcher takes a container's birth step by step. Its methods are called one
// after the other, in the goroutine of [Plan.Run], which stands still meanwhile,
// and so does the container's process.
type Watcher interface {
	// Before may take its time. Where the pause is free, its answer counts for
	// nothing.
	Before(Pause) Answer
	After(Pause, Outcome)
}

// Stepper is the [Narrator] that asks a [Watcher] before each action, and tells
// him after it what has changed for the container's process. The first changes
// are those against this process, which the container's was cloned from.
type Stepper struct {
	watcher Watcher
	reader  *inspect.Reader
	of      int
	pause   Pause
	pid     int
	last    sandbox.Facts
	finish  bool // the watcher has answered so
	away    bool // the program has the terminal
}

// NewStepper steps through a plan.
func NewStepper(p *Plan, w Watcher) *Stepper {
	s := &Stepper{watcher: w, reader: inspect.New(inspect.Root()), of: len(p.steps)}
	s.last, _ = s.reader.Read(os.Getpid())
	return s
}

// Tell asks the watcher.
func (s *Stepper) Tell(n int, a sandbox.Action) error {
	s.pause = Pause{N: n, Of: s.of, Action: a, PID: s.pid, Free: s.finish || s.away}
	answer := s.watcher.Before(s.pause)
	switch {
	case s.pause.Free:
	case answer == Leave:
		return ErrLeft
	case answer == Finish:
		s.finish = true
	}
	return nil
}

// Told tells him what came of it.
func (s *Stepper) Told(_ sandbox.Action, err error, passed bool) {
	s.pause.PID = s.pid
	s.watcher.After(s.pause, Outcome{Err: err, Passed: passed, Changes: s.changes()})
}

// Born has the stepper look at a process from now on.
func (s *Stepper) Born(pid int) { s.pid = pid }

// Started lets the program have the terminal, and waits until execve(2) has
// done its work: the pipe to the new process closes a little earlier.
func (s *Stepper) Started() {
	s.away = true
	for deadline := time.Now().Add(100 * time.Millisecond); time.Now().Before(deadline); {
		f, err := s.reader.Read(s.pid)
		if err != nil || !slices.Equal(f.Args, s.last.Args) {
			return
		}
		time.Sleep(200 * time.Microsecond)
	}
}

// Ended takes the terminal back.
func (s *Stepper) Ended() { s.pid, s.away = 0, false }

// changes are those since the last time.
func (s *Stepper) changes() []inspect.Change {
	if s.pid == 0 {
		return nil
	}
	f, err := s.reader.Read(s.pid)
	if err != nil {
		return nil
	}
	if _, err := s.reader.Read(s.pid); err != nil {
		return nil // it has ended while it was read
	}
	list := inspect.Diff(s.last, f)
	s.last = f
	return slices.DeleteFunc(list, func(c inspect.Change) bool {
		// What can no longer be read has not changed.
		return c.What == "ppid" || c.What == "unread" || c.After == "" && len(f.Unread) > 0
	})
}
