package local

import (
	"errors"
	"fmt"

	"cloison/sandbox/cgroup"
)

// place is where labs' cgroups are made: below Parents, one folder in every
// hierarchy that has a controller of ours. The first is memory's.
type place struct {
	Version int
	Parents []string
}

// controllers are those that lessons limit things with.
var controllers = []string{"memory", "pids", "cpu"}

// findPlace looks for a place below our own cgroups, or on v2 above them, and
// hands the controllers down to its children.
func findPlace() (place, error) {
	own, err := cgroup.Look()
	if err != nil {
		return place{}, err
	}
	switch own.Version {
	case 1:
		return placeV1(own.V1)
	case 2:
		return placeV2(own.V2)
	}
	return place{}, errNoMemory
}

var errNoMemory = errors.New("no cgroup hierarchy with the memory controller is mounted")

// placeV1 is our own folder in every v1 hierarchy.
func placeV1(own map[string]cgroup.Folder) (place, error) {
	if _, ok := own["memory"]; !ok {
		return place{}, errNoMemory
	}
	p := place{Version: 1}
	for _, controller := range controllers {
		f, ok := own[controller]
		if !ok {
			continue
		}
		if !f.Writable {
			return place{}, notWritable(f.Path)
		}
		p.Parents = append(p.Parents, f.Path)
	}
	return p, nil
}

// placeV2 is the nearest level that can be made to give its children memory
// and pids. A cgroup that has processes cannot, except at the top of the tree
// ("No Internal Process Constraint", admin-guide/cgroup-v2.rst).
func placeV2(levels []cgroup.Level) (place, error) {
	failed := errNoMemory
	for _, l := range levels {
		if failed = notWritable(l.Path); l.Writable {
			failed = handDown(cgroup.Open(2, l.Path))
		}
		if failed == nil {
			return place{Version: 2, Parents: []string{l.Path}}, nil
		}
	}
	return place{}, failed
}

func notWritable(dir string) error {
	return fmt.Errorf("make a cgroup in %s: this user may not", dir)
}

// handDown gives controllers to the children of a cgroup of v2; cpu is welcome
// but not demanded.
func handDown(tree cgroup.Tree) error {
	err := tree.HandOn("memory", "pids")
	if err == nil {
		_ = tree.HandOn("cpu")
	}
	return err
}
