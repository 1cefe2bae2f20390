package shell

import (
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

// innermost follows a process of /proc to the one that it waits for: a program
// such as cloison run or sudo has a single child in its own process group, and
// that child is whom the learner talks to. A shell puts its jobs into groups of
// their own, and is followed nowhere. See proc_pid_task(5) for children.
func innermost(proc fs.FS, pid int) int {
	const deepest = 32
	for range deepest {
		group := processGroup(proc, pid)
		var same []int
		for _, child := range children(proc, pid) {
			if group != 0 && processGroup(proc, child) == group {
				same = append(same, child)
			}
		}
		if len(same) != 1 {
			break
		}
		pid = same[0]
	}
	return pid
}

// children are the processes that any thread of pid has started; none where
// the kernel does not tell.
func children(proc fs.FS, pid int) []int {
	files, err := fs.Glob(proc, fmt.Sprintf("%d/task/*/children", pid))
	if err != nil {
		return nil
	}
	var all []int
	for _, name := range files {
		text, err := fs.ReadFile(proc, name)
		if err != nil {
			continue // the thread has ended
		}
		for field := range strings.FieldsSeq(string(text)) {
			if child, err := strconv.Atoi(field); err == nil {
				all = append(all, child)
			}
		}
	}
	return all
}

// processGroup reads field 5 of /proc/PID/stat; 0 when the process has ended.
// The fields are counted from behind the command's name, which may hold
// anything.
func processGroup(proc fs.FS, pid int) int {
	text, err := fs.ReadFile(proc, strconv.Itoa(pid)+"/stat")
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	if len(fields) < 3 {
		return 0
	}
	group, err := strconv.Atoi(fields[2])
	if err != nil {
		return 0
	}
	return group
}
