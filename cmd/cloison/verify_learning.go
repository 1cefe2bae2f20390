package main

import (
	"context"
	"errors"
	"slices"
	"time"

	"cloison/lessons"
	"cloison/lessons/play"
	"cloison/sandbox"
)

// solvedWithin is how long a solution may take to show, pulse how often a
// check looks.
const (
	solvedWithin = 30 * time.Second
	pulse        = 50 * time.Millisecond
)

// provable are the blocks of a lesson that verify judges, in reading order:
// commands, tasks, and the questions that a command settles. They are the same
// in every language, as lint sees to.
func provable(l *lessons.Lesson) []lessons.Block {
	return slices.DeleteFunc(slices.Clone(l.Blocks[lessons.English]), func(b lessons.Block) bool {
		return b.Kind != lessons.Run && b.Kind != lessons.Task && (b.Kind != lessons.Quiz || b.Quiz.Prove == "")
	})
}

// proveBlocks plays a lesson as a learner who does everything: in one lab, each
// task is solved where it stands. A question is left for settleQuestions.
func proveBlocks(ctx context.Context, p *play.Player, blocks []lessons.Block) (verdicts []play.Verdict, err error) {
	for _, b := range blocks {
		var v play.Verdict
		switch b.Kind {
		case lessons.Run:
			if v, err = p.Play(ctx, b); err == nil {
				v, err = deniedIn(ctx, p, b, v)
			}
		case lessons.Task:
			v, err = proveTask(ctx, p, b)
		default:
			v = play.Verdict{Block: b.ID}
		}
		if err != nil {
			return verdicts, err
		}
		verdicts = append(verdicts, v)
	}
	return verdicts, nil
}

// proveTask proves that a task's check tells the state before the solution
// from the state after it.
func proveTask(ctx context.Context, p *play.Player, b lessons.Block) (play.Verdict, error) {
	before, err := p.Check(ctx, b)
	if err != nil || before.Status != play.Failed {
		return taskVerdict(before, before, before), err
	}
	after, err := solve(ctx, p, b)
	return taskVerdict(before, after, before), err
}

// taskVerdict joins what a task's check said before the solution, after it,
// and in another fresh lab: it has to fail, pass, and fail again.
func taskVerdict(before, after, again play.Verdict) play.Verdict {
	switch {
	case before.Status == play.Passed:
		return tooSoon(before, "the check passes although nothing has been done", "la vérification réussit alors que rien n’a été fait")
	case before.Status != play.Failed:
		return before
	case after.Status == play.Failed:
		after.Reason = sandbox.Text{
			EN: "the solution was typed, and the check still fails: " + after.Reason.EN,
			FR: "la solution a été tapée, et la vérification échoue encore\u00a0: " + after.Reason.FR,
		}
	case after.Status == play.Passed && again.Status == play.Passed:
		return tooSoon(again, "on a fresh machine, the check passes without the solution", "sur une machine neuve, la vérification réussit sans la solution")
	case after.Status == play.Passed && again.Status != play.Failed:
		return again
	}
	return after
}

func tooSoon(v play.Verdict, en, fr string) play.Verdict {
	v.Status, v.Reason = play.Failed, sandbox.Text{EN: en, FR: fr}
	return v
}

// solve types a task's solution and checks until the check passes or the time
// is over. The solution may end in a program that gives no prompt back: the
// check alone counts.
func solve(ctx context.Context, p *play.Player, b lessons.Block) (play.Verdict, error) {
	limit := p.Within(solvedWithin)
	typing, stop := context.WithTimeout(ctx, limit)
	defer stop()
	typed := make(chan error, 1)
	go func() {
		_, err := p.Solve(typing, b)
		typed <- err
	}()
	v, err := checkUntil(typing, p, b, time.Now().Add(limit), play.Passed)
	stop()
	if solved := <-typed; err == nil && solved != nil && !errors.Is(solved, context.Canceled) && !errors.Is(solved, context.DeadlineExceeded) {
		err = solved
	}
	return v, err
}

// checkUntil checks a task until the verdict is the one that is wanted, or
// until the deadline; the last verdict is given.
func checkUntil(ctx context.Context, p *play.Player, b lessons.Block, deadline time.Time, want play.Status) (last play.Verdict, err error) {
	for {
		v, err := p.Check(ctx, b)
		if err != nil && last.Status != "" && errors.Is(err, context.DeadlineExceeded) {
			return last, nil
		}
		if err != nil || v.Status == want || time.Now().After(deadline) {
			return v, err
		}
		last = v
		select {
		case <-ctx.Done():
			return last, nil
		case <-time.After(pulse):
		}
	}
}

// proveUndone plays a lesson with tasks in another fresh lab, up to its last
// task and without any solution, and puts into verdicts what the checks say.
func (g *globals) proveUndone(ctx context.Context, m sandbox.Machine, l *lessons.Lesson, verdicts []play.Verdict) error {
	blocks := provable(l)[:len(verdicts)]
	for len(blocks) > 0 && blocks[len(blocks)-1].Kind != lessons.Task {
		blocks = blocks[:len(blocks)-1]
	}
	if len(blocks) == 0 {
		return nil
	}
	return inLab(ctx, m, g.lang(), l, func(p *play.Player) error {
		for i, b := range blocks {
			var again play.Verdict
			var err error
			switch {
			case b.Kind == lessons.Run:
				_, err = p.Play(ctx, b)
			case b.Kind == lessons.Task && verdicts[i].Status == play.Passed:
				again, err = p.Check(ctx, b)
				verdicts[i] = taskVerdict(play.Verdict{Status: play.Failed}, verdicts[i], again)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// settleQuestions gives each question the verdict of the command that proves its answer.
func settleQuestions(l *lessons.Lesson, verdicts []play.Verdict) {
	for i, b := range provable(l)[:len(verdicts)] {
		if b.Kind != lessons.Quiz {
			continue
		}
		v := play.Verdict{
			Lesson: l.ID, Block: b.ID, Status: play.Failed, Expected: []sandbox.Text{{
				EN: "the command of block " + b.Quiz.Prove + " shows the answer", FR: "la commande du bloc " + b.Quiz.Prove + " montre la réponse",
			}},
			Reason: sandbox.Text{EN: "its command was not played", FR: "sa commande n’a pas été jouée"},
		}
		for _, proof := range verdicts {
			if proof.Block == b.Quiz.Prove {
				v.Status, v.Observed, v.Source, v.Reason = proof.Status, proof.Observed, proof.Source, proof.Reason
			}
		}
		verdicts[i] = v
	}
}
