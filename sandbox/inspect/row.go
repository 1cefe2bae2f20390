package inspect

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cloison/sandbox"
)

// row is one process of a lab as it was read last.
type row struct {
	fact  sandbox.ProcessFact
	image image
	exec  *sandbox.ExecFact // nil while no execve(2) of it is known
	check bool              // it checks the learner's work, and nobody of the lab has started it
}

// image tells two programs in one process apart: where the kernel put text and
// stack. execve(2) puts them elsewhere; nothing else does.
type image struct{ text, stack uint64 }

// longestArgs is how much of a command line is kept, in bytes.
const longestArgs = 200

// readRow reads one process in as few files as possible.
func (r *Reader) readRow(pid int) (row, error) {
	p := process{root: r.root, dir: fmt.Sprintf("proc/%d", pid)}
	st, err := p.stat()
	if err != nil {
		return row{}, readError(pid, err)
	}
	s, err := readStatus(p.root, p.dir)
	if err != nil {
		return row{}, readError(pid, err)
	}
	fact := sandbox.ProcessFact{
		PID: pid, PPID: st.ppid, Inner: pid, Started: st.started, State: st.state, Threads: st.threads,
		Command: st.command, Args: joinArgs(p.text("cmdline")),
		UID: s.uids.Effective, InnerUID: s.uids.Effective,
		Namespaces: p.namespaceInodes(), Capabilities: s.caps,
		Cgroup: limitingPath(parsed(&p, "cgroup", parseCgroup)), Seccomp: s.seccomp.Mode, NoNewPrivs: s.noNewPrivs,
	}
	if n := len(s.innerPIDs); n > 0 {
		fact.Inner = s.innerPIDs[n-1]
	}
	if inode, ok := fact.Namespaces[sandbox.UserNS]; ok && inode != r.host[sandbox.UserNS] {
		if fact.InnerUID, ok = sandbox.InsideOf(parsed(&p, "uid_map", parseIDMap), fact.UID); !ok {
			fact.InnerUID = overflowUID
		}
	}
	return row{fact: fact, image: st.image}, nil
}

// overflowUID stands for an id that a user namespace does not know
// (/proc/sys/kernel/overflowuid).
const overflowUID = 65534

// limitingPath is where a process is in the hierarchy that limits memory.
func limitingPath(paths map[string]string) string {
	if at, ok := paths["memory"]; ok {
		return at
	}
	return paths[""]
}

// joinArgs writes a command line for one line of the screen.
func joinArgs(cmdline string) string {
	args := strings.Join(parseArgs(cmdline), " ")
	if len(args) > longestArgs {
		args = cut(args, longestArgs)
	}
	return args
}

// cut is a text's first bytes, at most so many, and a sign that they are not all.
func cut(text string, most int) string {
	return strings.ToValidUTF8(text[:min(len(text), most)], "") + "…"
}

// clipped is as many arguments as there are in most bytes, each with the NUL behind
// it, and a piece of the next.
func clipped(args []string, most int) []string {
	for i, a := range args {
		if len(a) >= most {
			return append(slices.Clip(args[:i]), cut(a, most))
		}
		most -= len(a) + 1
	}
	return args
}

// stat is a part of /proc/PID/stat (proc_pid_stat(5)).
type stat struct {
	command, state string
	ppid, threads  int
	flags          uint64 // PF_… of the kernel's include/linux/sched.h
	started        uint64 // clock ticks since boot: it tells two processes with the same PID apart
	image          image
}

// over is the error of a process that has ended, or is about to: its memory and
// its namespaces go before its state says so. It is nil for any other.
func (s stat) over() error {
	const exiting = 0x4 // PF_EXITING
	switch {
	case s.state == "Z", s.state == "X":
		return sandbox.Errorf("it has ended and waits for its parent %d to reap it: %w",
			"il est terminé et attend que son parent %d en prenne acte : %w", s.ppid, ErrGone)
	case s.flags&exiting != 0:
		return ErrGone
	}
	return nil
}

// parseStat reads the fields by their numbers in the manual. The command, in
// parentheses, may hold anything, parentheses too: it ends at the last one.
func parseStat(text string) (stat, error) {
	const state, ppid, flags, threads, starttime, startcode, startstack = 3, 4, 9, 20, 22, 26, 28
	open, end := strings.IndexByte(text, '('), strings.LastIndexByte(text, ')')
	if open < 0 || end < open {
		return stat{}, fmt.Errorf("parse stat: no command in parentheses")
	}
	fields := strings.Fields(text[end+1:])
	if len(fields) <= startstack-state {
		return stat{}, fmt.Errorf("parse stat: %d fields behind the command", len(fields))
	}
	var failed error
	number := func(n int) uint64 {
		value, err := strconv.ParseUint(fields[n-state], 10, 64)
		if err != nil && failed == nil {
			failed = fmt.Errorf("parse stat: field %d is %q", n, fields[n-state])
		}
		return value
	}
	s := stat{
		command: text[open+1 : end], state: fields[0],
		ppid: int(number(ppid) & (1<<31 - 1)), threads: int(number(threads) & (1<<31 - 1)),
		flags: number(flags), started: number(starttime), image: image{number(startcode), number(startstack)},
	}
	return s, failed
}
