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
//
// group gives the process group of a process, 0 when it has ended: getpgid(2),
// which costs far less than a file of /proc where a shell has hundreds of jobs.
func innermost(proc fs.FS, group func(pid int) int, pid int) int {
	const deepest = 32
	for range deepest {
		own := group(pid)
		var same []int
		for _, child := range children(proc, pid) {
			if own != 0 && group(child) == own {
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
