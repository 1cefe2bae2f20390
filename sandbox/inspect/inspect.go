// Package inspect reads what the kernel says of a process from /proc and the
// cgroup file systems, and surveys what this computer offers to lessons.
//
// It parses through [fs.FS], so that recorded trees test it on any machine. It
// knows both cgroup versions and every mixture of them. It changes nothing, and
// it does not know what the facts mean for a lesson.
//
// Sources: proc(5), proc_pid_status(5), namespaces(7), user_namespaces(7),
// cgroups(7), capabilities(7), and the kernel's documents on cgroup v1
// (admin-guide/cgroup-v1) and v2 (admin-guide/cgroup-v2.rst).
package inspect

import (
	"fmt"
	"io/fs"
	"strings"

	"cloison/sandbox"
	"cloison/sandbox/process"
)

// ErrGone is in the error of [Reader.Read] when there is no such process, or
// no longer.
var ErrGone = sandbox.Errorf("no such process", "ce processus n’existe pas")

// Reader reads facts. It may be used by several goroutines at once.
type Reader struct {
	root fs.FS
	host map[sandbox.Namespace]uint64 // the namespaces that count as the host's
}

// New returns a reader of the file system that root is the root of, normally
// [Root]'s. The host's namespaces are those of PID 1, or the initial ones
// where only root may see the former.
func New(root fs.FS) *Reader {
	return &Reader{root: root, host: hostNamespaces(root)}
}

// Against returns a reader that takes the namespaces of process pid for the
// host's.
func (r *Reader) Against(pid int) (*Reader, error) {
	p := reading{root: r.root, dir: fmt.Sprintf("proc/%d", pid)}
	host := p.namespaceInodes()
	if len(host) == 0 {
		return nil, sandbox.Errorf("read the namespaces of process %d: %w", "lire les espaces de noms du processus %d : %w", pid, p.why("ns"))
	}
	return &Reader{root: r.root, host: host}, nil
}

// Read gives the facts of process pid as far as they may be read; Facts.Unread
// says what is missing. A process that is not there, that ends while it is
// read, or that has ended and only waits to be reaped, gives an error that
// wraps [ErrGone] and no facts.
func (r *Reader) Read(pid int) (sandbox.Facts, error) {
	p := reading{root: r.root, dir: fmt.Sprintf("proc/%d", pid)}
	before, err := p.alive()
	if err != nil {
		return sandbox.Facts{}, readError(pid, err)
	}
	facts, err := r.read(&p)
	if err != nil {
		return sandbox.Facts{}, readError(pid, err)
	}
	// It may have ended meanwhile, and its PID have been given to another.
	after, err := p.alive()
	if err == nil && before.Start != after.Start {
		err = ErrGone
	}
	if err != nil {
		return sandbox.Facts{}, readError(pid, err)
	}
	facts.PID = pid
	return facts, nil
}

// readError wraps err, and says ErrGone for the errors that mean it.
func readError(pid int, err error) error {
	if process.IsGone(err) {
		err = ErrGone
	}
	return sandbox.Errorf("read process %d: %w", "lire le processus %d : %w", pid, err)
}

// read makes facts of every part of p.
func (r *Reader) read(p *reading) (sandbox.Facts, error) {
	s, err := readStatus(r.root, p.dir)
	if err != nil {
		return sandbox.Facts{}, err
	}
	facts := sandbox.Facts{
		InnerPIDs: s.innerPIDs, PPID: s.ppid,
		UIDs: s.uids, GIDs: s.gids,
		Capabilities: s.caps, Seccomp: s.seccomp, NoNewPrivs: s.noNewPrivs,
		Command:    strings.TrimSuffix(p.text("comm"), "\n"),
		Args:       parseArgs(p.text("cmdline")),
		Namespaces: r.namespaces(p),
		UIDMap:     parsed(p, "uid_map", parseIDMap),
		GIDMap:     parsed(p, "gid_map", parseIDMap),
		LSM:        strings.TrimRight(p.text("attr/current"), "\n\x00"),
		Cgroup:     readCgroup(p),
		Memory:     readMemory(p),
	}
	facts.Unread = p.unread
	return facts, nil
}

// namespaces are those of p in the order of [sandbox.Namespaces].
func (r *Reader) namespaces(p *reading) []sandbox.NamespaceFact {
	inodes := p.namespaceInodes()
	var all []sandbox.NamespaceFact
	for _, ns := range sandbox.Namespaces {
		if inode, ok := inodes[ns]; ok {
			all = append(all, sandbox.NamespaceFact{Type: ns, Inode: inode, Host: inode == r.host[ns]})
		}
	}
	return all
}
