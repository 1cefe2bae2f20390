//go:build linux

package cgroup

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
