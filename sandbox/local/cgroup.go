package local

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
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
		if err := os.Mkdir(dir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("make a cgroup: %w", err)
		}
		if c.Version == 2 {
			if err := handDown(dir); err != nil {
				return err
			}
		}
		if err := os.Mkdir(path.Join(dir, leaf), 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("make a cgroup: %w", err)
		}
	}
	return nil
}

// kill sends SIGKILL to every process in the cgroups but the caller, and says
// how many there were. New processes are refused first.
func (c cgroups) kill() (found int) {
	self := os.Getpid()
	for _, dir := range c.Dirs {
		_ = os.WriteFile(path.Join(dir, "pids.max"), []byte("0"), 0)
		_ = os.WriteFile(path.Join(dir, "cgroup.kill"), []byte("1"), 0) // since Linux 5.14, v2
		for _, pid := range processesIn(dir) {
			if pid == self {
				continue
			}
			found++
			_ = unix.Kill(pid, unix.SIGKILL)
		}
	}
	return found
}

// processesIn lists the processes of a cgroup and of those below it.
func processesIn(dir string) []int {
	var pids []int
	_ = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return nil // it may go away while we look
		}
		list, _ := os.ReadFile(path.Join(name, "cgroup.procs"))
		for _, field := range strings.Fields(string(list)) {
			if pid, err := strconv.Atoi(field); err == nil && pid > 0 {
				pids = append(pids, pid)
			}
		}
		return nil
	})
	return pids
}

// remove removes the folders; it waits for processes that are about to end.
func (c cgroups) remove(limit time.Duration) error {
	deadline := time.Now().Add(limit)
	for {
		var failed []error
		for _, dir := range c.Dirs {
			failed = append(failed, removeTree(dir))
		}
		err := errors.Join(failed...)
		if err == nil || time.Now().After(deadline) {
			return err
		}
		c.kill()
		time.Sleep(pause)
	}
}

// removeTree removes a cgroup and those below it; the files in it need not and
// cannot be removed.
func removeTree(dir string) error {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if e.IsDir() {
			if err := removeTree(path.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	if err := unix.Rmdir(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove the cgroup %s: %w", dir, err)
	}
	return nil
}
