package local

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// allProcesses lists the processes in /proc.
func allProcesses() []int {
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

// stat is what we need of /proc/PID/stat (proc_pid_stat(5)).
type stat struct {
	command string
	ppid    int
	state   string
	front   int // the process group in front of its terminal; -1 where it has none
	start   uint64
}

func readStat(pid int) (stat, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return stat{}, err
	}
	return parseStat(string(text))
}

// parseStat skips the command, which may hold blanks and parentheses.
func parseStat(text string) (stat, error) {
	open, end := strings.IndexByte(text, '('), strings.LastIndexByte(text, ')')
	fields := strings.Fields(text[end+1:])
	const state, ppid, tpgid, starttime = 0, 1, 5, 19 // fields 3, 4, 8 and 22, counted after the command
	if len(fields) <= starttime || open < 0 || end < open {
		return stat{}, fmt.Errorf("parse stat: %d fields after the command", len(fields))
	}
	parent, err := strconv.Atoi(fields[ppid])
	if err != nil {
		return stat{}, fmt.Errorf("parse stat: %w", err)
	}
	start, err := strconv.ParseUint(fields[starttime], 10, 64)
	if err != nil {
		return stat{}, fmt.Errorf("parse stat: %w", err)
	}
	front, err := strconv.Atoi(fields[tpgid])
	if err != nil {
		return stat{}, fmt.Errorf("parse stat: %w", err)
	}
	return stat{command: text[open+1 : end], ppid: parent, state: fields[state], front: front, start: start}, nil
}

// newProc names the process pid as it is now; the zero proc if there is none.
func newProc(pid int) proc {
	st, err := readStat(pid)
	if err != nil {
		return proc{}
	}
	return proc{PID: pid, Start: st.start}
}

// alive says whether the process runs; one that only waits to be reaped does not.
func (p proc) alive() bool {
	if p.PID == 0 {
		return false
	}
	st, err := readStat(p.PID)
	return err == nil && st.start == p.Start && st.state != "Z" && st.state != "X"
}

// descendants are the children of pid, their children, and so on.
func descendants(pid int) []int {
	children := map[int][]int{}
	for _, other := range allProcesses() {
		if st, err := readStat(other); err == nil {
			children[st.ppid] = append(children[st.ppid], other)
		}
	}
	var all []int
	for next := []int{pid}; len(next) > 0; next = next[1:] {
		all = append(all, children[next[0]]...)
		next = append(next, children[next[0]]...)
	}
	return all
}
