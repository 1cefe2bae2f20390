package play

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"time"

	"cloison/lessons"
	"cloison/sandbox"
)

// Play types a run block's command into its terminal, waits until it ends or
// its time is over, and judges what came back. A block that needs what the
// machine lacks is skipped. A command that outlives its time is sent a Ctrl-C,
// so that the terminal can be used again.
//
// What the lesson did not foresee in the terminal (a program that still runs
// there, a shell that ends) is a failed verdict; an error is what kept the
// block from being played at all, such as the end of ctx.
//
// Its exit status and output are judged; a block's denied-by is [Player.Denied]'s
// to judge.
func (p *Player) Play(ctx context.Context, b lessons.Block) (Verdict, error) {
	t, err := p.Type(ctx, b)
	if err != nil {
		return Verdict{}, err
	}
	if t.Skipped != nil {
		return Verdict{Lesson: p.lesson.ID, Block: b.ID, Status: Skipped, Expected: []sandbox.Text{}, Reason: t.Skipped.Why}, nil
	}
	v, err := Judge(t.Run, t.Outcome, t.Ended)
	if err != nil {
		return Verdict{}, fmt.Errorf("play block %s: %w", b.ID, err)
	}
	v.Lesson, v.Block, v.Took = p.lesson.ID, b.ID, t.Took
	return v, nil
}

// Typed is what came of a run block's command before anybody judges it: the
// arguments of [Judge].
type Typed struct {
	Run     lessons.RunBlock // with the learner's values
	Outcome sandbox.Outcome
	Ended   error         // of the shell's Run
	Skipped *sandbox.Lack // it was not typed, because the machine lacks this
	Took    time.Duration
}

// Type is Play without the judgement.
func (p *Player) Type(ctx context.Context, b lessons.Block) (Typed, error) {
	if b.Run == nil {
		return Typed{}, fmt.Errorf("play block %q: only run blocks can be played", b.ID)
	}
	if _, lack, ok := missing(b.Run.Needs, p.machine.About()); ok {
		return Typed{Skipped: &lack}, nil
	}
	run := p.filled(*b.Run)
	sh, fresh, err := p.open(ctx, run.Shell, 0, 0)
	if err != nil {
		return Typed{}, err
	}
	if fresh {
		go drain(sh)
	}
	began := time.Now()
	outcome, ended := p.typeCommand(ctx, sh, run)
	if ctx.Err() != nil {
		return Typed{}, fmt.Errorf("play block %s: %w", b.ID, ctx.Err())
	}
	return Typed{Run: run, Outcome: outcome, Ended: ended, Took: time.Since(began)}, nil
}

func drain(sh sandbox.Shell) {
	for range sh.Output() {
	}
}

// filled puts the learner's values into a block, and gives it the time that the
// machine needs. In a pattern the values stand for themselves.
func (p *Player) filled(run lessons.RunBlock) lessons.RunBlock {
	quoted := map[string]string{}
	for name, value := range p.vars {
		quoted[name] = regexp.QuoteMeta(value)
	}
	patterns := func(all []string) []string {
		filled := make([]string, len(all))
		for i, s := range all {
			filled[i] = lessons.Fill(s, quoted)
		}
		return filled
	}
	run.Command = p.Fill(run.Command)
	run.Expect, run.Reject = patterns(run.Expect), patterns(run.Reject)
	run.Until = lessons.Fill(run.Until, quoted)
	run.Timeout = p.Within(run.Timeout)
	return run
}

// typeCommand runs the command within its time.
func (p *Player) typeCommand(ctx context.Context, sh sandbox.Shell, run lessons.RunBlock) (sandbox.Outcome, error) {
	timed, cancel := context.WithTimeout(ctx, run.Timeout)
	defer cancel()
	outcome, err := p.typeOnce(timed, sh, run)
	if errors.Is(err, sandbox.ErrBusy) && p.wasInterrupted(run.Shell) {
		outcome, err = p.typeWhenFree(timed, sh, run)
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil:
		_, _ = sh.Write([]byte{ctrlC}) // the verdict says the rest
		p.interrupt(run.Shell, true)
	case errors.Is(err, sandbox.ErrEnded):
		p.forget(run.Shell)
	case err == nil:
		p.interrupt(run.Shell, false)
	}
	return outcome, err
}

const ctrlC = 3

func (p *Player) typeOnce(ctx context.Context, sh sandbox.Shell, run lessons.RunBlock) (sandbox.Outcome, error) {
	if run.Until == "" {
		return sh.Run(ctx, run.Command)
	}
	until, err := lessons.Multiline(run.Until)
	if err != nil {
		return sandbox.Outcome{}, fmt.Errorf("until: %w", err)
	}
	return sh.RunUntil(ctx, run.Command, until)
}

// typeWhenFree tries again while the Ctrl-C of the block before takes effect.
func (p *Player) typeWhenFree(ctx context.Context, sh sandbox.Shell, run lessons.RunBlock) (sandbox.Outcome, error) {
	patience := time.NewTimer(2 * time.Second)
	defer patience.Stop()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			return sandbox.Outcome{}, ctx.Err()
		case <-patience.C:
			return sandbox.Outcome{}, sandbox.ErrBusy
		case <-again.C:
			outcome, err := p.typeOnce(ctx, sh, run)
			if !errors.Is(err, sandbox.ErrBusy) {
				return outcome, err
			}
		}
	}
}

func (p *Player) interrupt(name string, on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.interrupted[name] = on
}

func (p *Player) wasInterrupted(name string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.interrupted[name]
}

// forget makes Shell open a terminal anew.
func (p *Player) forget(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.shells, name)
	delete(p.interrupted, name)
}
