// Package progress is what one learner has done: one small JSON file, readable
// by a person, below the state folder of the XDG base directories.
//
// Every change is on disk when its call returns. The file is replaced
// atomically (rename(2)), so that it is whole after a kill -9 at any moment
// and on a full disk. Changes are read-modify-write under a lock (flock(2)), so
// that two cloisons at once do not undo each other's.
//
// It knows no course: lessons and blocks are names here. [Summarise] is given an
// outline of the course by its caller.
package progress

import (
	"maps"
	"path/filepath"
	"time"

	"github.com/adrg/xdg"
)

// Version is that of the file that this program writes.
const Version = 1

// What a mark's status may be.
const (
	Passed  = "passed"
	Failed  = "failed"
	Skipped = "skipped" // the machine could not
	Shown   = "shown"   // the reference solution was looked at
)

// State is the whole file.
type State struct {
	Version int               `json:"version"`
	Seed    uint64            `json:"seed"` // picks the learner's values of the lessons' vars
	Last    string            `json:"last"` // the lesson that the learner was in
	Lessons map[string]Lesson `json:"lessons"`
}

// Lesson is what was done of one lesson. Times are zero where it was not.
type Lesson struct {
	At     string          `json:"at,omitempty"` // id of the block that the learner is at
	Begun  time.Time       `json:"begun,omitzero"`
	Done   time.Time       `json:"done,omitzero"`
	Blocks map[string]Mark `json:"blocks,omitempty"`
}

// Mark is how a block ended, the best that was reached.
type Mark struct {
	Status string    `json:"status"`
	Tries  int       `json:"tries,omitempty"` // how often it passed or failed until its first pass
	When   time.Time `json:"when"`            // of that status
}

// Without is a lesson as if one of its blocks had not been done.
func (l Lesson) Without(block string) Lesson {
	l.Blocks = maps.Clone(l.Blocks)
	delete(l.Blocks, block)
	return l
}

// Dir is the folder of the progress file: $XDG_STATE_HOME/cloison.
func Dir() string { return filepath.Join(xdg.StateHome, "cloison") }

// clone copies a state so that neither changes the other.
func (s State) clone() State {
	s.Lessons = maps.Clone(s.Lessons)
	for id, l := range s.Lessons {
		l.Blocks = maps.Clone(l.Blocks)
		s.Lessons[id] = l
	}
	return s
}
