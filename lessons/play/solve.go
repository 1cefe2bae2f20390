package play

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"cloison/lessons"
	"cloison/sandbox"
)

// solveLimit is how long each command of a solution may take.
const solveLimit = 10 * time.Second

// Solution is a task's reference solution, with the learner's values; "" for a
// block that is no task of the lesson.
func (p *Player) Solution(b lessons.Block) string {
	return strings.TrimRight(p.Fill(p.lesson.Tasks[b.ID].Solve), "\n")
}

// Solve types a task's solution into its terminal, as a learner would: one
// command after the other, each at the prompt that the one before leaves. It
// is passed when a prompt came back from each; whether the task is done, only
// [Player.Check] knows. A solution may rightly end in a program that goes on
// without one of our prompts: end ctx then, which leaves that program running.
func (p *Player) Solve(ctx context.Context, b lessons.Block) (Verdict, error) {
	solution := p.Solution(b)
	if b.Kind != lessons.Task || solution == "" {
		return Verdict{}, fmt.Errorf("solve block %q: it is no task of lesson %s", b.ID, p.lesson.ID)
	}
	began := time.Now()
	sh, err := p.terminal(ctx, b)
	if err != nil {
		return Verdict{}, err
	}
	run := lessons.RunBlock{Shell: b.Shell, Exit: lessons.AnyExit, Timeout: p.Within(solveLimit)}
	if run.Shell == "" {
		run.Shell = "a"
	}
	o, err := p.typeLines(ctx, sh, run, strings.Split(solution, "\n"))
	if ctx.Err() != nil {
		return Verdict{}, fmt.Errorf("solve task %s: %w", b.ID, ctx.Err())
	}
	v, err := Judge(run, o, err)
	if err != nil {
		return Verdict{}, fmt.Errorf("solve task %s: %w", b.ID, err)
	}
	v.Lesson, v.Block, v.Took = p.lesson.ID, b.ID, time.Since(began)
	return v, nil
}

// typeLines types lines, several as one where the shell asks for the rest of a
// command. The output is that of all.
func (p *Player) typeLines(ctx context.Context, sh sandbox.Shell, run lessons.RunBlock, lines []string) (sandbox.Outcome, error) {
	var output strings.Builder
	run.Command = ""
	for i, line := range lines {
		run.Command = strings.TrimLeft(run.Command+"\n"+line, "\n")
		if strings.TrimSpace(run.Command) == "" {
			continue
		}
		o, err := p.typeCommand(ctx, sh, run)
		last := i == len(lines)-1
		if errors.Is(err, sandbox.ErrUnfinished) && !last {
			continue
		}
		output.WriteString(o.Output)
		if err != nil || last {
			return sandbox.Outcome{Output: output.String(), Exit: o.Exit}, err
		}
		run.Command = ""
	}
	return sandbox.Outcome{Output: output.String()}, nil
}
