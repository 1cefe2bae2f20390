package local

import (
	"errors"
	"fmt"
	"os"
	"path"
	"time"

	"cloison/sandbox/cgroup"
)

// cgroups are one lab's: a folder in every hierarchy. Shells start in a folder
// below, so that on v2 the lab's own folder can give controllers to what
// lessons make beside it. The keeper stays outside.
type cgroups struct {
	Version int      `json:"version"` // 0 for none
	Dirs    []string `json:"dirs"`
}

const leaf = "shells"

// of names the cgroups of the lab called id.
func (p place) of(id string) cgroups {
	c := cgroups{Version: p.Version}
	for _, parent := range p.Parents {
		c.Dirs = append(c.Dirs, path.Join(parent, "cloison-"+id))
	}
	return c
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
		if err := handDown(tree); err != nil {
			return fmt.Errorf("make a cgroup: %w", err)
		}
		if err := cgroup.Open(c.Version, path.Join(dir, leaf)).Make(); err != nil {
			return fmt.Errorf("make a cgroup: %w", err)
		}
	}
	return nil
}

// kill sends SIGKILL to every process in the cgroups but the caller, and says
// how many there were. New processes are refused first.
func (c cgroups) kill() (found int) {
	for _, dir := range c.Dirs {
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
		for _, dir := range c.Dirs {
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
