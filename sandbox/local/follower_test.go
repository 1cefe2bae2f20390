package local

import (
	"slices"
	"strings"
	"syscall"
	"testing"

	"cloison/sandbox"
)

// process waits until a command of that many words runs in the lab, and names it.
func (w *watching) process(args string) sandbox.Subject {
	w.t.Helper()
	var found sandbox.Subject
	w.until(args+" runs", func(x sandbox.Xray) bool {
		for _, p := range x.Processes {
			if p.Args == args && p.Command == strings.Fields(args)[0] {
				found = sandbox.Subject{PID: p.PID, Started: p.Started}
			}
		}
		return found.PID != 0
	})
	return found
}

// A process in the background, in namespaces of its own, is followed instead of
// the terminal, until it ends.
func TestWatchFollowsWhomItIsAsked(t *testing.T) {
	w := watchLab(t)
	run(t, w.shell, "unshare --uts --pid --fork setpriv --bounding-set=-net_raw sleep 1001 &")
	inside := w.process("sleep 1001")
	if w.last.Facts.PID != w.shell.PID() || w.last.Front != w.shell.PID() || w.last.Follows() {
		t.Errorf("nobody was asked for, and PID %d is followed, %d in front; the shell is %d", w.last.Facts.PID, w.last.Front, w.shell.PID())
	}
	w.ask.Put(inside)
	x := w.until("the sleep is followed", func(x sandbox.Xray) bool { return x.Follows() && x.Facts.PID == inside.PID })
	if x.Asked != inside || x.Front != w.shell.PID() || x.Facts.Capabilities.Bounding.Has(13) {
		t.Errorf("asked for %+v, %d in front, bounding %x", x.Asked, x.Front, x.Facts.Capabilities.Bounding)
	}
	if n := len(x.Facts.InnerPIDs); n != 2 || x.Facts.InnerPIDs[1] != 1 {
		t.Errorf("PIDs %v: want 1 inside", x.Facts.InnerPIDs)
	}
	for _, n := range x.Namespaces {
		if n.Type == sandbox.PIDNS && (n.Parent || n.Count != 1) {
			t.Errorf("%+v: want a PID namespace of its own", n)
		}
	}
	if x.Exec == nil || x.Exec.Command != "setpriv" && x.Exec.Command != "unshare" {
		t.Errorf("exec %+v: what was seen before it was followed is lost", x.Exec)
	}
	if _, err := w.shell.Write([]byte("sleep 1002\n")); err != nil {
		t.Fatal(err)
	}
	x = w.until("another is in front", func(x sandbox.Xray) bool { return x.Front != w.shell.PID() })
	if x.Facts.PID != inside.PID {
		t.Errorf("%s %d is followed", x.Facts.Command, x.Facts.PID)
	}
	if err := syscall.Kill(inside.PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	x = w.until("the terminal is followed again", func(x sandbox.Xray) bool { return x.Facts.PID != inside.PID })
	if !x.Lost || x.Follows() || x.Asked != inside || !slices.Equal(x.Facts.Args, []string{"sleep", "1002"}) || x.Front != x.Facts.PID {
		t.Errorf("lost %v, asked for %+v, front %d; facts of %v", x.Lost, x.Asked, x.Front, x.Facts.Args)
	}
}

func TestWatchGoesBackWhenAsked(t *testing.T) {
	w := watchLab(t)
	run(t, w.shell, "sleep 1001 &")
	job := w.process("sleep 1001")
	w.ask.Put(job)
	w.until("the job is followed", func(x sandbox.Xray) bool { return x.Facts.PID == job.PID })
	w.ask.Put(sandbox.Subject{})
	x := w.until("the shell is followed", func(x sandbox.Xray) bool { return x.Facts.PID == w.shell.PID() })
	if x.Lost || x.Follows() {
		t.Errorf("asked for %+v, lost %v", x.Asked, x.Lost)
	}
}

// Who is no process of the lab, or an earlier one of that number, is not followed.
func TestWatchFollowsNobodyElse(t *testing.T) {
	w := watchLab(t)
	run(t, w.shell, "sleep 1001 &")
	job := w.process("sleep 1001")
	for what, s := range map[string]sandbox.Subject{
		"a process of the computer": {PID: 1, Started: named(1).Start},
		"an earlier process":        {PID: job.PID, Started: job.Started - 1},
	} {
		w.ask.Put(s)
		if x := w.until(what, func(x sandbox.Xray) bool { return x.Asked == s }); !x.Lost || x.Facts.PID != w.shell.PID() {
			t.Errorf("%s: PID %d is followed", what, x.Facts.PID)
		}
	}
}
