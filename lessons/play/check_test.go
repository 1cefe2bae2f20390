package play

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"cloison/lessons"
	"cloison/sandbox"
)

// taskLesson has one task, whose scripts say which they are.
var taskLesson = &lessons.Lesson{
	ID: "l",
	Tasks: map[string]lessons.TaskCheck{
		"t": {Check: "check {{N}}", Solve: "for i in 1\ndo touch {{N}}\ndone\nls {{N}}\n", FailIf: "fail-if {{N}}"},
	},
	Blocks: map[lessons.Lang][]lessons.Block{
		lessons.English: {{Kind: lessons.Task, ID: "t", Expected: "a file {{N}}"}},
		lessons.French:  {{Kind: lessons.Task, ID: "t", Expected: "un fichier {{N}}"}},
	},
}

var taskBlock = lessons.Block{Kind: lessons.Task, ID: "t"}

// reply is how a fake lab ends a script.
type reply struct {
	exit   int
	output string
	err    error
	hangs  bool
}

func (r reply) end(ctx context.Context) (sandbox.Outcome, error) {
	if r.hangs {
		<-ctx.Done()
		return sandbox.Outcome{Output: r.output}, ctx.Err()
	}
	return sandbox.Outcome{Exit: r.exit, Output: r.output}, r.err
}

// tasked is a player of taskLesson on a lab that answers probe, check and fail-if.
func tasked(t *testing.T, probed, checked, failed reply, shells ...*fakeShell) (*Player, *fakeLab) {
	t.Helper()
	p, lab := started(t, taskLesson, map[string]string{"N": "7"}, shells...)
	lab.script = func(ctx context.Context, script string, env []string) (sandbox.Outcome, error) {
		if !slices.Contains(env, "CLOISON_SHELL_PID=42") {
			t.Errorf("%q is not told the shell: %q", script, env)
		}
		switch {
		case script == probe:
			return probed.end(ctx)
		case strings.HasSuffix(script, "\ncheck 7"):
			return checked.end(ctx)
		case script == "fail-if 7":
			return failed.end(ctx)
		}
		t.Errorf("what script is %q?", script)
		return sandbox.Outcome{}, nil
	}
	return p, lab
}

func TestCheck(t *testing.T) {
	well := reply{output: "well\n"}
	broken := errors.New("the lab is closed")
	for name, test := range map[string]struct {
		probe, check, failIf   reply
		want                   Status
		reason, observed, from string
	}{
		"passed":                   {well, reply{output: "it is\nsource: /proc/7/ns/pid\nthere\n"}, reply{}, Passed, "", "it is\nthere", "/proc/7/ns/pid"},
		"two sources":              {well, reply{output: "source: /a\nsource: /b\n"}, reply{}, Passed, "", "", "/a, /b"},
		"not yet":                  {well, reply{exit: 1, output: "nothing"}, reply{exit: 1, output: "no"}, Failed, "not yet", "nothing", ""},
		"a fail-if that is silent": {well, reply{exit: 1}, reply{}, Failed, "not yet", "", ""},
		"went wrong":               {well, reply{exit: 1}, reply{output: "the wrong one\n"}, Failed, "the wrong one", "", ""},
		"no shell":                 {reply{exit: noShell}, reply{}, reply{}, Unwell, "the machine is not well: the terminal’s shell has ended; r for a fresh one", "", ""},
		"no programs":              {reply{exit: 1}, reply{}, reply{}, Unwell, "the machine is not well: programs don’t run any more; r for a fresh one", "", ""},
		"another bash":             {reply{}, reply{}, reply{}, Unwell, "the machine is not well: programs don’t run any more; r for a fresh one", "", ""},
		"no lab":                   {reply{err: broken}, reply{}, reply{}, Unwell, "the machine is not well: a check can’t be run: the lab is closed; r for a fresh one", "", ""},
		"no lab any more":          {well, reply{err: broken}, reply{}, Unwell, "the machine is not well: a check can’t be run: the lab is closed; r for a fresh one", "", ""},
		"no /proc, passed":         {reply{exit: blind, output: "well\n"}, reply{}, reply{}, Unwell, "the machine is not well: /proc doesn’t show its processes; r for a fresh one", "", ""},
		"no /proc, failed":         {reply{exit: blind, output: "well\n"}, reply{exit: 1}, reply{output: "umount /proc"}, Failed, "umount /proc", "", ""},
		"a tool is missing":        {well, reply{output: missingMark + "grep\n"}, reply{}, Unwell, "the machine is not well: it has no grep; r for a fresh one", "cloison: this machine has no grep", ""},
	} {
		t.Run(name, func(t *testing.T) {
			p, _ := tasked(t, test.probe, test.check, test.failIf)
			v, err := p.Check(t.Context(), taskBlock)
			if err != nil {
				t.Fatal(err)
			}
			if v.Status != test.want || v.Reason.EN != test.reason || v.Observed != test.observed || v.Source.EN != test.from {
				t.Errorf("got %+v", v)
			}
			if want := (sandbox.Text{EN: "a file 7", FR: "un fichier 7"}); v.Lesson != "l" || v.Block != "t" || v.Expected[0] != want {
				t.Errorf("got %+v", v)
			}
			if v.Status == Unwell && (v.Reason.FR == v.Reason.EN || !strings.Contains(v.Reason.FR, "r pour en avoir une neuve")) {
				t.Errorf("in French: %q", v.Reason.FR)
			}
		})
	}
}

