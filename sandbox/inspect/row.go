package inspect

import (
	"fmt"
	"slices"
	"strings"

	"cloison/sandbox"
	"cloison/sandbox/process"
)

// row is one process of a lab as it was read last.
type row struct {
	fact  sandbox.ProcessFact
	image process.Image
	exec  *sandbox.ExecFact // nil while no execve(2) of it is known
	check bool              // it checks the learner's work, and nobody of the lab has started it
}

// longestArgs is how much of a command line is kept, in bytes.
const longestArgs = 200

// readRow reads one process in as few files as possible.
func (r *Reader) readRow(pid int) (row, error) {
	p := reading{root: r.root, dir: fmt.Sprintf("proc/%d", pid)}
	st, err := p.stat()
	if err != nil {
		return row{}, readError(pid, err)
	}
	s, err := readStatus(p.root, p.dir)
	if err != nil {
		return row{}, readError(pid, err)
	}
	fact := sandbox.ProcessFact{
		PID: pid, PPID: st.PPID, Inner: pid, Started: st.Start, State: st.State, Threads: st.Threads,
		Command: st.Command, Args: joinArgs(p.text("cmdline")),
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
	return row{fact: fact, image: st.Image}, nil
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
