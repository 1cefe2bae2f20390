// Package why finds out which layer refused a command: it runs the command
// again in fresh containers, each time with other layers relaxed, and looks
// for the smallest sets of relaxations with which it works.
//
// A refusal says little by itself: EPERM may come from a missing capability, a
// user namespace, a seccomp filter or a security module, and two of them may
// stand one behind the other. So this package does not guess from the error;
// it experiments. The search ([Search]) is pure and knows only sets of layers;
// what relaxing one means for a container is said in one place ([Relax]).
//
// Sources: capabilities(7), user_namespaces(7), seccomp(2), apparmor(7),
// selinux(8), landlock(7), cgroups(7), mount(2), path_resolution(7),
// PR_SET_NO_NEW_PRIVS(2const).
package why

import (
	"slices"
	"strings"
)

// Layer is one thing between a program and what it wants. The names are those
// that lessons use in denied-by.
type Layer string

// The layers, in the order in which they are told.
const (
	DAC          Layer = "dac"          // owner, group and mode of files
	Capabilities Layer = "capabilities" // what root may, piece by piece
	UserNS       Layer = "userns"       // capabilities that count inside only
	NoNewPrivs   Layer = "nnp"          // programs give no privileges
	Seccomp      Layer = "seccomp"      // a filter of system calls
	AppArmor     Layer = "apparmor"
	SELinux      Layer = "selinux"
	Cgroup       Layer = "cgroup"   // limits, and rules for devices
	ReadOnly     Layer = "readonly" // mounts that cannot be written
	Masked       Layer = "masked"   // files of /proc and /sys that are covered
	Landlock     Layer = "landlock" // rules that a program makes for itself
)

// Set is a set of layers.
type Set []Layer

// Has says whether l is in the set.
func (s Set) Has(l Layer) bool { return slices.Contains(s, l) }

// Without is the set less some layers.
func (s Set) Without(less ...Layer) Set {
	return slices.DeleteFunc(slices.Clone(s), func(l Layer) bool { return slices.Contains(less, l) })
}

// With is the set and some layers more.
func (s Set) With(more ...Layer) Set { return append(slices.Clone(s), more...) }

func (s Set) sorted() Set { return slices.Sorted(slices.Values(s)) }

// Covers says whether every layer of other is in s.
func (s Set) Covers(other Set) bool {
	return !slices.ContainsFunc(other, func(l Layer) bool { return !s.Has(l) })
}

// String is the layers with plus signs between them.
func (s Set) String() string {
	names := make([]string, len(s))
	for i, l := range s {
		names[i] = string(l)
	}
	return strings.Join(names, "+")
}