func TestCheckIsCancelled(t *testing.T) {
	p, _ := tasked(t, reply{output: "well"}, reply{hangs: true}, reply{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Check(ctx, taskBlock); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestCheckThatTakesTooLong(t *testing.T) {
	probes := 0
	for name, test := range map[string]struct {
		second reply
		want   Status
	}{
		"a slow check":                {reply{output: "well"}, Failed},
		"a machine that stands still": {reply{err: errors.New("no")}, Unwell},
	} {
		t.Run(name, func(t *testing.T) {
			e := examination{within: sandbox.About{}.Within, lab: &fakeLab{script: func(ctx context.Context, script string, _ []string) (sandbox.Outcome, error) {
				if script == probe {
					probes++
					if probes%2 == 0 {
						return test.second.end(ctx)
					}
					return sandbox.Outcome{Output: "well"}, nil
				}
				return sandbox.Outcome{}, context.DeadlineExceeded
			}}}
			var v Verdict
			e.examine(t.Context(), lessons.TaskCheck{Check: "check"}, &v)
			if v.Status != test.want {
				t.Errorf("got %+v", v)
			}
		})
	}
}

func TestCheckWhatIsNoTask(t *testing.T) {
	p, lab := tasked(t, reply{}, reply{}, reply{})
	for _, b := range []lessons.Block{block("true"), {Kind: lessons.Task, ID: "other"}} {
		if _, err := p.Check(t.Context(), b); err == nil {
			t.Errorf("%s was checked", b.ID)
		}
		if _, err := p.Solve(t.Context(), b); err == nil {
			t.Errorf("%s was solved", b.ID)
		}
	}
	if len(lab.opened) != 0 {
		t.Error("a terminal was opened")
	}
}

func TestCheckWhatTheMachineLacks(t *testing.T) {
	lack := sandbox.Lack{Why: sandbox.Text{EN: "no AppArmor"}}
	p := New(taskLesson, &fakeMachine{lab: &fakeLab{}, about: sandbox.About{Lacks: map[string]sandbox.Lack{"apparmor": lack}}}, nil, sandbox.English)
	b := taskBlock
	b.Needs = []string{"apparmor"}
	if v, err := p.Check(t.Context(), b); err != nil || v.Status != Skipped || v.Reason != lack.Why {
		t.Errorf("got %+v, %v", v, err)
	}
}

// TestSolve has a solution of two commands, the first of them over three
// lines, in a terminal of its own.
func TestSolve(t *testing.T) {
	unfinished := answer{err: sandbox.ErrUnfinished}
	sh := newFakeShell(map[string]answer{
		"for i in 1":                   unfinished,
		"for i in 1\ndo touch 7":       unfinished,
		"for i in 1\ndo touch 7\ndone": {},
		"ls 7":                         {outcome: sandbox.Outcome{Output: "7\n", Exit: 2}},
	})
	p, lab := tasked(t, reply{}, reply{}, reply{}, sh)
	b := taskBlock
	b.Shell = "b"
	if want := "for i in 1\ndo touch 7\ndone\nls 7"; p.Solution(b) != want {
		t.Errorf("the solution is %q", p.Solution(b))
	}
	v, err := p.Solve(t.Context(), b)
	if err != nil || v.Status != Passed || v.Observed != "7" || v.Block != "t" {
		t.Errorf("got %+v, %v", v, err)
	}
	if lab.opened[0].Name != "b" || len(sh.commands) != 4 || sh.commands[3] != "ls 7" {
		t.Errorf("typed %q into %v", sh.commands, lab.opened)
	}
}

func TestSolveWithoutAPrompt(t *testing.T) {
	sh := newFakeShell(map[string]answer{"for i in 1": {err: sandbox.ErrBusy}})
	p, _ := tasked(t, reply{}, reply{}, reply{}, sh)
	if v, err := p.Solve(t.Context(), taskBlock); err != nil || v.Status != Failed || !strings.Contains(v.Reason.EN, "terminal a") {
		t.Errorf("got %+v, %v", v, err)
	}
}

func TestAnswer(t *testing.T) {
	quiz := func(right ...bool) lessons.Block {
		q := &lessons.QuizBlock{}
		for i, r := range right {
			q.Choices = append(q.Choices, lessons.Choice{Text: string(rune('a' + i)), Right: r})
		}
		return lessons.Block{Kind: lessons.Quiz, ID: "q", Quiz: q}
	}
	one, two := quiz(false, true, false), quiz(true, false, true)
	for name, test := range map[string]struct {
		b      lessons.Block
		chosen []int
		want   Status
		reason string
	}{
		"right":               {one, []int{1}, Passed, ""},
		"wrong":               {one, []int{0}, Failed, "that is not it"},
		"right and wrong":     {one, []int{0, 1}, Failed, "that is not it"},
		"nothing":             {one, nil, Failed, "nothing was chosen"},
		"no such choice":      {one, []int{7}, Failed, "nothing was chosen"},
		"both":                {two, []int{2, 0}, Passed, ""},
		"one of two":          {two, []int{2}, Failed, "right so far, but something is missing"},
		"one of two, and not": {two, []int{2, 1}, Failed, "not quite"},
		"everything":          {two, []int{0, 1, 2}, Failed, "not quite"},
		"no quiz":             {block("true"), nil, Failed, "this block asks nothing"},
	} {
		v := Answer(test.b, test.chosen)
		if v.Status != test.want || v.Reason.EN != test.reason {
			t.Errorf("%s: got %+v", name, v)
		}
	}
	if v := Answer(two, []int{2, 0}); v.Observed != "a\nc" || v.Block != "q" {
		t.Errorf("got %+v", v)
	}
}
