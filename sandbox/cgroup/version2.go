//go:build linux

package cgroup

import (
	"errors"
	"path/filepath"

	"github.com/containerd/cgroups/v3/cgroup2"
	"golang.org/x/sys/unix"
)

// group2 is a folder of version 2.
type group2 struct {
	dir string
}

func (g group2) folder() string { return g.dir }

func (g group2) child(name string) group { return group2{filepath.Join(g.dir, name)} }

// manager is the library's view of the group. For it, the hierarchy begins
// with the group's parent: it hands controllers on in every folder from there
// down, and those above the parent are not ours to change.
func (g group2) manager() (*cgroup2.Manager, error) {
	parent, name := filepath.Split(g.dir)
	return cgroup2.Load("/"+name, cgroup2.WithMountpoint(filepath.Clean(parent)))
}

// hand makes the group's children have controllers. The library does so on
// behalf of a child, of which it asks nothing but to be below.
func (g group2) hand(controllers []string) error {
	child, err := cgroup2.Load("/child", cgroup2.WithMountpoint(g.dir))
	if err != nil {
		return err
	}
	return child.ToggleControllers(controllers, cgroup2.Enable)
}

// make makes the folder as a child of its parent: the library's NewManager
// would write to the parent's cgroup.subtree_control, even nothing.
func (g group2) make() error {
	dir, name := filepath.Split(g.dir)
	parent, err := cgroup2.Load("/", cgroup2.WithMountpoint(filepath.Clean(dir)))
	if err != nil {
		return err
	}
	_, err = parent.NewChild(name, nil)
	return err
}

func (g group2) set(v Value) error {
	if v.V2 == nil {
		return write(g.dir, v)
	}
	m, err := g.manager()
	if err != nil {
		return err
	}
	return m.Update(v.V2)
}

func (g group2) processes() ([]int, error) {
	m, err := g.manager()
	if err != nil {
		return nil, err
	}
	list, err := m.Procs(true)
	if errors.Is(err, unix.EOPNOTSUPP) { // a threaded group below tells of threads only
		list, err = m.Threads(true)
	}
	var pids []int
	for _, pid := range list {
		pids = append(pids, int(pid))
	}
	return pids, err
}

// kill leaves it to the kernel where it can (since Linux 5.14). The library's
// way without cgroup.kill also waits for the processes, whose exit status
// belongs to whoever started them, and logs to the terminal.
func (g group2) kill() error {
	if !exists(filepath.Join(g.dir, "cgroup.kill")) {
		return killEach(g)
	}
	m, err := g.manager()
	if err != nil {
		return err
	}
	return m.Kill()
}

func (g group2) delete() error {
	if !exists(g.dir) {
		return nil
	}
	m, err := g.manager()
	if err != nil {
		return err
	}
	return m.Delete()
}
