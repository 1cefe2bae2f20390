package inspect

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"cloison/sandbox"
)

// village is a /proc of a few processes, which a test changes.
type village struct{ fstest.MapFS }

func (v village) file(name, text string) {
	v.MapFS[name] = &fstest.MapFile{Data: []byte(text), Mode: 0o444}
}

// villager is a process of it.
type villager struct {
	pid, ppid, started int
	command            string
	stack              int // where execve(2) has put it
	uid                int
	bounding           string
	pidNS, userNS      int
}

func (v village) add(p villager) {
	dir := fmt.Sprintf("proc/%d/", p.pid)
	v.file(dir+"stat", fmt.Sprintf("%d (%s) S %d 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 %d 0 0 0 94455737851904 0 %d 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n",
		p.pid, p.command, p.ppid, p.started, p.stack))
	v.file(dir+"status", fmt.Sprintf("State:\tS (sleeping)\nPPid:\t%d\nUid:\t%[2]d\t%[2]d\t%[2]d\t%[2]d\nGid:\t0\t0\t0\t0\nNSpid:\t%[3]d\t7\nCapInh:\t0\nCapPrm:\t0\nCapEff:\t0\nCapBnd:\t%[4]s\nCapAmb:\t0\nSeccomp:\t2\nNoNewPrivs:\t1\n",
		p.ppid, p.uid, p.pid, p.bounding))
	v.file(dir+"comm", p.command+"\n")
	v.file(dir+"cmdline", p.command+"\x00--flag\x00")
	v.file(dir+"cgroup", "0::/lab/shells\n")
	v.file(dir+"uid_map", "0 100000 65536\n")
	for ns, inode := range map[string]int{"pid": p.pidNS, "user": p.userNS} {
		v.MapFS[dir+"ns/"+ns] = &fstest.MapFile{Data: fmt.Appendf(nil, "%s:[%d]", ns, inode), Mode: 0o777 | 1<<27}
	}
}

// The namespaces of the boot, by their fixed inodes.
const hostPID, hostUser = 0xEFFFFFFC, 0xEFFFFFFD

func newVillage() village {
	v := village{fstest.MapFS{}}
	v.add(villager{pid: 1, started: 1, command: "init", bounding: "ff", pidNS: hostPID, userNS: hostUser})
	v.add(villager{pid: 10, ppid: 9, started: 5, command: "bash", stack: 100, bounding: "ff", pidNS: hostPID, userNS: hostUser})
	v.add(villager{pid: 12, ppid: 10, started: 6, command: "unshare", stack: 200, bounding: "ff", pidNS: hostPID, userNS: hostUser})
	v.add(villager{pid: 11, ppid: 12, started: 7, command: "sh", stack: 300, uid: 100007, bounding: "0f", pidNS: 3, userNS: 4})
	v.add(villager{pid: 13, ppid: 10, started: 7, command: "sleep", stack: 400, bounding: "ff", pidNS: hostPID, userNS: hostUser})
	return v
}

var all4 = []int{10, 11, 12, 13}

