//go:build linux

package cgroup

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"cloison/sandbox/process"
)

// prefix marks the groups that this package may sweep.
const prefix = "cloison-run-"

var made atomic.Int64

// Name is a fresh name for a group of this process:
// cloison-run-PID-STARTTIME-PIDNS-N, where the start time tells a process from a
// later one of the same number, and the PID namespace from those of others:
// containers may see one and the same tree of groups.
func Name() (string, error) {
	own, err := process.Of(os.Getpid())
	if err != nil {
		return "", fmt.Errorf("name a cgroup: %w", err)
	}
	numbers, err := namespace()
	if err != nil {
		return "", fmt.Errorf("name a cgroup: %w", err)
	}
	return fmt.Sprintf("%s%d-%d-%s-%d", prefix, own.PID, own.Start, numbers, made.Add(1)), nil
}

// namespace is the PID namespace in which our process numbers count
// (pid_namespaces(7)).
func namespace() (string, error) {
	link, err := os.Readlink("/proc/self/ns/pid")
	return strings.Trim(link, "pid:[]"), err
}

// Sweep removes the groups of owners that are gone. It kills nobody: the
// processes in them died with their owner, and a group that still holds some
// cannot be removed.
func (p Place) Sweep() {
	numbers, err := namespace()
	if err != nil {
		return
	}
	for _, parent := range p.parents() {
		entries, _ := os.ReadDir(parent.folder())
		for _, e := range entries {
			if e.IsDir() && abandoned(e.Name(), numbers) {
				_ = parent.child(e.Name()).delete()
			}
		}
	}
}

// parents are the groups that Plan could make one in.
func (p Place) parents() []group {
	var all []group
	for _, c := range every {
		if f, ok := p.own(c); ok {
			all = append(all, group1{f.Path, libraryName(c)})
		}
	}
	for _, l := range p.V2 {
		all = append(all, group2{l.Path})
	}
	return all
}

// abandoned says whether name is of a group whose owner is gone. Of an owner
// in another PID namespace than ours, numbers, nobody here knows.
func abandoned(name, numbers string) bool {
	rest, ours := strings.CutPrefix(name, prefix)
	parts := strings.Split(rest, "-")
	if !ours || len(parts) != 4 || parts[2] != numbers {
		return false
	}
	pid, err := strconv.Atoi(parts[0])
	if err != nil {
		return false
	}
	start, err := strconv.ParseUint(parts[1], 10, 64)
	return err == nil && process.ID{PID: pid, Start: start}.Gone()
}

// Remove kills what is left in the group and removes its folders.
func (p Plan) Remove() error {
	var errs []error
	for _, dir := range p.Folders {
		errs = append(errs, p.RemoveFolder(dir))
	}
	return errors.Join(errs...)
}

// RemoveFolder removes one folder of the group. Processes leave a group a
// moment after they have been waited for, so it tries again for up to two
// seconds. A folder that is gone already is no error.
func (p Plan) RemoveFolder(dir string) error {
	g := p.groups[slices.Index(p.Folders, dir)]
	deadline := time.Now().Add(2 * time.Second)
	for pause := 50 * time.Microsecond; ; pause = min(2*pause, 20*time.Millisecond) {
		err := g.delete()
		if err == nil || time.Now().After(deadline) {
			return err
		}
		_ = g.kill() // what it could not kill, delete tells of
		time.Sleep(pause)
	}
}
