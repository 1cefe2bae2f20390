//go:build linux

package cgroup

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// Tree is a group, whoever made it, and those below it. It serves who needs a
// group without a limit, such as one to hold the groups that others make.
type Tree struct {
	group group
}

// Open is the tree at a folder of version 1 or 2, which need not be there yet.
func Open(version int, dir string) Tree {
	if version == 1 {
		return Tree{group1{dir, "pids"}} // any controller: it says only which values can be set
	}
	return Tree{group2{dir}}
}

// Make makes the folder, where it is not there yet.
func (t Tree) Make() error { return t.group.make() }

// Inherit gives a new cpuset of version 1 what its parent has. It begins with no
// processor and no memory node, and nobody can join it as long as it does
// (admin-guide/cgroup-v1/cpusets.rst).
func (t Tree) Inherit() error {
	dir := t.group.folder()
	for _, file := range []string{"cpuset.cpus", "cpuset.mems"} {
		value, err := os.ReadFile(filepath.Join(filepath.Dir(dir), file))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, file), value, 0)
		}
		if err != nil {
			return fmt.Errorf("make a cpuset: %w", err)
		}
	}
	return nil
}

// HandOn gives controllers to the children, on version 2; on version 1 they
// have them anyway. A group that holds processes cannot, except at the top of
// the hierarchy (cgroups(7), "no internal processes").
func (t Tree) HandOn(controllers ...string) error {
	if g, ok := t.group.(group2); ok {
		if missing := without(controllers, words(filepath.Join(g.dir, "cgroup.subtree_control"))); len(missing) > 0 {
			return g.hand(missing)
		}
	}
	return nil
}

// Processes lists those in the tree.
func (t Tree) Processes() ([]int, error) {
	if !exists(t.group.folder()) {
		return nil, nil
	}
	return t.group.processes()
}

// Kill sends SIGKILL to every process in the tree but the caller, and does not
// wait for their end.
func (t Tree) Kill() error {
	if !exists(t.group.folder()) {
		return nil
	}
	return t.group.kill()
}

// Delete removes the tree, if no process is left in it. One that is gone
// already is no error.
func (t Tree) Delete() error { return t.group.delete() }

// killEach ends the processes of a group one by one, but not the caller, who
// on version 1 may have a thread in it. 0 stands for a process outside this
// PID namespace (cgroups(7)); for kill(2) it is the caller's process group.
func killEach(g group) error {
	pids, err := g.processes()
	for _, pid := range pids {
		if pid <= 0 || pid == os.Getpid() {
			continue
		}
		if failed := unix.Kill(pid, unix.SIGKILL); failed != nil && failed != unix.ESRCH {
			err = failed
		}
	}
	return err
}
