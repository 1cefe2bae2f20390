package play

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"cloison/lessons"
	"cloison/sandbox"
)

// Unwell is the status of a task whose check cannot be believed: the machine
// or the shell is broken, and a fresh one is needed.
const Unwell Status = "unwell"

// ShellVariable tells a check the process of the task's terminal, as the lab
// counts processes.
const ShellVariable = sandbox.CheckVariable

// How long a check may take in all, and its probe alone.
const (
	checkLimit = 10 * time.Second
	probeLimit = 2 * time.Second
)

// probe says whether checks can be believed: 0 is well; blind where /proc
// doesn't show the shell, so that a check may fail but not pass; anything else
// is unwell. Without its last word it was not bash that answered.
const (
	noShell   = 2
	blind     = 3
	probeWord = "well"
	probe     = `"$(type -P true)" && [ "$(printf 'a\nb\n' | grep -c b)" = 1 ] || exit 1
kill -0 "$CLOISON_SHELL_PID" 2>/dev/null || [ -e "/proc/$CLOISON_SHELL_PID/stat" ] || exit 2
echo ` + probeWord + `
{ read -r stat <"/proc/$CLOISON_SHELL_PID/stat"; } 2>/dev/null || exit 3
[[ ${stat##*) } != [ZX]* ]] || exit 2`
)

// strict goes before a check: where a program that it calls is missing, it is
// killed, since "! grep …" would pass without grep.
const (
	missingMark = "cloison: this machine has no "
	strict      = `command_not_found_handle() { echo "` + missingMark + `$1"; kill -KILL $$; }
`
)

// Check runs a task's check and, when it fails, its fail-if, in the lab and
// never in the learner's shell. It takes at most ten seconds, at the machine's
// pace. A task that needs what the machine lacks is skipped. It opens the task's
// terminal where nobody has (see [Player.Shell]), since the check is told its
// process.
//
// A machine or shell on which no check can be believed gives Unwell. An error
// is what kept the check from being made at all, such as the end of ctx.
func (p *Player) Check(ctx context.Context, b lessons.Block) (Verdict, error) {
	task, ok := p.lesson.Tasks[b.ID]
	if b.Kind != lessons.Task || !ok {
		return Verdict{}, fmt.Errorf("check block %q: it is no task of lesson %s", b.ID, p.lesson.ID)
	}
	v := Verdict{Lesson: p.lesson.ID, Block: b.ID, Expected: []sandbox.Text{p.expected(b.ID)}}
	if _, lack, ok := missing(b.Needs, p.machine.About()); ok {
		v.Status, v.Reason = Skipped, lack.Why
		return v, nil
	}
	sh, err := p.terminal(ctx, b)
	if err != nil {
		return Verdict{}, err
	}
	began := time.Now()
	limited, cancel := context.WithTimeout(ctx, p.Within(checkLimit))
	defer cancel()
	e := examination{lab: p.Lab(), within: p.Within, env: []string{ShellVariable + "=" + strconv.Itoa(sh.PID())}}
	e.examine(limited, lessons.TaskCheck{Check: p.Fill(task.Check), FailIf: p.Fill(task.FailIf)}, &v)
	if ctx.Err() != nil {
		return Verdict{}, fmt.Errorf("check task %s: %w", b.ID, ctx.Err())
	}
	v.Took = time.Since(began)
	return v, nil
}

// expected is what a task's check wants, in both languages.
func (p *Player) expected(id string) sandbox.Text {
	text := both("what the task asks for", "ce que demande l’exercice")
	said := func(lang lessons.Lang) (string, bool) {
		for _, b := range p.lesson.Blocks[lang] {
			if b.Kind == lessons.Task && b.ID == id && b.Expected != "" {
				return p.Fill(b.Expected), true
			}
		}
		return "", false
	}
	if en, ok := said(lessons.English); ok {
		text = sandbox.Text{EN: en, FR: en}
	}
	if fr, ok := said(lessons.French); ok {
		text.FR = fr
	}
	return text
}

// terminal is the one that a task belongs to.
func (p *Player) terminal(ctx context.Context, b lessons.Block) (sandbox.Shell, error) {
	name := b.Shell
	if name == "" {
		name = "a"
	}
	sh, fresh, err := p.open(ctx, name, 0, 0)
	if fresh {
		go drain(sh)
	}
	return sh, err
}

