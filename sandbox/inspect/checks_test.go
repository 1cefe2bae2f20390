package inspect

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"cloison/sandbox"
)

// TestChecksAreLeftOut wants a check and what it has started to be in no line of
// the tree and in no count, and whoever has its variable from a learner's
// shell to be there.
func TestChecksAreLeftOut(t *testing.T) {
	v := newVillage()
	v.file("proc/self/mountinfo", "")
	v.file("sys/lab/cgroup.procs", "9 10 11 12 13 20 21 0\n")
	l := New(v).Lab(LabOptions{CgroupVersion: 2, Cgroups: []string{"/sys/lab"}, Keeper: 9})
	names := func(x sandbox.Xray) (all []string) {
		for _, p := range x.Processes {
			all = append(all, fmt.Sprint(p.Command, p.PID))
		}
		return append(all, fmt.Sprint("×", x.Cgroups[0].Processes))
	}
	here := []string{"bash10", "unshare12", "sh11", "sleep13"}
	v.add(villager{pid: 20, ppid: 9, started: 8, command: "keeper", stack: 500, bounding: "ff", pidNS: hostPID, userNS: hostUser})
	members := append(slices.Clone(all4), 20)
	if got := names(read(t, l, 10, members, members)); !slices.Equal(got, append(slices.Clone(here), "keeper20", "×7")) {
		t.Fatalf("before it is a check: %q", got)
	}
	v.add(villager{pid: 20, ppid: 9, started: 8, command: "bash", stack: 501, bounding: "ff", pidNS: hostPID, userNS: hostUser})
	v.file("proc/20/environ", "A=b\x00"+sandbox.CheckVariable+"=10\x00")
	v.add(villager{pid: 21, ppid: 20, started: 9, command: "docker", stack: 502, bounding: "ff", pidNS: hostPID, userNS: hostUser})
	v.file("proc/13/environ", sandbox.CheckVariable+"=10\x00")
	members = append(members, 21)
	if got := names(read(t, l, 10, members, []int{13, 20, 21})); !slices.Equal(got, append(slices.Clone(here), "×6")) {
		t.Errorf("with a check: %q", got)
	}
	if got := names(read(t, l, 10, members, []int{20})); !slices.Equal(got, append(slices.Clone(here), "×6")) {
		t.Errorf("when it has run again: %q", got)
	}
	for _, pid := range []int{20, 22} { // it ends, and so does one that nobody has seen alive
		v.add(villager{pid: pid, ppid: 9, started: 8, command: "bash", bounding: "ff", pidNS: hostPID, userNS: hostUser})
		stat := fmt.Sprintf("proc/%d/stat", pid)
		v.file(stat, strings.Replace(string(v.MapFS[stat].Data), ") S ", ") Z ", 1))
		v.file(fmt.Sprintf("proc/%d/environ", pid), "")
	}
	if got := names(read(t, l, 10, append(members, 22), []int{20, 22})); !slices.Equal(got, append(slices.Clone(here), "×6")) {
		t.Errorf("when it has ended: %q", got)
	}
	if got := names(read(t, l, 10, all4, nil)); !slices.Equal(got, append(slices.Clone(here), "×6")) {
		t.Errorf("when it is gone from the lab: %q", got)
	}
}
