//go:build linux

package runtime

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"cloison/sandbox"
	"cloison/sandbox/capability"
	"cloison/sandbox/inspect"
)

// recorder is a watcher that answers from a list, the last answer for ever.
type recorder struct {
	answers []Answer
	pauses  []Pause
	changes map[string][]inspect.Change // by the call before them
	errs    []error
	look    func(Pause) // at each pause
}

func (r *recorder) Before(p Pause) Answer {
	r.pauses = append(r.pauses, p)
	if r.look != nil {
		r.look(p)
	}
	answer := r.answers[0]
	if len(r.answers) > 1 {
		r.answers = r.answers[1:]
	}
	return answer
}

func (r *recorder) After(p Pause, o Outcome) {
	if r.changes == nil {
		r.changes = map[string][]inspect.Change{}
	}
	r.changes[p.Action.Call] = o.Changes
	if o.Err != nil && !o.Passed {
		r.errs = append(r.errs, o.Err)
	}
}

// after finds the changes that a call made; prefix is how the call begins.
func (r *recorder) after(t *testing.T, prefix string) []inspect.Change {
	t.Helper()
	for call, list := range r.changes {
		if strings.HasPrefix(call, prefix) {
			return list
		}
	}
	t.Fatalf("no call begins with %s", prefix)
	return nil
}

func planFor(t *testing.T, spec sandbox.Spec) *Plan {
	t.Helper()
	s, err := Look(spec)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := New(spec, s)
	if err != nil {
		t.Skip(err)
	}
	return plan
}

func has(list []inspect.Change, what string) bool {
	return slices.ContainsFunc(list, func(c inspect.Change) bool { return c.What == what && c.Before != c.After })
}

func TestStepperTellsWhatChanged(t *testing.T) {
	needRoot(t)
	spec := sandbox.Spec{Args: []string{"sleep", "0.3"}, NoNewPrivileges: true, User: "1000:1000"}
	plan := planFor(t, spec)
	r := &recorder{answers: []Answer{Next}}
	if code, err := plan.Run(NewStepper(plan, r)); code != 0 || err != nil {
		t.Fatalf("exit code %d, %v", code, err)
	}
	if len(r.pauses) != len(plan.Actions()) || r.pauses[0].N != 1 || r.pauses[0].Of != len(r.pauses) {
		t.Errorf("%d pauses, the first %+v; want %d", len(r.pauses), r.pauses[0], len(plan.Actions()))
	}
	for prefix, what := range map[string]string{
		"clone":                     "namespaces.pid",
		"unshare(CLONE_NEWCGROUP)":  "namespaces.cgroup",
		"prctl(PR_CAPBSET_DROP, n)": "capabilities.bounding",
		"setgroups":                 "uids",
		"prctl(PR_SET_NO_NEW_PRIVS": "no_new_privs",
		"seccomp":                   "seccomp.mode",
		"execve":                    "command",
	} {
		if list := r.after(t, prefix); !has(list, what) {
			t.Errorf("after %s: changes %v, want one of %s", prefix, list, what)
		}
	}
	if list := r.after(t, "umask"); len(list) != 0 {
		t.Errorf("umask changed %v", list)
	}
}

