package play

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"cloison/lessons"
	"cloison/sandbox"
)

// block is a run block that must exit 0 within a second.
func block(command string) lessons.Block {
	return lessons.Block{Kind: lessons.Run, ID: "it", Run: &lessons.RunBlock{Command: command, Shell: "a", Timeout: time.Second}}
}

// started is a player of l whose shells answer as told.
func started(t *testing.T, l *lessons.Lesson, vars map[string]string, shells ...*fakeShell) (*Player, *fakeLab) {
	t.Helper()
	lab := &fakeLab{shells: shells}
	p := New(l, &fakeMachine{lab: lab}, vars, sandbox.French)
	if err := p.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return p, lab
}

func mustPlay(t *testing.T, p *Player, b lessons.Block) Verdict {
	t.Helper()
	v, err := p.Play(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestLessonFromStartToClose(t *testing.T) {
	files := fstest.MapFS{}
	l := &lessons.Lesson{ID: "free", Needs: []string{"docker"}, Files: files, Setup: "mk {{LIMIT}}\n", Cleanup: "rm {{LIMIT}}\n"}
	m := &fakeMachine{lab: &fakeLab{}}
	vars := map[string]string{"LIMIT": "32M"}
	p := New(l, m, vars, sandbox.French)
	if err := p.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if o := m.options; o.Lesson != "free" || o.Files == nil || !maps.Equal(o.Env, map[string]string{"LIMIT": vars["LIMIT"], LangVariable: "fr"}) || !o.Shared {
		t.Errorf("the lab was opened with %+v", o)
	}
	if p.Lab() != sandbox.Lab(m.lab) {
		t.Error("Lab is not the lab that was opened")
	}
	if err := p.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if want := []string{"mk 32M\n", "rm 32M\n"}; !slices.Equal(m.lab.scripts, want) {
		t.Errorf("scripts %q, want %q", m.lab.scripts, want)
	}
	if err := p.Close(t.Context()); err != nil || m.lab.closed != 1 || p.Lab() != nil {
		t.Errorf("closed %d times, %v", m.lab.closed, err)
	}
}

func TestSetupThatFails(t *testing.T) {
	lab := &fakeLab{exec: sandbox.Outcome{Exit: 4, Output: "no space left\n"}}
	p := New(&lessons.Lesson{ID: "free", Setup: "mk"}, &fakeMachine{lab: lab}, nil, sandbox.French)
	err := p.Start(t.Context())
	if err == nil || err.Error() != "run the setup of lesson free: exit status 4\nno space left" {
		t.Errorf("got %v", err)
	}
	if lab.closed != 1 || p.Lab() != nil {
		t.Error("the lab stays open")
	}
	if _, err := p.Play(t.Context(), block("true")); err == nil {
		t.Error("a lesson that has not started plays blocks")
	}
}

func TestCleanupThatFailsStillClosesTheLab(t *testing.T) {
	p, lab := started(t, &lessons.Lesson{ID: "free", Cleanup: "rm"}, nil)
	lab.exec.Exit = 1
	if err := p.Close(t.Context()); err == nil || lab.closed != 1 {
		t.Errorf("error %v, closed %d times", err, lab.closed)
	}
}

func TestMachineThatRefuses(t *testing.T) {
	refuses := errors.New("no more memory")
	p := New(&lessons.Lesson{ID: "free"}, &fakeMachine{refuses: refuses}, nil, sandbox.French)
	if err := p.Start(t.Context()); !errors.Is(err, refuses) || !strings.HasPrefix(err.Error(), "open a lab for lesson free: ") {
		t.Errorf("got %v", err)
	}
}

func TestPlayFillsVariables(t *testing.T) {
	sh := newFakeShell(map[string]answer{"echo 1.5": {outcome: sandbox.Outcome{Output: "1.5\n"}}, "echo 1x5": {}})
	p, _ := started(t, &lessons.Lesson{ID: "l"}, map[string]string{"N": "1.5"}, sh)
	b := block("echo {{N}}")
	b.Run.Expect = []string{"^{{N}}$"}
	v := mustPlay(t, p, b)
	if v.Status != Passed || v.Lesson != "l" || v.Block != "it" || v.Expected[1].EN != `the output matches /^1\.5$/` {
		t.Errorf("got %+v", v)
	}
	if b.Run.Expect[0] != "^{{N}}$" {
		t.Error("the lesson itself was changed")
	}
}

func TestShellIsOpenedOnce(t *testing.T) {
	p, lab := started(t, &lessons.Lesson{}, nil)
	first, err := p.Shell(t.Context(), "b", 100, 30)
	if err != nil {
		t.Fatal(err)
	}
	again, err := p.Shell(t.Context(), "b", 1, 1)
	if err != nil || again != first {
		t.Errorf("a second shell for the same name (%v)", err)
	}
	mustPlay(t, p, block("true")) // in terminal a, which the player opens and drains
	want := []sandbox.ShellOptions{{Name: "b", Cols: 100, Rows: 30}, {Name: "a"}}
	if !slices.Equal(lab.opened, want) {
		t.Errorf("opened %v, want %v", lab.opened, want)
	}
}

func TestPlayLeavesAShownTerminalToItsReader(t *testing.T) {
	p, _ := started(t, &lessons.Lesson{}, nil, newFakeShell(map[string]answer{"ls": {outcome: sandbox.Outcome{Output: "files"}}}))
	sh, err := p.Shell(t.Context(), "a", 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	seen := make(chan string, 1)
	go func() { seen <- string(<-sh.Output()) }()
	mustPlay(t, p, block("ls"))
	if got := <-seen; got != "files" {
		t.Errorf("the reader saw %q", got)
	}
}

func TestTimeoutGivesTheShellBack(t *testing.T) {
	sh := newFakeShell(map[string]answer{
		"sleep 99": {outcome: sandbox.Outcome{Output: "dozing"}, hangs: true},
		"echo hi":  {outcome: sandbox.Outcome{Output: "hi"}},
	})
	sh.busyFor = 3 // the Ctrl-C takes its time
	p, _ := started(t, &lessons.Lesson{}, nil, sh)
	b := block("sleep 99")
	b.Run.Timeout = 10 * time.Millisecond
	v := mustPlay(t, p, b)
	if v.Status != Failed || v.Observed != "dozing" || v.Reason.EN != "no prompt came back within 10ms" {
		t.Errorf("got %+v", v)
	}
	if sh.written != "\x03" {
		t.Errorf("written to the terminal: %q, want a Ctrl-C", sh.written)
	}
	if v := mustPlay(t, p, block("echo hi")); v.Status != Passed || v.Observed != "hi" {
		t.Errorf("the next block: %+v", v)
	}
}

func TestCancelIsNoVerdict(t *testing.T) {
	sh := newFakeShell(map[string]answer{"sleep 99": {hangs: true}})
	p, _ := started(t, &lessons.Lesson{}, nil, sh)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Play(ctx, block("sleep 99")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if sh.written != "" {
		t.Errorf("written to the terminal: %q", sh.written)
	}
}

func TestUntil(t *testing.T) {
	sh := newFakeShell(map[string]answer{
		"sh":     {outcome: sandbox.Outcome{Output: "BusyBox\n# "}, hangs: true},
		"sh -x!": {outcome: sandbox.Outcome{Output: "sh: no", Exit: 2}},
	})
	p, _ := started(t, &lessons.Lesson{}, map[string]string{"P": "#"}, sh)
	b := block("sh")
	b.Run.Until = "{{P}} $"
	if v := mustPlay(t, p, b); v.Status != Passed || v.Source.EN != "terminal a" {
		t.Errorf("got %+v", v)
	}
	b.Run.Command = "sh -x!"
	if v := mustPlay(t, p, b); v.Status != Failed || v.Observed != "sh: no" {
		t.Errorf("got %+v", v)
	}
}

func TestEndedShellIsOpenedAgain(t *testing.T) {
	sh := newFakeShell(map[string]answer{"exit": {err: sandbox.ErrEnded}})
	p, lab := started(t, &lessons.Lesson{}, nil, sh)
	if v := mustPlay(t, p, block("exit")); v.Status != Failed || !strings.Contains(v.Reason.EN, "has ended") {
		t.Errorf("got %+v", v)
	}
	if v := mustPlay(t, p, block("true")); v.Status != Passed || len(lab.opened) != 2 {
		t.Errorf("the next block: %+v, %d shells", v, len(lab.opened))
	}
}

func TestBusyTerminalIsAVerdictAtOnce(t *testing.T) {
	sh := newFakeShell(map[string]answer{"ls": {err: sandbox.ErrBusy}})
	p, _ := started(t, &lessons.Lesson{}, nil, sh)
	if v := mustPlay(t, p, block("ls")); v.Status != Failed || len(sh.commands) != 1 {
		t.Errorf("got %+v after %d attempts", v, len(sh.commands))
	}
}

func TestBlockThatNeedsMore(t *testing.T) {
	lack := sandbox.Lack{Why: sandbox.Text{EN: "no AppArmor", FR: "pas d’AppArmor"}}
	lab := &fakeLab{}
	p := New(&lessons.Lesson{ID: "l"}, &fakeMachine{lab: lab, about: sandbox.About{Lacks: map[string]sandbox.Lack{"apparmor": lack}}}, nil, sandbox.French)
	if err := p.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	b := block("aa-status")
	b.Run.Needs = []string{"root", "apparmor"}
	if v := mustPlay(t, p, b); v.Status != Skipped || v.Reason != lack.Why || len(lab.opened) != 0 {
		t.Errorf("got %+v", v)
	}
}

func TestOnlyRunBlocksPlay(t *testing.T) {
	p, _ := started(t, &lessons.Lesson{}, nil)
	if _, err := p.Play(t.Context(), lessons.Block{Kind: lessons.Quiz, ID: "q"}); err == nil {
		t.Error("a quiz was played")
	}
}

func TestMissing(t *testing.T) {
	lack := sandbox.Lack{Why: sandbox.Text{EN: "no"}}
	about := sandbox.About{Lacks: map[string]sandbox.Lack{"cgroup2": lack, "net": {}}}
	need, got, ok := Missing(&lessons.Lesson{Needs: []string{"root", "cgroup2", "net"}}, about)
	if need != "cgroup2" || got != lack || !ok {
		t.Errorf("got %q, %v, %t", need, got, ok)
	}
	if need, _, ok := Missing(&lessons.Lesson{Needs: []string{"root"}}, about); ok {
		t.Errorf("%s is said to be missing", need)
	}
}

// TestMissingForTheLab is about who has no user namespaces: only root, and a
// lesson without a lab of its own, can do without.
func TestMissingForTheLab(t *testing.T) {
	lacks := map[string]sandbox.Lack{"userns": {Why: sandbox.Text{EN: "no"}}}
	for name, c := range map[string]struct {
		root  bool
		needs []string
		want  string
	}{
		"an ordinary user":              {false, []string{"busybox"}, "userns"},
		"root":                          {true, []string{"busybox"}, ""},
		"root, where it is the subject": {true, []string{"userns"}, "userns"},
		"a lab shared with Docker":      {false, []string{"docker"}, ""},
	} {
		lesson := &lessons.Lesson{Needs: c.needs}
		if need, _, _ := Missing(lesson, sandbox.About{Root: c.root, Lacks: lacks}); need != c.want {
			t.Errorf("%s: %q is said to be missing, want %q", name, need, c.want)
		}
		if len(lesson.Needs) != 1 {
			t.Errorf("%s: the lesson's own needs became %v", name, lesson.Needs)
		}
	}
}

func TestPick(t *testing.T) {
	vars := []lessons.Var{{Name: "A", Values: []string{"1", "2", "3"}}, {Name: "B", Values: []string{"x"}}, {Name: "C"}}
	seen := map[string]bool{}
	for seed := range uint64(50) {
		picked := Pick(vars, seed)
		if !maps.Equal(picked, Pick(vars, seed)) {
			t.Errorf("seed %d picks differently the second time", seed)
		}
		if len(picked) != 2 || picked["B"] != "x" {
			t.Errorf("seed %d picks %v", seed, picked)
		}
		seen[picked["A"]] = true
	}
	if len(seen) != 3 {
		t.Errorf("fifty seeds pick only %v", seen)
	}
}

// TestLimitsKeepTheMachinesPace: a block that would be too slow for a computer
// of today is in time on an emulated machine.
func TestLimitsKeepTheMachinesPace(t *testing.T) {
	about := sandbox.About{Pace: 6}
	if got := about.Within(10 * time.Second); got != time.Minute {
		t.Errorf("10 s become %s", got)
	}
	if got := (sandbox.About{}).Within(10 * time.Second); got != 10*time.Second {
		t.Errorf("without a pace 10 s become %s", got)
	}
	lesson := &lessons.Lesson{ID: "pace"}
	slow := New(lesson, &fakeMachine{about: about}, nil, sandbox.English)
	if got := slow.filled(lessons.RunBlock{Timeout: lessons.DefaultTimeout}).Timeout; got != 6*lessons.DefaultTimeout {
		t.Errorf("a block gets %s", got)
	}
}
