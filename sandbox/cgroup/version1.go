//go:build linux

package cgroup

import (
	"errors"
	"os"
	"path/filepath"
	"slices"

	"github.com/containerd/cgroups/v3/cgroup1"
	"github.com/opencontainers/runtime-spec/specs-go"
)

// libraryName is the controller by which the library knows a folder. What is
// set in those of the extras is written as it is, and for making and removing
// all are the same; its own way with cpuset would climb up to a root that our
// paths do not have.
func libraryName(controller string) string {
	if slices.Contains(extras, controller) {
		return "pids"
	}
	return controller
}

// group1 is a folder of version 1: the library's group in the hierarchy of one
// controller. The library sets all controllers at a time; a group of each lets
// what it does keep pace with what is told.
type group1 struct {
	dir, controller string
}

func (g group1) folder() string { return g.dir }

func (g group1) child(name string) group {
	return group1{filepath.Join(g.dir, name), g.controller}
}

// where leads to the folder from anywhere: the library looks for a hierarchy
// in /CONTROLLER below its root, which is not where a pair such as cpu,cpuacct
// is mounted.
func (g group1) where() cgroup1.Path {
	return cgroup1.StaticPath(filepath.Join("..", g.dir))
}

// only is the hierarchy of the group's controller; the library's own default
// would make folders in all of them.
func (g group1) only() cgroup1.InitOpts {
	return cgroup1.WithHierarchy(func() ([]cgroup1.Subsystem, error) {
		switch g.controller {
		case "memory":
			return []cgroup1.Subsystem{cgroup1.NewMemory("/")}, nil
		case "pids":
			return []cgroup1.Subsystem{cgroup1.NewPids("/")}, nil
		}
		return []cgroup1.Subsystem{cgroup1.NewCpu("/")}, nil
	})
}

func (g group1) make() error {
	_, err := cgroup1.New(g.where(), &specs.LinuxResources{}, g.only())
	return err
}

func (g group1) set(v Value) error {
	if v.V1 == nil {
		return write(g.dir, v)
	}
	c, err := cgroup1.Load(g.where(), g.only())
	if err != nil {
		return err
	}
	return c.Update(v.V1)
}

func (g group1) processes() ([]int, error) {
	c, err := cgroup1.Load(g.where(), g.only())
	if err != nil {
		return nil, err
	}
	list, err := c.Processes(cgroup1.Name(g.controller), true)
	var pids []int
	for _, p := range list {
		pids = append(pids, p.Pid)
	}
	return pids, err
}

func (g group1) kill() error { return killEach(g) }

func (g group1) delete() error {
	c, err := cgroup1.Load(g.where(), g.only())
	if errors.Is(err, cgroup1.ErrCgroupDeleted) || errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return c.Delete()
}
