//go:build linux

package namespace

import (
	"slices"
	"testing"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
)

func TestEveryTypeIsKnown(t *testing.T) {
	for _, ns := range sandbox.Namespaces {
		if kinds[ns].flag == 0 || joinReasons[ns].FR == "" || joinReasons[ns].EN == "" {
			t.Errorf("%s lacks a flag or a reason", ns)
		}
	}
	if len(JoinOrder(sandbox.Namespaces, true)) != len(sandbox.Namespaces) {
		t.Error("a type is missing from the order of joining")
	}
}

func TestAtBirth(t *testing.T) {
	list := AtBirth(sandbox.Namespaces)
	if slices.Contains(list, sandbox.CgroupNS) || slices.Contains(list, sandbox.TimeNS) || len(list) != 6 {
		t.Errorf("at birth: %v, want six without cgroup and time", list)
	}
	if got, want := FlagNames(AtBirth([]sandbox.Namespace{sandbox.PIDNS, sandbox.UserNS})), "CLONE_NEWUSER|CLONE_NEWPID"; got != want {
		t.Errorf("told as %s, want %s", got, want)
	}
	if got := Flags([]sandbox.Namespace{sandbox.PIDNS, sandbox.UserNS}); got != unix.CLONE_NEWPID|unix.CLONE_NEWUSER {
		t.Errorf("flags %x", got)
	}
}

func TestJoinOrder(t *testing.T) {
	list := []sandbox.Namespace{sandbox.MountNS, sandbox.UserNS, sandbox.PIDNS}
	for _, c := range []struct {
		root bool
		want []sandbox.Namespace
	}{
		{true, []sandbox.Namespace{sandbox.PIDNS, sandbox.MountNS, sandbox.UserNS}},
		{false, []sandbox.Namespace{sandbox.UserNS, sandbox.PIDNS, sandbox.MountNS}},
	} {
		if got := JoinOrder(list, c.root); !slices.Equal(got, c.want) {
			t.Errorf("root %v: %v, want %v", c.root, got, c.want)
		}
	}
}

func TestJoinIsTold(t *testing.T) {
	list := Join(42, []Link{{sandbox.UTSNS, 7}})
	if got, want := list[0].String(), `setns(open("/proc/42/ns/uts"), CLONE_NEWUTS)`; got != want {
		t.Errorf("told as %s, want %s", got, want)
	}
	if !ForkInto().Forks {
		t.Error("the clone(2) into a PID namespace does not fork the program")
	}
}
