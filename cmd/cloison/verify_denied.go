package main

import (
	"context"
	"errors"

	"cloison/lessons"
	"cloison/lessons/play"
	"cloison/sandbox"
)

// deniedIn proves the layer that a block says refuses it, where this leaves
// nothing behind in the lab.
func deniedIn(ctx context.Context, p *play.Player, b lessons.Block, v play.Verdict) (play.Verdict, error) {
	if v.Status != play.Passed || b.Run.DeniedBy == "" || play.DependsOnShell(*b.Run) {
		return v, nil
	}
	return p.Denied(ctx, b, v)
}

// errSpoiled ends a lab in which the questions so far have changed too much.
var errSpoiled = errors.New("what was asked before has changed the lab")

// proveDenied proves the other layers in labs of their own: an experiment that
// allows what was refused really does it, and the blocks that follow would
// notice. Each lab serves as many blocks as it can.
func (g *globals) proveDenied(ctx context.Context, m sandbox.Machine, l *lessons.Lesson, verdicts []play.Verdict) error {
	blocks := provable(l)[:len(verdicts)]
	pending := map[int]bool{}
	last := 0
	for i, b := range blocks {
		if b.Run != nil && b.Run.DeniedBy != "" && verdicts[i].Status == play.Passed && play.DependsOnShell(*b.Run) {
			pending[i], last = true, i
		}
	}
	for len(pending) > 0 {
		err := inLab(ctx, m, g.lang(), l, func(p *play.Player) error {
			return denyPending(ctx, p, blocks[:last+1], verdicts, pending)
		})
		if err != nil && !errors.Is(err, errSpoiled) {
			return err
		}
	}
	return nil
}

// denyPending plays blocks up to the last that is pending. It asks at least
// once.
func denyPending(ctx context.Context, p *play.Player, blocks []lessons.Block, verdicts []play.Verdict, pending map[int]bool) error {
	asked := false
	for i, b := range blocks {
		if len(pending) == 0 {
			return nil
		}
		v, err := playAgain(ctx, p, b)
		if err != nil {
			return err
		}
		if v.Status == play.Failed && verdicts[i].Status == play.Passed && asked {
			return errSpoiled
		}
		if !pending[i] {
			continue
		}
		delete(pending, i)
		if v.Status == play.Passed {
			asked = true
			v, err = p.Denied(ctx, b, v)
		}
		if err != nil {
			return err
		}
		verdicts[i] = v
	}
	return nil
}

// playAgain is a command, or the solution of a task.
func playAgain(ctx context.Context, p *play.Player, b lessons.Block) (play.Verdict, error) {
	switch b.Kind {
	case lessons.Run:
		return p.Play(ctx, b)
	case lessons.Task:
		return solve(ctx, p, b)
	}
	return play.Verdict{}, nil
}
