// Package process reads /proc/PID/stat, and names processes in a way that
// outlives them: numbers are given out again, a number with a start time is not.
//
// It knows no other file of /proc, and nothing of what a process may do.
//
// See proc_pid_stat(5).
package process

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// ID is one process of this boot of the computer. That of no process is zero.
type ID struct {
	PID   int    `json:"pid"`
	Start uint64 `json:"start,string"` // clock ticks since boot
}

// All lists the processes in /proc.
func All() []int {
	dir, err := os.Open("/proc")
	if err != nil {
		return nil
	}
	defer func() { _ = dir.Close() }()
	names, _ := dir.Readdirnames(-1)
	var pids []int
	for _, name := range names {
		if pid, err := strconv.Atoi(name); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

// Of names process pid as it is now.
func Of(pid int) (ID, error) {
	s, err := Read(pid)
	if err != nil {
		return ID{}, err
	}
	return ID{pid, s.Start}, nil
}

// Read reads what the kernel says of process pid. Where there is none, or where
// it ends meanwhile, [IsGone] is true of the error.
func Read(pid int) (Stat, error) {
	text, err := os.ReadFile(statFile(pid))
	if err != nil {
		return Stat{}, err
	}
	s, err := ParseStat(string(text))
	if err != nil {
		return Stat{}, fmt.Errorf("read %s: %w", statFile(pid), err)
	}
	return s, nil
}

func statFile(pid int) string { return filepath.Join("/proc", strconv.Itoa(pid), "stat") }

// Gone says whether the process is there no more; when that cannot be known,
// it is not.
func (id ID) Gone() bool {
	s, err := Read(id.PID)
	return IsGone(err) || err == nil && s.Start != id.Start
}

// Runs says whether the process runs; one that only waits to be reaped does
// not, and when it cannot be known, it does not either.
func (id ID) Runs() bool {
	s, err := Read(id.PID)
	return err == nil && s.Start == id.Start && !s.Over()
}
