package shell

import (
	"fmt"
	"testing"
	"testing/fstest"
)

// procTree is the children in a /proc of processes.
func procTree(processes map[int][2]int) fstest.MapFS {
	proc := fstest.MapFS{}
	for pid, p := range processes {
		parent := p[1]
		name := fmt.Sprintf("%d/task/%d/children", parent, parent)
		if _, ok := proc[name]; !ok {
			proc[name] = &fstest.MapFile{}
		}
		proc[name].Data = fmt.Appendf(proc[name].Data, "%d ", pid)
	}
	return proc
}

func TestInnermost(t *testing.T) {
	for name, c := range map[string]struct {
		processes map[int][2]int // PID: group, parent
		from      int
		want      int
	}{
		"a program alone":             {map[int][2]int{10: {10, 1}}, 10, 10},
		"a runtime and its container": {map[int][2]int{10: {10, 1}, 11: {10, 10}}, 10, 11},
		"a runtime below sudo":        {map[int][2]int{10: {10, 1}, 11: {10, 10}, 12: {10, 11}}, 10, 12},
		"a shell and its job":         {map[int][2]int{10: {10, 1}, 11: {11, 10}}, 10, 10},
		"a program with two children": {map[int][2]int{10: {10, 1}, 11: {10, 10}, 12: {10, 10}}, 10, 10},
		"a process that has ended":    {map[int][2]int{11: {10, 10}}, 10, 10},
	} {
		t.Run(name, func(t *testing.T) {
			group := func(pid int) int { return c.processes[pid][0] }
			if got := innermost(procTree(c.processes), group, c.from); got != c.want {
				t.Errorf("got %d, want %d", got, c.want)
			}
		})
	}
}