// examination is one run of a check.
type examination struct {
	lab    sandbox.Lab
	env    []string
	within func(time.Duration) time.Duration // what the machine's pace makes of a limit
}

// examine makes the verdict: the probe, the check, and what went wrong.
func (e examination) examine(ctx context.Context, task lessons.TaskCheck, v *Verdict) {
	state, ill := e.probe(ctx)
	if ill != (sandbox.Text{}) {
		v.Status, v.Reason = Unwell, ill
		return
	}
	o, err := e.lab.Exec(ctx, strict+task.Check, e.env)
	v.Observed, v.Source = observed(o.Output)
	lacking, mangled := cutMissing(v.Observed)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		e.tooLong(v)
	case err != nil:
		v.Status, v.Reason = Unwell, unwell(both("a check can’t be run: %s", "une vérification ne peut pas être lancée : %s", err))
	case mangled:
		v.Status, v.Reason = Unwell, unwell(both("it has no %s", "il y manque %s", lacking))
	case o.Exit == 0 && state == blind:
		v.Status, v.Reason = Unwell, unwell(both("/proc doesn’t show its processes", "/proc ne montre pas ses processus"))
	case o.Exit == 0:
		v.Status = Passed
	default:
		v.Status, v.Reason = Failed, e.wentWrong(ctx, task.FailIf)
	}
}

// probe says how well the machine is; ill is empty where a check may be run.
func (e examination) probe(ctx context.Context) (state int, ill sandbox.Text) {
	limited, cancel := context.WithTimeout(ctx, e.within(probeLimit))
	defer cancel()
	o, err := e.lab.Exec(limited, probe, e.env)
	switch {
	case err != nil:
		return 0, unwell(both("a check can’t be run: %s", "une vérification ne peut pas être lancée : %s", err))
	case o.Exit == noShell:
		return 0, unwell(both("the terminal’s shell has ended", "le shell du terminal s’est terminé"))
	case o.Exit != 0 && o.Exit != blind, plain(o.Output) != probeWord:
		return 0, unwell(both("programs don’t run any more", "les programmes ne démarrent plus"))
	}
	return o.Exit, sandbox.Text{}
}

// tooLong tells a slow check from a machine that stands still.
func (e examination) tooLong(v *Verdict) {
	ctx, cancel := context.WithTimeout(context.Background(), e.within(probeLimit))
	defer cancel()
	v.Status, v.Reason = Failed, both("the check took longer than %s", "la vérification a duré plus de %s", e.within(checkLimit))
	if _, ill := e.probe(ctx); ill != (sandbox.Text{}) {
		v.Status, v.Reason = Unwell, ill
	}
}

// NotYet is the reason of a check that fails and can't say why.
var NotYet = both("not yet", "pas encore")

// wentWrong is what the fail-if prints when it applies.
func (e examination) wentWrong(ctx context.Context, failIf string) sandbox.Text {
	if strings.TrimSpace(failIf) == "" {
		return NotYet
	}
	o, err := e.lab.Exec(ctx, failIf, e.env)
	if said := plain(strings.TrimSpace(o.Output)); err == nil && o.Exit == 0 && said != "" {
		return sandbox.Text{EN: said, FR: said}
	}
	return NotYet
}

// unwell says that, why, and what to do.
func unwell(why sandbox.Text) sandbox.Text {
	return sandbox.Text{
		EN: fmt.Sprintf("the machine is not well: %s; r for a fresh one", why.EN),
		FR: fmt.Sprintf("la machine ne va pas bien\u00a0: %s\u00a0; r pour en avoir une neuve", why.FR),
	}
}

// observed cuts the lines "source: PATH" out of what a check printed.
func observed(output string) (string, sandbox.Text) {
	var lines, sources []string
	for _, line := range strings.Split(plain(output), "\n") {
		if path, ok := strings.CutPrefix(line, "source:"); ok {
			sources = append(sources, strings.TrimSpace(path))
			continue
		}
		lines = append(lines, line)
	}
	where := strings.Join(sources, ", ")
	return plain(strings.Join(lines, "\n")), sandbox.Text{EN: where, FR: where}
}

// cutMissing finds the program that a check looked for in vain.
func cutMissing(output string) (program string, ok bool) {
	_, after, ok := strings.Cut(output, missingMark)
	program, _, _ = strings.Cut(after, "\n")
	return program, ok
}