// TestStepperStandsStill looks at the process while it waits: a call is not
// made before the answer.
func TestStepperStandsStill(t *testing.T) {
	needRoot(t)
	plan := planFor(t, shell("true"))
	reader := inspect.New(os.DirFS("/"))
	own, err := reader.Read(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	var seen []sandbox.CapSet // the bounding set before the drops, and after
	r := &recorder{answers: []Answer{Next}}
	r.look = func(p Pause) {
		drops := strings.HasPrefix(p.Action.Call, "prctl(PR_CAPBSET_DROP")
		if f, err := reader.Read(p.PID); err == nil && (drops || len(seen) == 1) {
			seen = append(seen, f.Capabilities.Bounding)
		}
	}
	if _, err := plan.Run(NewStepper(plan, r)); err != nil {
		t.Fatal(err)
	}
	if want := []sandbox.CapSet{own.Capabilities.Bounding, capability.DockerDefault}; !slices.Equal(seen, want) {
		t.Errorf("bounding sets before and after the drops %x, want %x", seen, want)
	}
}

func TestStepperWaitsForNobodyWhileTheProgramRuns(t *testing.T) {
	plan := planFor(t, shell("exit 3"))
	r := &recorder{answers: []Answer{Next}}
	code, err := plan.Run(NewStepper(plan, r))
	if code != 3 || err != nil {
		t.Fatalf("exit code %d, %v", code, err)
	}
	for _, p := range r.pauses {
		if free := p.Action.Call == "waitpid($PID)"; p.Free != free {
			t.Errorf("%s: free %v", p.Action.Call, p.Free)
		}
	}
}

func TestStepperRunsToTheEnd(t *testing.T) {
	plan := planFor(t, shell("exit 4"))
	r := &recorder{answers: []Answer{Next, Next, Finish, Leave}}
	if code, err := plan.Run(NewStepper(plan, r)); code != 4 || err != nil {
		t.Fatalf("exit code %d, %v", code, err)
	}
	if len(r.pauses) != len(plan.Actions()) || r.pauses[2].Free || !r.pauses[3].Free {
		t.Errorf("pauses %+v", r.pauses)
	}
}

// TestStepperLeavesAnywhere leaves before every action in turn: nothing may be
// left behind.
func TestStepperLeavesAnywhere(t *testing.T) {
	spec := shell("true")
	for n := range len(planFor(t, spec).Actions()) {
		plan := planFor(t, spec)
		answers := slices.Repeat([]Answer{Next}, n)
		r := &recorder{answers: append(answers, Leave)}
		pid := 0
		r.look = func(p Pause) { pid = max(pid, p.PID) }
		code, err := plan.Run(NewStepper(plan, r))
		free := r.pauses[len(r.pauses)-1].Free
		if !errors.Is(err, ErrLeft) && plan.Actions()[n].Call != "waitpid($PID)" || err != nil && code != 125 || free {
			t.Errorf("left before %s: exit code %d, %v", plan.Actions()[n].Call, code, err)
		}
		if pid != 0 && alive(pid) {
			t.Errorf("left before %s: process %d lives", plan.Actions()[n].Call, pid)
		}
		if left := groupsOf(t, os.Getpid()); len(left) != 0 {
			t.Errorf("left before %s: cgroups are left: %v", plan.Actions()[n].Call, left)
		}
	}
}

// TestStepperJoins steps through exec, whose process changes at a fork.
func TestStepperJoins(t *testing.T) {
	needRoot(t)
	_, inside := startSleeper(t, false)
	target, err := Find(inside, false)
	if err != nil {
		t.Fatal(err)
	}
	defer target.Close()
	plan, err := NewJoin(target, shell("exit 6"))
	if err != nil {
		t.Fatal(err)
	}
	r := &recorder{answers: []Answer{Next}}
	if code, err := plan.Run(NewStepper(plan, r)); code != 6 || err != nil {
		t.Fatalf("exit code %d, %v", code, err)
	}
	if list := r.after(t, fmt.Sprintf(`setns(open("/proc/%d/ns/uts")`, inside)); !has(list, "namespaces.uts") {
		t.Errorf("after joining the UTS namespace: changes %v", list)
	}
	if list := r.after(t, "clone(SIGCHLD|CLONE_PARENT"); !has(list, "inner_pids") || !has(list, "namespaces.pid") {
		t.Errorf("after the fork: changes %v", list)
	}
}

// typed gives the keys of a text.
type typed struct{ *strings.Reader }

func (k typed) Key(prompt func()) (byte, error) {
	prompt()
	return k.ReadByte()
}

func TestLineTeller(t *testing.T) {
	for keys, want := range map[string]struct {
		answer Answer
		left   int // of the keys
	}{
		"\r": {Next, 0}, "\nx": {Next, 1}, "xx\n": {Next, 0}, "c": {Finish, 0}, "q": {Leave, 0}, "\x03": {Leave, 0}, "": {Leave, 0},
	} {
		var told bytes.Buffer
		in := typed{strings.NewReader(keys)}
		p := Pause{N: 2, Of: 9, Action: sandbox.Action{Process: sandbox.Child, Call: "umask(022)", Why: sandbox.Text{EN: "why"}, Shell: "umask 022"}}
		if got := NewLineTeller(&told, sandbox.English, in).Before(p); got != want.answer || in.Len() != want.left {
			t.Errorf("%q: answer %d, %d keys left; want %v", keys, got, in.Len(), want)
		}
		if want := "  2 child   umask(022)\n            why\n            $ umask 022\n            [2 of 9: Enter does it, c all the rest, q leaves] \n"; told.String() != want {
			t.Errorf("told %q, want %q", told.String(), want)
		}
		told.Reset()
		p.Free = true
		if NewLineTeller(&told, sandbox.English, typed{strings.NewReader("q")}).Before(p) != Next || strings.Contains(told.String(), "[") {
			t.Errorf("waited although free: %s", told.String())
		}
	}
}

func TestSpell(t *testing.T) {
	for want, c := range map[string]inspect.Change{
		"uids  0 0 0 0 → 1 1 1 1":                  {What: "uids", Before: "0 0 0 0", After: "1 1 1 1"},
		"lsm  ∅ → docker-default":                  {What: "lsm", After: "docker-default"},
		"capabilities.effective  − CAP_A  + CAP_C": {What: "capabilities.effective", Before: "CAP_A CAP_B", After: "CAP_B CAP_C"},
		"capabilities.bounding  − a b c d … (7)":   {What: "capabilities.bounding", Before: "a b c d e f g"},
	} {
		if got := spell(c); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	var told bytes.Buffer
	NewLineTeller(&told, sandbox.French, typed{}).After(Pause{}, Outcome{Err: io.ErrUnexpectedEOF, Changes: []inspect.Change{{What: "lsm"}}})
	if !strings.Contains(told.String(), "refusé") || !strings.Contains(told.String(), "~ lsm") {
		t.Errorf("told %q", told.String())
	}
}
