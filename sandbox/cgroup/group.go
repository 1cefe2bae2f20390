//go:build linux

package cgroup

import (
	"errors"

	"golang.org/x/sys/unix"
)

// group is one folder, which github.com/containerd/cgroups makes, limits and
// removes.
type group interface {
	folder() string
	child(name string) group
	make() error
	set(Value) error
	// processes are those of the group and of the groups below it.
	processes() ([]int, error)
	// kill ends them all, and does not wait.
	kill() error
	// delete removes the group and those below it, if no process is left. A
	// group that is gone already is no error.
	delete() error
}

// killEach ends the processes of a group one by one. 0 stands for a process
// outside this PID namespace (cgroups(7)), and would be this process's own
// group for kill(2).
func killEach(g group) error {
	pids, err := g.processes()
	for _, pid := range pids {
		if pid > 0 {
			err = errors.Join(err, unix.Kill(pid, unix.SIGKILL))
		}
	}
	return err
}
