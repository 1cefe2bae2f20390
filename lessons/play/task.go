package play

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"cloison/lessons"
	"cloison/sandbox"
)

// Unwell is the status of a task that cannot be judged, because the machine or
// the learner's shell is broken: only a fresh one helps.
const Unwell Status = "unwell"

// checkLimit is how long a check may take.
const checkLimit = 5 * time.Second

// ShellVariable tells a check the learner's shell, by its PID on the machine.
const ShellVariable = "CLOISON_SHELL_PID"

// Check judges a task as the state is now. The check runs beside the learner's
// shells, never in them, and is told the PID of the task's shell. What it prints
// is what was observed, a line "source: PATH" where that was read. A machine
// that does not do what every machine does gives [Unwell], and never a pass.
func (p *Player) Check(ctx context.Context, b lessons.Block) (Verdict, error) {
	task, ok := p.lesson.Tasks[b.ID]
	if b.Kind != lessons.Task || !ok {
		return Verdict{}, fmt.Errorf("check block %q: it is not a task of lesson %s", b.ID, p.lesson.ID)
	}
	began := time.Now()
	v := Verdict{Lesson: p.lesson.ID, Block: b.ID, Expected: []sandbox.Text{p.expected(b.ID)}}
	result, err := p.judge(ctx, task.Check)
	if err != nil {
		return Verdict{}, fmt.Errorf("check task %s: %w", b.ID, err)
	}
	v.Observed, v.Source = result.observed, result.source
	switch {
	case result.unwell != (sandbox.Text{}):
		v.Status, v.Reason = Unwell, result.unwell
	case result.exit == 0:
		v.Status = Passed
	default:
		v.Status = Failed
		v.Reason, err = p.whatWentWrong(ctx, task.FailIf)
	}
	v.Took = time.Since(began)
	return v, err
}

// whatWentWrong is what a task's fail-if says of the state, if it applies.
func (p *Player) whatWentWrong(ctx context.Context, failIf string) (sandbox.Text, error) {
	notYet := both("not yet", "pas encore")
	if strings.TrimSpace(failIf) == "" {
		return notYet, nil
	}
	result, err := p.judge(ctx, failIf)
	if err != nil || result.unwell != (sandbox.Text{}) || result.exit != 0 || result.observed == "" {
		return notYet, err
	}
	return both("%s", "%s", result.observed), nil
}

// expected is what a task wants, in both languages.
func (p *Player) expected(id string) sandbox.Text {
	said := func(lang lessons.Lang) string {
		for _, b := range p.lesson.Blocks[lang] {
			if b.Kind == lessons.Task && b.ID == id && b.Expected != "" {
				return p.Fill(b.Expected)
			}
		}
		return ""
	}
	text := sandbox.Text{EN: said(lessons.English), FR: said(lessons.French)}
	if text.EN == "" {
		text = both("what the task asks for", "ce que demande l’exercice")
	}
	if text.FR == "" {
		text.FR = text.EN
	}
	return text
}

// finding is what a check script found.
type finding struct {
	observed string
	source   sandbox.Text
	exit     int
	unwell   sandbox.Text // why nothing can be said
}

// judge runs a check script, after a probe of what every check stands on.
func (p *Player) judge(ctx context.Context, script string) (finding, error) {
	sh, fresh, err := p.open(ctx, taskShell, 0, 0)
	if err != nil {
		return finding{}, err
	}
	if fresh {
		go drain(sh)
	}
	timed, cancel := context.WithTimeout(ctx, checkLimit)
	defer cancel()
	word := rand.Text()
	env := []string{ShellVariable + "=" + strconv.Itoa(sh.PID())}
	o, err := p.Lab().Exec(timed, probe(word)+p.Fill(script), env)
	switch {
	case ctx.Err() != nil:
		return finding{}, ctx.Err()
	case errors.Is(err, context.DeadlineExceeded):
		return finding{unwell: both("the check did not end within %s", "la vérification ne s’est pas terminée en %s", checkLimit)}, nil
	case err != nil:
		return finding{unwell: both("the check could not be run: %s", "la vérification n’a pas pu être lancée : %s", err)}, nil
	}
	return read(o, word), nil
}

// taskShell is the terminal that tasks are worked in.
const taskShell = "a"

// The exit statuses of a script that say nothing of a task: our probe's, and
// bash's own for programs that cannot be run or found (bash(1)).
const (
	exitNoShell = 77
	exitNoTool  = 78
	exitNotExec = 126
	exitNoFile  = 127
)

// probe is the beginning of every check: it proves that a real bash reads the
// script, that the tools which checks use tell the truth, and that the
// learner's shell lives.
func probe(word string) string {
	return `printf '%s\n' ` + word + `
[ "$(printf 'a\nb\n' | grep -c b)" = 1 ] && [ "$(printf x | cat)" = x ] && [ -n "$(readlink /proc/self/ns/pid)" ] || exit ` + strconv.Itoa(exitNoTool) + `
kill -0 "$` + ShellVariable + `" 2>/dev/null || exit ` + strconv.Itoa(exitNoShell) + "\n"
}

// read takes a check's output apart. Without the probe's word it was not bash
// that answered.
func read(o sandbox.Outcome, word string) finding {
	rest, ok := strings.CutPrefix(plain(o.Output), word)
	switch {
	case !ok, o.Exit == exitNoTool, o.Exit == exitNotExec, o.Exit == exitNoFile:
		return finding{unwell: both("the machine’s own programs no longer work", "les programmes de la machine ne fonctionnent plus")}
	case o.Exit == exitNoShell:
		return finding{unwell: both("the shell of terminal %s has ended", "le shell du terminal %s s’est terminé", taskShell)}
	}
	f := finding{exit: o.Exit}
	var observed []string
	for line := range strings.SplitSeq(strings.TrimSpace(rest), "\n") {
		if source, ok := strings.CutPrefix(line, "source:"); ok {
			f.source = both("%s", "%s", strings.TrimSpace(source))
			continue
		}
		observed = append(observed, line)
	}
	f.observed = strings.TrimSpace(strings.Join(observed, "\n"))
	return f
}

// Solution is a task's reference solution, the learner's values filled in.
func (p *Player) Solution(b lessons.Block) string {
	return strings.TrimSpace(p.Fill(p.lesson.Tasks[b.ID].Solve))
}

// Solve types the reference solution into the task's terminal.
func (p *Player) Solve(ctx context.Context, b lessons.Block) (Verdict, error) {
	return p.Play(ctx, lessons.Block{Kind: lessons.Run, ID: b.ID, Run: &lessons.RunBlock{
		Command: strings.TrimSpace(p.lesson.Tasks[b.ID].Solve), Shell: taskShell,
		Exit: lessons.AnyExit, Timeout: lessons.DefaultTimeout,
	}})
}
