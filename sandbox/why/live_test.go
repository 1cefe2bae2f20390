//go:build linux

package why

import (
	"slices"
	"syscall"
	"testing"

	"cloison/sandbox/calls"
	"cloison/sandbox/seccomp"
)

// TestLineage wants the process behind the filter to be the forked one, whoever
// is heard first, its parent or itself.
func TestLineage(t *testing.T) {
	fork, filter := calls.New("clone", 1), calls.New("seccomp", 2).Labelled(seccomp.Listener)
	fork.Forks = true
	list := []calls.Call{calls.New("prctl", 3), fork, calls.New("chroot", 4), filter}
	first, parent, child := calls.Report{Index: 0}, calls.Report{Index: 1, Result: 77}, calls.Report{Index: 1}
	chroot, loaded := calls.Report{Index: 2}, calls.Report{Index: 3, Errno: syscall.EBUSY}
	for name, reports := range map[string][]calls.Report{
		"the parent first":     {first, parent, child, chroot, loaded},
		"the child first":      {first, child, parent, chroot, loaded},
		"the parent in midway": {first, child, chroot, parent, loaded},
		"the parent last":      {first, child, chroot, loaded, parent},
	} {
		l, waited := lineage{pid: 76}, 0
		for i, r := range reports {
			l.hear(r, list)
			errno, behind := l.behind(list)
			if !behind {
				continue
			}
			waited++
			if l.pid != 77 || errno != syscall.EBUSY || i != len(reports)-1 {
				t.Errorf("%s: after %d reports, %d waits with %v", name, i+1, l.pid, errno)
			}
		}
		if waited != 1 {
			t.Errorf("%s: heard %d times that it waits", name, waited)
		}
	}
	l := lineage{pid: 76}
	l.hear(calls.Report{Index: 0}, slices.Clone(list[3:]))
	if _, behind := l.behind(list[3:]); !behind || l.pid != 76 {
		t.Error("without a fork, the process itself waits")
	}
}
