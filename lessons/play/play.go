// Package play plays a lesson: it opens the lab, types each block into the
// live shell that it belongs to, and judges what came back.
//
// It knows lessons and the words of package sandbox, and no kernel: whatever
// implements sandbox.Lab will do.
package play

import (
	"context"
	"time"

	"cloison/lessons"
	"cloison/sandbox"
)

// Status is how a block ended.
type Status string

// The three ends of a block.
const (
	Passed  Status = "passed"
	Failed  Status = "failed"
	Skipped Status = "skipped"
)

// Verdict is the judgement on one block: what was expected, what was observed,
// and where it was read.
type Verdict struct {
	Lesson   string        `json:"lesson"`
	Block    string        `json:"block"`
	Status   Status        `json:"status"`
	Expected []string      `json:"expected"`         // one line a condition, in plain words
	Observed string        `json:"observed"`         // the output, or what went wrong
	Source   string        `json:"source"`           // for example "terminal a, exit status 0"
	Reason   string        `json:"reason,omitempty"` // why skipped or which condition failed
	Took     time.Duration `json:"took_ns"`
}

// Player plays the blocks of one lesson in one lab.
type Player struct {
	lesson  *lessons.Lesson
	machine sandbox.Machine
	vars    map[string]string
	lab     sandbox.Lab
	shells  map[string]sandbox.Shell
}

// New returns a player of lesson on machine; vars are the learner's values of
// the lesson's variables (see Pick). Call Start before Play.
func New(lesson *lessons.Lesson, machine sandbox.Machine, vars map[string]string) *Player {
	return &Player{lesson: lesson, machine: machine, vars: vars, shells: map[string]sandbox.Shell{}}
}

// The rest of the player's interface, to be filled in:
//
//	func Pick(vars []lessons.Var, seed uint64) map[string]string
//	func (p *Player) Start(ctx) error                       opens the lab, runs the lesson's setup
//	func (p *Player) Shell(ctx, name, cols, rows) (sandbox.Shell, error)   opened once a name
//	func (p *Player) Lab() sandbox.Lab
//	func (p *Player) Fill(text) string                      {{NAME}} replaced
//	func (p *Player) Play(ctx, b lessons.Block) (Verdict, error)
//	func (p *Player) Close(ctx) error                       runs the cleanup, closes the lab
var _ = context.Background
