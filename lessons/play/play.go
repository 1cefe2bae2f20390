// Package play plays a lesson: it opens the lab, types each block into the
// live shell that it belongs to, and judges what came back.
//
// It knows lessons and the words of package sandbox, and no kernel: whatever
// implements sandbox.Lab will do.
package play

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"time"

	"cloison/lessons"
	"cloison/sandbox"
)

// Player plays the blocks of one lesson in one lab. Its methods may be called
// from several goroutines; a terminal plays one block at a time and refuses
// a second with a verdict that says so.
type Player struct {
	lesson  *lessons.Lesson
	machine sandbox.Machine
	vars    map[string]string
	lang    sandbox.Lang

	mu          sync.Mutex
	lab         sandbox.Lab
	shells      map[string]sandbox.Shell
	interrupted map[string]bool // a Ctrl-C is on its way to that terminal
}

// LangVariable tells programs in a lab the learner's language; their locale is
// C.UTF-8, so that what they print can be judged.
const LangVariable = "CLOISON_LANG"

// New returns a player of lesson on machine for a learner who reads lang; vars
// are the learner's values of the lesson's variables (see Pick). Call Start
// before Play.
func New(lesson *lessons.Lesson, machine sandbox.Machine, vars map[string]string, lang sandbox.Lang) *Player {
	return &Player{
		lesson: lesson, machine: machine, vars: maps.Clone(vars), lang: lang,
		shells: map[string]sandbox.Shell{}, interrupted: map[string]bool{},
	}
}

// Start opens the lab and runs the lesson's setup. A setup that fails is an
// error that shows what it printed, and leaves no lab behind.
func (p *Player) Start(ctx context.Context) error {
	env := map[string]string{LangVariable: string(p.lang)}
	maps.Copy(env, p.vars)
	lab, err := p.machine.Open(ctx, sandbox.LabOptions{
		Lesson: p.lesson.ID,
		Files:  p.lesson.Files,
		Env:    env,
		Shared: shared(p.lesson),
		Needs:  p.lesson.Needs,
	})
	if err != nil {
		return fmt.Errorf("open a lab for lesson %s: %w", p.lesson.ID, err)
	}
	if err := p.script(ctx, lab, "setup", p.lesson.Setup); err != nil {
		return errors.Join(err, lab.Close())
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lab = lab
	return nil
}

// script runs one of the lesson's hidden scripts.
func (p *Player) script(ctx context.Context, lab sandbox.Lab, name, script string) error {
	if strings.TrimSpace(script) == "" {
		return nil
	}
	o, err := lab.Exec(ctx, p.Fill(script), nil)
	if err != nil {
		return fmt.Errorf("run the %s of lesson %s: %w", name, p.lesson.ID, err)
	}
	if o.Exit != 0 {
		return fmt.Errorf("run the %s of lesson %s: exit status %d\n%s", name, p.lesson.ID, o.Exit, strings.TrimSpace(o.Output))
	}
	return nil
}

// Lab is where the lesson runs; nil before Start and after Close.
func (p *Player) Lab() sandbox.Lab {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.lab
}

// Within is the time that the machine may take for what takes d on a computer
// of today.
func (p *Player) Within(d time.Duration) time.Duration { return p.machine.About().Within(d) }

// Fill replaces {{NAME}} by the learner's values.
func (p *Player) Fill(text string) string { return lessons.Fill(text, p.vars) }

// Shell gives the lesson's terminal of that name, and opens it the first time
// and again after it has ended. Whoever opens a shell here must drain its
// Output; Play drains those that it opens itself, so a caller who wants to show
// a terminal asks for it before Play does. The size counts only when the shell
// is opened; 0 is 80×24.
func (p *Player) Shell(ctx context.Context, name string, cols, rows int) (sandbox.Shell, error) {
	sh, _, err := p.open(ctx, name, cols, rows)
	return sh, err
}

// open also says whether the shell is new.
func (p *Player) open(ctx context.Context, name string, cols, rows int) (sh sandbox.Shell, fresh bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.lab == nil {
		return nil, false, errors.New("open a terminal: the lesson has not been started")
	}
	if sh, ok := p.shells[name]; ok {
		return sh, false, nil
	}
	sh, err = p.lab.Shell(ctx, sandbox.ShellOptions{Name: name, Cols: cols, Rows: rows})
	if err != nil {
		return nil, false, fmt.Errorf("open terminal %s: %w", name, err)
	}
	p.shells[name] = sh
	return sh, true, nil
}

// Close runs the lesson's cleanup and closes the lab with everything in it.
// Without Start it does nothing.
func (p *Player) Close(ctx context.Context) error {
	p.mu.Lock()
	lab := p.lab
	p.lab, p.shells = nil, map[string]sandbox.Shell{}
	p.mu.Unlock()
	if lab == nil {
		return nil
	}
	return errors.Join(p.script(ctx, lab, "cleanup", p.lesson.Cleanup), lab.Close())
}
