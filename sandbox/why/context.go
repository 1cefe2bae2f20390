package why

import (
	"slices"
	"strings"

	"cloison/sandbox"
	"cloison/sandbox/capability"
)

// Context is what a process lives in, as far as it can be read and given to
// another, and what of it is left out for one run.
type Context struct {
	PID  int
	Args []string // what to run there
	Env  []string

	// UID, GID and Groups are as this process counts, Inside as the process's
	// own user namespace does; without an id there it is nobody's.
	UID, GID uint32
	Groups   []uint32
	Inside   IDs

	Caps       sandbox.Capabilities
	NoRoot     bool // number 0 is nobody special (SECBIT_NOROOT)
	NoNewPrivs bool
	Filters    [][]byte // seccomp filters as struct sock_filter, the first loaded first
	Rlimits    []Rlimit
	Label      string // of a security module, to be had from the next execve(2)

	Users    bool // join its user namespace
	Cgroup   bool // enter its cgroups
	Writable bool // make read-only mounts writable, in a copy
	Uncover  bool // take away what covers parts of /proc and /sys, in a copy
	Locks    locks
}

// IDs are a user and a group of a user namespace.
type IDs struct {
	UID, GID uint32
	Mapped   bool
}

// Rlimit is a limit of a process, by its number (getrlimit(2)).
type Rlimit struct {
	Resource  int
	Soft, Max uint64
}

// layers are those that stand in c. privileged says whether we could do without
// its user namespace.
func (c Context) layers(privileged, readOnly, masked bool) Set {
	var set Set
	for _, l := range []struct {
		layer Layer
		there bool
	}{
		{DAC, !c.isZero()},
		{Capabilities, true},
		{UserNS, c.Users && privileged},
		{NoNewPrivs, c.NoNewPrivs},
		{Seccomp, len(c.Filters) > 0},
		{labelLayer(c.Label), c.Label != ""},
		{Cgroup, c.Cgroup || len(c.Rlimits) > 0},
		{ReadOnly, readOnly},
		{Masked, masked},
	} {
		if l.there {
			set = append(set, l.layer)
		}
	}
	return set
}

// isZero says whether the command's user is number 0 of its namespace.
func (c Context) isZero() bool { return c.Inside.Mapped && c.Inside.UID == 0 }

// asRoot says whether execve(2) gives the command the whole bounding set.
func (c Context) asRoot() bool { return c.isZero() && !c.NoRoot }

// labelLayer is the module that a label belongs to: those of SELinux are
// user:role:type:level.
func labelLayer(label string) Layer {
	if strings.Count(label, ":") >= 3 {
		return SELinux
	}
	return AppArmor
}

// Relax is c with some layers relaxed. may are the capabilities that count in
// the process's user namespace, above are those that we hold ourselves.
func (c Context) Relax(relaxed Set, may, above sandbox.CapSet) Context {
	if relaxed.Has(UserNS) {
		may = above
	}
	for _, l := range relaxed {
		switch l {
		case DAC:
			c = c.with(pastFiles)
		case Capabilities:
			c = c.with(c.grantable(may))
		case UserNS:
			c.Users = false
		case NoNewPrivs:
			c.NoNewPrivs = false
		case Seccomp:
			c.Filters = nil
		case AppArmor, SELinux:
			c.Label = ""
		case Cgroup:
			c.Cgroup, c.Rlimits = false, nil
		case ReadOnly:
			c.Writable = true
		case Masked:
			c.Uncover = true
		case Landlock:
			c.Locks.Off = true
		}
	}
	return c
}

// with gives capabilities: root takes them from the bounding set, others need
// them in the ambient one.
func (c Context) with(names []string) Context {
	given := setOf(names)
	c.Caps.Bounding |= given
	if !c.asRoot() {
		c.Caps.Permitted |= given
		c.Caps.Inheritable |= given
		c.Caps.Ambient |= given
	}
	return c
}

// grantable are the capabilities to give. For a user who is not root, those
// that pass over files are another layer's.
func (c Context) grantable(may sandbox.CapSet) []string {
	return slices.DeleteFunc(capability.Names(may), func(name string) bool {
		return !c.isZero() && slices.Contains(pastFiles, name)
	})
}

func setOf(names []string) sandbox.CapSet {
	var set sandbox.CapSet
	for _, name := range names {
		if n, err := capability.Parse(name); err == nil {
			set |= 1 << n
		}
	}
	return set
}

// ids are who the command runs as, as this process counts: without the user
// namespace, the numbers are taken as they stand inside.
func (c Context) ids() (uid, gid uint32) {
	if c.Users || !c.Inside.Mapped {
		return c.UID, c.GID
	}
	return c.Inside.UID, c.Inside.GID
}

// hasNoRoot says whether a process that is number 0 must have SECBIT_NOROOT,
// which no file shows: execve(2) would have given it more than it has.
func hasNoRoot(inside IDs, caps sandbox.Capabilities, last int) bool {
	given := (caps.Bounding | caps.Inheritable) & capability.All(last)
	return inside.Mapped && inside.UID == 0 && caps.Permitted&given != given
}
