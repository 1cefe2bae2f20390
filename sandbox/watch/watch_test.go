package watch

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"slices"
	"testing"
	"testing/fstest"
	"time"
)

// stepped is a watcher that a test steps by hand, and what it has called.
type stepped struct {
	*watcher
	t       *testing.T
	proc    recorded
	usage   *fstest.MapFile
	now     time.Time
	members []int
	ran     []int
	calls   int
}

func newStepped(t *testing.T, withUsage bool) *stepped {
	s := &stepped{t: t, proc: newRecorded(), now: time.Unix(1000, 0), usage: &fstest.MapFile{Data: []byte("usage_usec 1\nuser_usec 1\n"), Mode: 0o444}}
	s.watcher = &watcher{family: New(s.proc, 10), usage: newUsage(fstest.MapFS{"cpu.stat": s.usage}, "cpu.stat")}
	if !withUsage {
		s.watcher.usage = newUsage(fstest.MapFS{}, "")
	}
	t.Cleanup(s.close)
	return s
}

// after steps once, after that time, and says whether there was something to see.
func (s *stepped) after(d time.Duration) bool {
	s.t.Helper()
	s.now = s.now.Add(d)
	calls := s.calls
	_, err := s.step(func(members, ran []int) error {
		s.calls++
		s.members, s.ran = members, ran
		return nil
	}, s.now)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.calls > calls
}

func TestTheFirstStepShowsEverybody(t *testing.T) {
	s := newStepped(t, true)
	if !s.after(0) || !slices.Equal(s.members, []int{11, 12, 13}) || !slices.Equal(s.ran, s.members) {
		t.Errorf("members %v, ran %v", s.members, s.ran)
	}
}

func TestThereMayBeSomethingToSeeWithoutAnybodysRunning(t *testing.T) {
	s := newStepped(t, true)
	s.after(0)
	due := true
	s.due = func() bool { return due }
	if !s.after(Pace) || len(s.ran) > 0 {
		t.Errorf("something is due; ran %v", s.ran)
	}
	if due = false; s.after(Pace) {
		t.Error("nothing is due, and nobody has run")
	}
}

func TestNobodyIsAskedWhileTheCgroupHasNotRun(t *testing.T) {
	s := newStepped(t, true)
	s.after(0)
	s.proc.process(12, "6", "")
	if s.after(Pace) {
		t.Error("the cgroup's usage has not changed, and yet there was something to see")
	}
	s.usage.Data = []byte("usage_usec 2\nuser_usec 1\n")
	if !s.after(Pace) || !slices.Equal(s.ran, []int{12}) {
		t.Errorf("ran %v, want 12", s.ran)
	}
}

func TestWithoutUsageEverybodyIsAsked(t *testing.T) {
	s := newStepped(t, false)
	s.after(0)
	if s.after(Pace) {
		t.Error("nobody has run, and yet there was something to see")
	}
	s.proc.process(12, "6", "")
	if !s.after(Pace) || !slices.Equal(s.ran, []int{12}) {
		t.Errorf("ran %v, want 12", s.ran)
	}
}

func TestWhoIsOutsideTheCgroupIsAsked(t *testing.T) {
	s := newStepped(t, true)
	s.family.outside = func(pid int) bool { return pid == 13 }
	s.after(0)
	s.proc.process(13, "6", "")
	if !s.after(Pace) || !slices.Equal(s.ran, []int{13}) {
		t.Errorf("ran %v, want 13", s.ran)
	}
}

// Limits and id maps may be written by others; and others reap our dead.
func TestOnceInAWhileItLooksAnyway(t *testing.T) {
	s := newStepped(t, true)
	s.after(0)
	if s.after(anyway/2) || !s.after(anyway/2) || len(s.ran) > 0 {
		t.Errorf("after %v: %d calls, ran %v", anyway, s.calls, s.ran)
	}
	s.proc.end(11, 11)
	s.proc.process(10, "5", "12 13 ")
	for gone := time.Duration(0); gone < everybody; gone += anyway {
		s.after(anyway)
	}
	if !slices.Equal(s.members, []int{12, 13}) {
		t.Errorf("members %v: who was reaped by another is still there", s.members)
	}
}

// Nobody in the cgroup need run when a daemon starts a container.
func TestGuestsAreLookedForOnceASecond(t *testing.T) {
	s := newStepped(t, true)
	var guests []int
	s.family.guests = func() []int { return guests }
	s.after(0)
	s.proc.process(50, "1", "")
	guests = []int{50}
	if s.after(anyway/2) || !s.after(anyway/2) || !slices.Contains(s.members, 50) {
		t.Errorf("after %v: members %v", anyway, s.members)
	}
}

func TestAPaceForEveryOccasion(t *testing.T) {
	s := newStepped(t, true)
	s.after(0)
	if got := s.pace(s.now, true); got != livelyPace {
		t.Errorf("just after a change: %v", got)
	}
	if got := s.pace(s.now.Add(lively), true); got != Pace {
		t.Errorf("later: %v", got)
	}
	for pid := range many + 1 {
		s.family.members[1000+pid] = &member{}
	}
	if got := s.pace(s.now, false); got != slowPace {
		t.Errorf("with many who are each asked: %v", got)
	}
}

// The kernel's own clocks: a child that starts another is seen.
func TestRunFollowsRealProcesses(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	enough := errors.New("enough")
	child := exec.Command("sh", "-c", "sleep 1000 & wait")
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	grandchild := 0
	err := Run(ctx, Options{Root: os.DirFS("/"), Elder: os.Getpid()}, func(members, _ []int) error {
		if len(members) == 2 && slices.Contains(members, child.Process.Pid) {
			grandchild = members[0] + members[1] - child.Process.Pid
			return enough
		}
		return nil
	})
	if !errors.Is(err, enough) {
		t.Errorf("%v: the child and its own child are never seen", err)
	}
	_ = child.Process.Kill()
	if p, err := os.FindProcess(grandchild); err == nil && grandchild > 0 {
		_ = p.Kill()
	}
	_ = child.Wait()
	stopped, stop := context.WithCancel(ctx)
	stop()
	if err := Run(stopped, Options{Root: os.DirFS("/"), Elder: os.Getpid()}, func(_, _ []int) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("a watch that is given up ends with %v", err)
	}
}
