package local

import (
	"slices"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
	"cloison/sandbox/cgroup"
)

// place is where labs' cgroups are made: below Parents, one folder in every
// hierarchy that has a controller of ours. The first is memory's.
type place struct {
	Version int
	Parents []string
	// Of has the folder among them of each controller, and on v1 the folders
	// of the spare ones, where labs have a folder for lessons to use but keep
	// no processes themselves.
	Of map[string]string
}

// controllers are those that every lab's processes live in.
var controllers = []string{"memory", "pids", "cpu"}

// spare are the others that lessons use where the computer has them. blkio is
// called io on v2; on v2, devices and freezer are no controllers.
// unified is a v2 hierarchy beside v1, without controllers.
var spare = []string{"cpuset", "devices", "blkio", "freezer", "unified"}

// findPlace looks for a place below our own cgroups, or on v2 above them, and
// hands the controllers down to its children; wanted is one of v2 that is to be
// it, where that is not "".
func findPlace(wanted string) (place, error) {
	if wanted != "" {
		return placeV2([]cgroup.Level{{Path: wanted, Writable: unix.Access(wanted, unix.W_OK) == nil}})
	}
	own, err := cgroup.Look()
	if err != nil {
		return place{}, err
	}
	switch own.Version {
	case 1:
		return placeV1(own.V1, own.Others)
	case 2:
		return placeV2(own.V2)
	}
	return place{}, errNoMemory
}

var errNoMemory = sandbox.Errorf("no cgroup hierarchy with the memory controller is mounted",
	"aucune hiérarchie de cgroups avec le contrôleur memory n’est montée")

// placeV1 is our own folder in every v1 hierarchy.
func placeV1(own, others map[string]cgroup.Folder) (place, error) {
	if _, ok := own["memory"]; !ok {
		return place{}, errNoMemory
	}
	p := place{Version: 1, Of: map[string]string{}}
	for _, controller := range controllers {
		f, ok := own[controller]
		if !ok {
			continue
		}
		if !f.Writable {
			return place{}, notWritable(f.Path)
		}
		p.Parents = append(p.Parents, f.Path)
		p.Of[controller] = f.Path
	}
	for _, controller := range spare {
		if f, ok := others[controller]; ok && f.Writable {
			p.Of[controller] = f.Path
		}
	}
	return p, nil
}

// counting is the place with one more folder, of the v1 controller that counts
// for how long a lab's processes have run: it tells Watch cheaply whether any
// has. It is mostly where cpu is already.
func (p place) counting(folder string) place {
	if p.Version == 1 && folder != "" && !slices.Contains(p.Parents, folder) && unix.Access(folder, unix.W_OK) == nil {
		p.Parents = append(slices.Clip(p.Parents), folder)
	}
	return p
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
			p := place{Version: 2, Parents: []string{l.Path}, Of: map[string]string{}}
			for _, controller := range append(controllers, "cpuset", "io", "unified") {
				p.Of[controller] = l.Path
			}
			return p, nil
		}
	}
	return place{}, failed
}

func notWritable(dir string) error {
	return sandbox.Errorf("make a cgroup in %s: this user may not", "créer un cgroup dans %s : ce compte n’en a pas le droit", dir)
}

// handDown gives controllers to the children of a cgroup of v2; those but
// memory and pids are welcome, not demanded.
func handDown(tree cgroup.Tree) error {
	err := tree.HandOn("memory", "pids")
	for _, welcome := range []string{"cpu", "cpuset", "io"} {
		if err == nil {
			_ = tree.HandOn(welcome)
		}
	}
	return err
}
