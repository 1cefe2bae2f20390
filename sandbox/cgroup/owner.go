//go:build linux

package cgroup

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"cloison/sandbox/process"
)

// owner is the process that has made a group. Groups outlive it, and containers
// may see one and the same tree of groups, so it is told from a later process of
// the same number by its start time, and from those of other PID namespaces by the
// namespace (pid_namespaces(7)).
type owner struct {
	id        process.ID
	namespace string // its inode
}

// ownOwner is this process as an owner.
func ownOwner() (owner, error) {
	id, err := process.Of(os.Getpid())
	if err != nil {
		return owner{}, err
	}
	namespace, err := namespaceOf("self")
	return owner{id, namespace}, err
}

// namespaceOf is the PID namespace of a process.
func namespaceOf(pid string) (string, error) {
	link, err := os.Readlink(filepath.Join("/proc", pid, "ns/pid"))
	return strings.Trim(link, "pid:[]"), err
}

func (o owner) String() string {
	return fmt.Sprintf("%d-%d-%s", o.id.PID, o.id.Start, o.namespace)
}

// parseOwner reads what String has written.
func parseOwner(text string) (o owner, ok bool) {
	parts := strings.Split(text, "-")
	if len(parts) != 3 {
		return owner{}, false
	}
	pid, err := strconv.Atoi(parts[0])
	start, err2 := strconv.ParseUint(parts[1], 10, 64)
	return owner{process.ID{PID: pid, Start: start}, parts[2]}, err == nil && err2 == nil && pid > 0 && parts[2] != ""
}

// census is what can be known of who lives.
type census struct {
	here      string          // our own PID namespace
	inhabited map[string]bool // the namespaces that have processes; nil where not all can be seen
}

// takeCensus counts for these owners, which were read before: nobody who has come
// up since is missing for them.
func takeCensus(owners []owner) census {
	here, err := namespaceOf("self")
	if err != nil {
		return census{}
	}
	for _, o := range owners {
		if o.namespace != here {
			return census{here, inhabited(here)}
		}
	}
	return census{here: here}
}

// initialNamespace is the first PID namespace, from which the processes of all are
// seen (PROC_PID_INIT_INO in the kernel's include/linux/proc_ns.h).
const initialNamespace = "4026531836"

// inhabited are the PID namespaces with processes. It is nil where we may not see
// them all: from a namespace below, and where /proc hides those of others, as it
// then does the first process (hidepid in proc(5)).
func inhabited(here string) map[string]bool {
	if here != initialNamespace || !exists("/proc/1") {
		return nil
	}
	all := map[string]bool{here: true}
	for _, pid := range process.All() {
		if pid == 1 { // it is in this one, and may be more than we may look at
			continue
		}
		namespace, err := namespaceOf(strconv.Itoa(pid))
		switch {
		case err == nil:
			all[namespace] = true
		case !process.IsGone(err):
			return nil
		}
	}
	return all
}

// gone says whether the owner is there no more; where that cannot be known, it is
// not.
func (o owner) gone(c census) bool {
	if o.namespace == c.here {
		return o.id.Gone()
	}
	return c.inhabited != nil && !c.inhabited[o.namespace]
}

// mark is the extended attribute in which a group says who has made it. The
// kernel keeps such for groups since 5.7 (xattr(7)).
const mark = "user.cloison.owner"

// Mark notes on the group that this process has made it, for [SweepMarked].
func (t Tree) Mark() error {
	own, err := ownOwner()
	if err == nil {
		err = unix.Setxattr(t.group.folder(), mark, []byte(own.String()), 0)
	}
	if err != nil {
		return fmt.Errorf("mark the cgroup %s: %w", t.group.folder(), err)
	}
	return nil
}

// marked is who has made the group at dir, if that is noted there.
func marked(dir string) (owner, bool) {
	text := make([]byte, 128)
	n, err := unix.Lgetxattr(dir, mark, text)
	if err != nil {
		return owner{}, false
	}
	return parseOwner(string(text[:n]))
}
