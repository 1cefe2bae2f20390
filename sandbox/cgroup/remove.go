//go:build linux

package cgroup

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// prefix marks the groups that this package may sweep.
const prefix = "cloison-run-"

var made atomic.Int64

// Name is a fresh name for a group of this process:
// cloison-run-PID-STARTTIME-N, where the start time tells a process from a
// later one of the same number.
func Name() (string, error) {
	pid := os.Getpid()
	start, err := startTime(pid)
	if err != nil {
		return "", fmt.Errorf("name a cgroup: %w", err)
	}
	return fmt.Sprintf("%s%d-%s-%d", prefix, pid, start, made.Add(1)), nil
}

// startTime is field 22 of /proc/PID/stat (proc_pid_stat(5)). The command in
// field 2 may hold anything, so counting starts behind its parenthesis.
func startTime(pid int) (string, error) {
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return "", err
	}
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	if len(fields) < 20 {
		return "", fmt.Errorf("read /proc/%d/stat: %d fields", pid, len(fields))
	}
	return fields[19], nil
}

// Sweep removes the groups of owners that are gone. It kills nobody: the
// processes in them died with their owner, and a group that still holds some
// cannot be removed.
func (p Place) Sweep() {
	for _, dir := range p.parents() {
		entries, _ := os.ReadDir(dir)
		for _, e := range entries {
			if e.IsDir() && abandoned(e.Name()) {
				_ = unix.Rmdir(filepath.Join(dir, e.Name()))
			}
		}
	}
}

func (p Place) parents() []string {
	var dirs []string
	for _, f := range p.V1 {
		dirs = append(dirs, f.Path)
	}
	for _, l := range p.V2 {
		dirs = append(dirs, l.Path)
	}
	return dirs
}

// abandoned says whether name is of a group whose owner is gone.
func abandoned(name string) bool {
	rest, ours := strings.CutPrefix(name, prefix)
	parts := strings.Split(rest, "-")
	if !ours || len(parts) != 3 {
		return false
	}
	pid, err := strconv.Atoi(parts[0])
	if err != nil {
		return false
	}
	start, err := startTime(pid)
	return errors.Is(err, os.ErrNotExist) || err == nil && start != parts[1]
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
func (Plan) RemoveFolder(dir string) error {
	return removeFolder(dir, time.Now().Add(2*time.Second))
}

func removeFolder(dir string, deadline time.Time) error {
	for pause := 50 * time.Microsecond; ; pause = min(2*pause, 20*time.Millisecond) {
		err := unix.Rmdir(dir)
		switch {
		case err == nil || errors.Is(err, unix.ENOENT):
			return nil
		case !errors.Is(err, unix.EBUSY) || time.Now().After(deadline):
			return &os.PathError{Op: "rmdir", Path: dir, Err: err}
		}
		kill(dir)
		time.Sleep(pause)
	}
}

// kill ends every process of a group: at once where the kernel can
// (cgroup.kill, version 2 since Linux 5.14), else one by one.
func kill(dir string) {
	if write(filepath.Join(dir, "cgroup.kill"), "1") == nil {
		return
	}
	for _, word := range words(filepath.Join(dir, "cgroup.procs")) {
		if pid, err := strconv.Atoi(word); err == nil && pid > 0 {
			_ = unix.Kill(pid, unix.SIGKILL)
		}
	}
}
