package local

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"cloison/sandbox/cgroup"
)

// cgroups are one lab's: a folder in every hierarchy. Those of spare v1
// controllers stay empty until a lesson uses them. Shells start in a folder
// below, so that on v2 the lab's own folder can give controllers to what
// lessons make beside it. The keeper stays outside.
type cgroups struct {
	Version int      `json:"version"` // 0 for none
	Dirs    []string `json:"dirs"`
	Spare   []string `json:"spare,omitempty"`
	// Of has each controller's folder; spare ones are among Spare.
	Of map[string]string `json:"-"`
}

const leaf = "shells"

// of names the cgroups of the lab called id.
func (p place) of(id string) cgroups {
	c := cgroups{Version: p.Version, Of: map[string]string{}}
	for _, parent := range p.Parents {
		c.Dirs = append(c.Dirs, path.Join(parent, "cloison-"+id))
	}
	for _, controller := range slices.Sorted(maps.Keys(p.Of)) {
		dir := path.Join(p.Of[controller], "cloison-"+id)
		c.Of[controller] = dir
		if !slices.Contains(c.all(), dir) {
			c.Spare = append(c.Spare, dir)
		}
	}
	return c
}

// sweep removes what labs have left of which there is no record any more: it was
// in a file system that ended with them, as a container's does.
func (p place) sweep() {
	parents := slices.Concat(p.Parents, slices.Collect(maps.Values(p.Of)))
	slices.Sort(parents)
	cgroup.SweepMarked(p.Version, slices.Compact(parents))
}

// all are the folders, spare ones included.
func (c cgroups) all() []string { return slices.Concat(c.Dirs, c.Spare) }

// env tells lessons the folders: CLOISON_CGROUP is v2's, or that of memory,
// CLOISON_CGROUP_CPU that of the cpu controller, and so on.
func (c cgroups) env() []string {
	var env []string
	if dir := c.export(); dir != "" {
		env = append(env, "CLOISON_CGROUP="+dir)
	}
	for _, controller := range slices.Sorted(maps.Keys(c.Of)) {
		env = append(env, "CLOISON_CGROUP_"+strings.ToUpper(controller)+"="+c.Of[controller])
	}
	return env
}

// export is the folder that lessons are told: v2's, or that of memory.
func (c cgroups) export() string {
	if len(c.Dirs) == 0 {
		return ""
	}
	return c.Dirs[0]
}

// make makes the folders.
func (c cgroups) make() error {
	for _, dir := range c.Dirs {
		tree := cgroup.Open(c.Version, dir)
		if err := tree.Make(); err != nil {
			return fmt.Errorf("make a cgroup: %w", err)
		}
		_ = tree.Mark() // old kernels can't; then our record alone knows
		if err := handDown(tree); err != nil {
			return fmt.Errorf("make a cgroup: %w", err)
		}
		if err := cgroup.Open(c.Version, path.Join(dir, leaf)).Make(); err != nil {
			return fmt.Errorf("make a cgroup: %w", err)
		}
	}
	for _, dir := range c.Spare {
		tree := cgroup.Open(c.Version, dir)
		err := tree.Make()
		_ = tree.Mark()
		if err == nil && dir == c.Of["cpuset"] {
			err = tree.Inherit()
		}
		if err != nil {
			return fmt.Errorf("make a cgroup: %w", err)
		}
	}
	return nil
}

// kill sends SIGKILL to every process in the cgroups but the caller, and says
// how many there were. New processes are refused first.
func (c cgroups) kill() (found int) {
	for _, dir := range c.all() {
		// Not through the library, for which 0 is no limit.
		_ = os.WriteFile(path.Join(dir, "pids.max"), []byte("0"), 0)
		tree := cgroup.Open(c.Version, dir)
		inside, err := tree.Processes()
		for _, pid := range inside {
			if pid > 0 && pid != os.Getpid() {
				found++
			}
		}
		if errors.Join(err, tree.Kill()) != nil {
			found++ // a folder has gone away meanwhile: who is left is not known
		}
	}
	return found
}

// remove removes the folders; it waits for processes that are about to end.
func (c cgroups) remove(limit time.Duration) error {
	deadline := time.Now().Add(limit)
	for {
		var failed []error
		for _, dir := range c.all() {
			if err := cgroup.Open(c.Version, dir).Delete(); err != nil {
				failed = append(failed, fmt.Errorf("remove the cgroup %s: %w", dir, err))
			}
		}
		err := errors.Join(failed...)
		if err == nil || time.Now().After(deadline) {
			return err
		}
		c.kill()
		time.Sleep(pause)
	}
}