func read(t *testing.T, l *Lab, subject int, members, ran []int) sandbox.Xray {
	t.Helper()
	x, err := l.Read(subject, members, ran)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestLabIsATreeByAge(t *testing.T) {
	x := read(t, New(newVillage()).Lab(LabOptions{}), 11, all4, nil)
	var got []string
	for _, p := range x.Processes {
		got = append(got, fmt.Sprintf("%s%s %d", strings.Repeat(" ", p.Depth), p.Command, p.PID))
	}
	if want := []string{"bash 10", " unshare 12", "  sh 11", " sleep 13"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	want := sandbox.ProcessFact{
		PID: 11, PPID: 12, Inner: 7, Depth: 2, Started: 7, State: "S", Threads: 1, Command: "sh", Args: "sh --flag",
		UID: 100007, InnerUID: 7, Namespaces: map[sandbox.Namespace]uint64{sandbox.PIDNS: 3, sandbox.UserNS: 4},
		Capabilities: sandbox.Capabilities{Bounding: 0xf}, Cgroup: "/lab/shells", Seccomp: 2, NoNewPrivs: true,
	}
	if d := cmp.Diff(want, x.Processes[2]); d != "" {
		t.Error(d)
	}
}

func TestNamespacesAndWhoSharesThem(t *testing.T) {
	l := New(newVillage()).Lab(LabOptions{})
	want := []sandbox.NamespaceUse{
		{Type: sandbox.PIDNS, Inode: 3, Users: []int{11}, Count: 1},
		{Type: sandbox.UserNS, Inode: 4, Users: []int{11}, Count: 1},
	}
	if d := cmp.Diff(want, read(t, l, 11, all4, nil).Namespaces); d != "" {
		t.Error(d)
	}
	want = []sandbox.NamespaceUse{
		{Type: sandbox.PIDNS, Inode: hostPID, Host: true, Parent: true, Users: []int{10, 12, 13}, Count: 3},
		{Type: sandbox.UserNS, Inode: hostUser, Host: true, Parent: true, Users: []int{10, 12, 13}, Count: 3},
	}
	if d := cmp.Diff(want, read(t, l, 12, all4, nil).Namespaces); d != "" {
		t.Error(d)
	}
}

// What execve(2) changed, in the same process or in a fresh copy of its parent.
func TestExecIsKnownByItsTraces(t *testing.T) {
	v := newVillage()
	l := New(v).Lab(LabOptions{})
	x := read(t, l, 11, all4, nil)
	want := &sandbox.ExecFact{Command: "unshare", Parent: true, Before: sandbox.Capabilities{Bounding: 0xff}, After: sandbox.Capabilities{Bounding: 0x0f}}
	if d := cmp.Diff(want, x.Exec); d != "" {
		t.Error("a child that runs another program than its parent: ", d)
	}
	v.add(villager{pid: 11, ppid: 12, started: 7, command: "ping", stack: 999, uid: 100007, bounding: "03", pidNS: 3, userNS: 4})
	x = read(t, l, 11, all4, []int{11})
	want = &sandbox.ExecFact{Command: "sh", Before: sandbox.Capabilities{Bounding: 0x0f}, After: sandbox.Capabilities{Bounding: 0x03}}
	if d := cmp.Diff(want, x.Exec); d != "" {
		t.Error("another program in the same process: ", d)
	}
	v.add(villager{pid: 11, ppid: 12, started: 7, command: "ping", stack: 1000, uid: 100007, bounding: "03", pidNS: 3, userNS: 4})
	if x = read(t, l, 11, all4, []int{11}); x.Exec == nil || x.Exec.Command != "sh" {
		t.Errorf("it was read in the middle of its execve(2): %+v", x.Exec)
	}
	v.add(villager{pid: 11, ppid: 12, started: 7, command: "renamed", stack: 1000, uid: 100007, bounding: "01", pidNS: 3, userNS: 4})
	if x = read(t, l, 11, all4, []int{11}); x.Exec == nil || x.Exec.Command != "sh" || x.Exec.After.Bounding != 3 {
		t.Errorf("a new name and fewer capabilities are no execve(2): %+v", x.Exec)
	}
}

// Copies of a process that has just called execve(2) have come of the same one.
func TestExecOfCopies(t *testing.T) {
	v := newVillage()
	all, parent := slices.Clone(all4), 12
	for pid := 20; pid < 30; pid++ {
		v.add(villager{pid: pid, ppid: parent, started: 7, command: "unshare", stack: 200, bounding: "ff", pidNS: hostPID, userNS: hostUser})
		all, parent = append(all, pid), pid
	}
	if x := read(t, New(v).Lab(LabOptions{}), 29, all, nil); x.Exec == nil || x.Exec.Command != "bash" {
		t.Errorf("exec %+v, want that of the first, from bash", x.Exec)
	}
}

func TestWhoHasNotRunIsNotReadAgain(t *testing.T) {
	v := newVillage()
	l := New(v).Lab(LabOptions{})
	read(t, l, 10, all4, nil)
	v.add(villager{pid: 13, ppid: 10, started: 7, command: "changed", bounding: "ff", pidNS: hostPID, userNS: hostUser})
	has := func(x sandbox.Xray) bool {
		return slices.ContainsFunc(x.Processes, func(p sandbox.ProcessFact) bool { return p.Command == "changed" })
	}
	if has(read(t, l, 10, all4, nil)) {
		t.Error("13 has not run, yet it was read")
	}
	if !has(read(t, l, 10, all4, []int{13})) {
		t.Error("13 has run, yet it was not read")
	}
	if x := read(t, l, 10, []int{10, 12}, nil); len(x.Processes) != 2 {
		t.Errorf("%d processes, 2 are left", len(x.Processes))
	}
}

func TestSubjectIsPartOfThePicture(t *testing.T) {
	l := New(newVillage()).Lab(LabOptions{})
	if x := read(t, l, 13, []int{10}, nil); len(x.Processes) != 2 || x.Facts.PID != 13 {
		t.Errorf("a subject that is no member: %+v", x.Processes)
	}
	if _, err := l.Read(99, all4, nil); !errors.Is(err, ErrGone) {
		t.Errorf("a subject that is gone: %v", err)
	}
}

// Processes whose parents name each other, as only a reading in a moment of
// change can find them, end no reading.
func TestFamilyOfTheirOwnAncestors(t *testing.T) {
	rows := map[int]row{}
	for pid, ppid := range map[int]int{1: 2, 2: 1, 3: 3, 4: 9, 5: 4} {
		rows[pid] = row{fact: sandbox.ProcessFact{PID: pid, PPID: ppid}}
	}
	var got []int
	for _, p := range family(rows) {
		got = append(got, p.PID)
	}
	if !slices.Equal(got, []int{3, 4, 5}) {
		t.Errorf("got %v", got)
	}
}

// The kernel takes command lines of megabytes, and who watches a VM none.
func TestALongCommandLineIsClipped(t *testing.T) {
	v := newVillage()
	v.file("proc/10/cmdline", "echo\x00"+strings.Repeat("12345\x00", 300_000))
	x := read(t, New(v).Lab(LabOptions{}), 10, all4, nil)
	last := len(x.Facts.Args) - 1
	if all := strings.Join(x.Facts.Args, ""); len(all) > mostArgs+len("…") || !strings.HasPrefix(all, "echo12345") || !strings.HasSuffix(x.Facts.Args[last], "…") {
		t.Errorf("%d bytes, the last of %q", len(all), x.Facts.Args[last])
	}
	if got := clipped([]string{"a", "bc", "d"}, 7); !slices.Equal(got, []string{"a", "bc", "d"}) {
		t.Errorf("what fits becomes %q", got)
	}
	if got := clipped(make([]string, 9), 4); len(got) != 5 || got[4] != "…" {
		t.Errorf("empty ones become %q", got)
	}
	if got := clipped([]string{"a", "bécd"}, 4); !slices.Equal(got, []string{"a", "b…"}) {
		t.Errorf("a letter in the middle becomes %q", got)
	}
}

func TestCgroupTreeOfV2(t *testing.T) {
	v := newVillage()
	v.file("proc/self/mountinfo", "30 24 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n")
	top := "sys/fs/cgroup/lab/"
	v.file(top+"memory.max", "max\n")
	v.file(top+"memory.current", "4096\n")
	v.file(top+"shells/cgroup.procs", "10\n12\n0\n")
	v.file(top+"shells/memory.current", "2048\n")
	v.file(top+"box/memory.max", "33554432\n")
	v.file(top+"box/memory.current", "1024\n")
	v.file(top+"box/memory.events", "oom 2\noom_kill 2\n")
	v.file(top+"box/pids.max", "20\n")
	v.file(top+"box/pids.current", "1\n")
	v.file(top+"box/cpu.max", "50000 100000\n")
	v.file(top+"box/cgroup.events", "populated 1\nfrozen 1\n")
	v.file(top+"box/in/cgroup.procs", "")
	want := []sandbox.CgroupNode{
		{Path: "/lab", Memory: sandbox.Gauge{Used: 4096}},
		{
			Path: "/lab/box", Depth: 1, Memory: sandbox.Gauge{Used: 1024, Limit: 32 << 20}, Pids: sandbox.Gauge{Used: 1, Limit: 20},
			CPU: sandbox.CPULimit{Quota: 50000, Period: 100000}, OOMKill: 2, Frozen: true,
		},
		{Path: "/lab/box/in", Depth: 2},
		{Path: "/lab/shells", Depth: 1, Processes: 3, Subject: true, Memory: sandbox.Gauge{Used: 2048}},
	}
	l := New(v).Lab(LabOptions{CgroupVersion: 2, Cgroups: []string{"/sys/fs/cgroup/lab"}})
	if d := cmp.Diff(want, read(t, l, 10, all4, nil).Cgroups); d != "" {
		t.Error(d)
	}
	// Without a cgroup of the lab, it is the subject's own that is told.
	want = []sandbox.CgroupNode{{Path: "/lab/shells", Processes: 3, Subject: true, Memory: sandbox.Gauge{Used: 2048}}}
	if d := cmp.Diff(want, read(t, New(v).Lab(LabOptions{}), 10, all4, nil).Cgroups); d != "" {
		t.Error(d)
	}
}

// On v1 each controller has a tree of its own; they are told as one.
func TestCgroupTreeOfV1(t *testing.T) {
	v := newVillage()
	v.file("proc/10/cgroup", "2:pids:/lab\n1:memory:/up/lab/box\n")
	v.file("proc/self/mountinfo", "30 24 0:27 / /cg/memory rw - cgroup cgroup rw,memory\n31 24 0:28 / /cg/pids rw - cgroup cgroup rw,pids\n")
	v.file("cg/memory/up/lab/memory.limit_in_bytes", "9223372036854771712\n")
	v.file("cg/memory/up/lab/box/memory.limit_in_bytes", "16777216\n")
	v.file("cg/memory/up/lab/box/memory.usage_in_bytes", "4096\n")
	v.file("cg/memory/up/lab/box/cgroup.procs", "10\n")
	v.file("cg/pids/lab/pids.max", "20\n")
	v.file("cg/pids/lab/pids.current", "3\n")
	want := []sandbox.CgroupNode{
		{Path: "/lab", Subject: true, Pids: sandbox.Gauge{Used: 3, Limit: 20}},
		{Path: "/lab/box", Depth: 1, Processes: 1, Subject: true, Memory: sandbox.Gauge{Used: 4096, Limit: 16 << 20}},
	}
	l := New(v).Lab(LabOptions{CgroupVersion: 1, Cgroups: []string{"/cg/memory/up/lab", "/cg/pids/lab"}})
	if d := cmp.Diff(want, read(t, l, 10, all4, nil).Cgroups); d != "" {
		t.Error(d)
	}
}

// Labs of one process, as real kernels told of it.
func TestLabsOfRecordedTrees(t *testing.T) {
	for name, want := range map[string]struct {
		pid, inner    int
		uid, innerUID uint32
		cgroup        string
		limit         uint64
	}{
		"v1-host":      {pid: 6375, inner: 6375, cgroup: "/"},
		"v1-container": {pid: 6552, inner: 2, uid: 100000, cgroup: "/cloison-rec/box", limit: 32 << 20},
	} {
		x := read(t, New(tree(t, name)).Lab(LabOptions{}), want.pid, []int{want.pid}, nil)
		p := x.Processes[0]
		if p.Command != "sleep" || p.Args != "sleep 300" || p.Inner != want.inner || p.UID != want.uid || p.InnerUID != want.innerUID || p.Cgroup != want.cgroup {
			t.Errorf("%s: %+v", name, p)
		}
		if len(x.Namespaces) != 8 || x.Namespaces[0].Count != 1 {
			t.Errorf("%s: namespaces %+v", name, x.Namespaces)
		}
		if n := x.Cgroups[len(x.Cgroups)-1]; !n.Subject || n.Memory.Limit != want.limit {
			t.Errorf("%s: cgroups %+v", name, x.Cgroups)
		}
		if !slices.Contains(x.Unread, "devices") {
			t.Errorf("%s: nothing was recorded of the network, yet unread is %v", name, x.Unread)
		}
	}
}
