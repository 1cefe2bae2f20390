//go:build linux

// Package process names processes in a way that outlives them: numbers are
// given out again, a number with a start time is not.
//
// See proc_pid_stat(5), field 22.
package process

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// ID is one process of this boot of the computer.
type ID struct {
	PID   int    `json:"pid"`
	Start string `json:"start"` // clock ticks since boot
}

// Of names process pid as it is now.
func Of(pid int) (ID, error) {
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return ID{}, err
	}
	start, err := startTime(string(text))
	if err != nil {
		return ID{}, fmt.Errorf("read /proc/%d/stat: %w", pid, err)
	}
	return ID{pid, start}, nil
}

// startTime is field 22. The command in field 2 may hold anything, so counting
// starts behind its parenthesis.
func startTime(stat string) (string, error) {
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(fields) < 20 {
		return "", fmt.Errorf("%d fields after the command", len(fields))
	}
	return fields[19], nil
}

// Gone says whether the process is there no more; when that cannot be known,
// it is not.
func (id ID) Gone() bool {
	now, err := Of(id.PID)
	return errors.Is(err, os.ErrNotExist) || err == nil && now.Start != id.Start
}
