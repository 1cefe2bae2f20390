//go:build linux

package cgroup

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/moby/sys/mountinfo"

	"cloison/sandbox"
)

// told is a plan in one line a step.
func told(p Plan) string {
	var lines []string
	for _, s := range p.Steps {
		lines = append(lines, s.Action().Call)
	}
	return strings.Join(lines, "\n")
}

var all = sandbox.Limits{Memory: 64 << 20, Pids: 20, CPUs: 0.5}

func TestPlanOnVersion1(t *testing.T) {
	place := Place{Version: 1, V1: map[string]Folder{
		"memory": {"/c/memory/own", true}, "pids": {"/c/pids", true}, "cpu": {"/c/cpu,cpuacct", true},
	}}
	plan, err := place.Plan("g", all)
	if err != nil {
		t.Fatal(err)
	}
	want := `mkdir("/c/memory/own/g", 0755)
write(open("/c/memory/own/g/memory.limit_in_bytes"), "67108864")
write(open("/c/memory/own/g/memory.memsw.limit_in_bytes"), "67108864")
mkdir("/c/pids/g", 0755)
write(open("/c/pids/g/pids.max"), "20")
mkdir("/c/cpu,cpuacct/g", 0755)
write(open("/c/cpu,cpuacct/g/cpu.cfs_period_us"), "100000")
write(open("/c/cpu,cpuacct/g/cpu.cfs_quota_us"), "50000")`
	if got := told(plan); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if want := []string{"/c/memory/own/g/tasks", "/c/pids/g/tasks", "/c/cpu,cpuacct/g/tasks"}; !slices.Equal(plan.Tasks, want) {
		t.Errorf("tasks %v, want %v", plan.Tasks, want)
	}
}

func TestPlanOnVersion2(t *testing.T) {
	scope := Level{Path: "/c/user/session", Offered: []string{"memory", "pids"}, Occupied: true, Writable: true}
	slice := Level{Path: "/c/user", Offered: []string{"cpu", "memory", "pids"}, Enabled: []string{"memory", "pids"}, Writable: true}
	top := Level{Path: "/c", Offered: []string{"cpu", "io", "memory", "pids"}, Enabled: []string{"cpu", "memory", "pids"}, Occupied: true, Top: true, Writable: true}
	bare := Level{Path: "/c", Offered: []string{"cpu", "memory", "pids"}, Occupied: true, Top: true, Writable: true}
	foreign := scope
	foreign.Writable = false
	for name, c := range map[string]struct {
		levels []Level
		limits sandbox.Limits
		want   string
		note   bool
	}{
		"memory: the slice has it": {[]Level{scope, slice, top}, sandbox.Limits{Memory: 1 << 20}, `mkdir("/c/user/g", 0755)
write(open("/c/user/g/memory.max"), "1048576")
write(open("/c/user/g/memory.swap.max"), "0")`, true},
		"cpu: only the top hands it on": {[]Level{scope, slice, top}, sandbox.Limits{CPUs: 1.5}, `mkdir("/c/g", 0755)
write(open("/c/g/cpu.max"), "150000 100000")`, true},
		"at the top, nothing handed on": {[]Level{bare}, sandbox.Limits{Pids: 5}, `write(open("/c/cgroup.subtree_control"), "+pids")
mkdir("/c/g", 0755)
write(open("/c/g/pids.max"), "5")`, false},
		"an empty group of one's own": {[]Level{{Path: "/c/own", Offered: []string{"memory", "pids"}, Writable: true}}, sandbox.Limits{Pids: 5, Memory: 4096}, `write(open("/c/own/cgroup.subtree_control"), "+memory +pids")
mkdir("/c/own/g", 0755)
write(open("/c/own/g/memory.max"), "4096")
write(open("/c/own/g/memory.swap.max"), "0")
write(open("/c/own/g/pids.max"), "5")`, false},
		"no limit: no controller needed": {[]Level{scope}, sandbox.Limits{}, `mkdir("/c/user/session/g", 0755)`, false},
		"delegated from the slice on":    {[]Level{foreign, slice}, sandbox.Limits{Pids: 1}, "mkdir(\"/c/user/g\", 0755)\nwrite(open(\"/c/user/g/pids.max\"), \"1\")", true},
	} {
		plan, err := Place{Version: 2, V2: c.levels}.Plan("g", c.limits)
		if err != nil || told(plan) != c.want || (plan.Note.EN != "") != c.note {
			t.Errorf("%s: %v\n%s\n(note %q), want\n%s", name, err, told(plan), plan.Note.EN, c.want)
		}
	}
}

func TestPlanRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		place  Place
		limits sandbox.Limits
		why    string
	}{
		"nothing mounted":          {Place{}, all, "no cgroup file system is mounted"},
		"version 1, not root":      {Place{Version: 1, V1: map[string]Folder{"memory": {"/c/memory", false}}}, sandbox.Limits{Memory: 1}, "this user may not make a cgroup below /c/memory"},
		"version 1, no controller": {Place{Version: 1, V1: map[string]Folder{"memory": {"/c/memory", true}}}, all, "the pids controller is not available here"},
		"version 2, not root":      {Place{Version: 2, V2: []Level{{Path: "/c/a", Offered: []string{"memory"}}}}, sandbox.Limits{Memory: 1}, "this user may not make a cgroup below /c/a"},
		"version 2, no controller": {Place{Version: 2, V2: []Level{{Path: "/c/a", Writable: true}}}, sandbox.Limits{Pids: 1}, "the pids controller is not available here"},
	} {
		_, err := c.place.Plan("g", c.limits)
		var here *NotHere
		if !errors.As(err, &here) || here.Why.EN != c.why || here.Try.FR == "" {
			t.Errorf("%s: %v, want %s", name, err, c.why)
		}
	}
}

func TestPlace(t *testing.T) {
	mounts, err := mountinfo.GetMountsFromReader(strings.NewReader(
		`30 20 0:27 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
31 20 0:28 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
32 20 0:29 /docker/abc /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
33 20 0:30 /docker/abc /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids
34 20 0:31 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	own := map[string]string{"memory": "/user", "cpu": "/docker/abc", "cpuacct": "/docker/abc", "pids": "/docker/abcd", "name=systemd": "/x"}
	got := place(own, "/u", mounts, inside)
	if got.Version != 1 || len(got.V1) != 2 || got.V1["memory"].Path != "/sys/fs/cgroup/memory/user" || got.V1["cpu"].Path != "/sys/fs/cgroup/cpu,cpuacct" {
		t.Errorf("a mixed system gives %+v", got)
	}
	if len(got.Others) != 3 || got.Others["unified"].Path != "/sys/fs/cgroup/unified/u" || got.Others["cpuacct"].Path != "/sys/fs/cgroup/cpu,cpuacct" {
		t.Errorf("a mixed system has the other controllers %+v", got.Others)
	}
	if got := place(own, "/u", mounts, nearest); len(got.V1) != 3 || got.V1["pids"].Path != "/sys/fs/cgroup/pids" {
		t.Errorf("a mount of another part gives %+v", got)
	}
	got = place(nil, "/user.slice/a.scope", mounts[:1], inside)
	if got.Version != 2 || len(got.V2) != 3 || got.V2[0].Path != "/sys/fs/cgroup/unified/user.slice/a.scope" || got.V2[2].Path != "/sys/fs/cgroup/unified" {
		t.Errorf("version 2 alone gives %+v", got)
	}
	if got := place(nil, "/", nil, nearest); got.Version != 0 {
		t.Errorf("no mount gives version %d", got.Version)
	}
}

func TestGoneOwners(t *testing.T) {
	own, err := ownOwner()
	if err != nil {
		t.Fatal(err)
	}
	name, err := Name()
	if err != nil {
		t.Fatal(err)
	}
	dead := exec.Command("true")
	if err := dead.Run(); err != nil {
		t.Skip("no true(1) to run")
	}
	deadName := func(namespace string) string { return fmt.Sprintf("%s%d-1-%s-1", prefix, dead.Process.Pid, namespace) }
	seesAll := census{own.namespace, map[string]bool{own.namespace: true, "43": true}}
	for _, c := range []struct {
		what, name string
		census     census
		want       bool
	}{
		{"ours", name, seesAll, false},
		{"the same number, born at another time", fmt.Sprintf("%s%d-1-%s-1", prefix, own.id.PID, own.namespace), seesAll, true},
		{"dead", deadName(own.namespace), seesAll, true},
		{"dead, as far as we see", deadName(own.namespace), census{here: own.namespace}, true},
		{"of a namespace that somebody is in", deadName("43"), seesAll, false},
		{"of a namespace that nobody is in", deadName("44"), seesAll, true},
		{"of a namespace that we cannot see", deadName("44"), census{here: own.namespace}, false},
		{"where /proc says nothing", deadName("44"), census{}, false},
	} {
		o, ok := named(group2{"/c/" + c.name})
		if got := o.gone(c.census); !ok || got != c.want {
			t.Errorf("%s: %s is %v, %v; gone %v, want %v", c.what, c.name, o, ok, got, c.want)
		}
	}
	for _, other := range []string{"cloison-lab-1", prefix + "x", prefix + "1-2-3", prefix + "0-2-3-1", prefix + "1-2--1", prefix + "a-2-3-1", "user.slice"} {
		if o, ok := named(group2{"/c/" + other}); ok {
			t.Errorf("%s has an owner, %v", other, o)
		}
	}
}

func FuzzOwner(f *testing.F) {
	f.Add("1-2-3")
	f.Add("1--3")
	f.Fuzz(func(t *testing.T, text string) {
		o, ok := parseOwner(text)
		if again, ok2 := parseOwner(o.String()); ok && (!ok2 || again != o) {
			t.Errorf("%q is %+v, and that is %+v", text, o, again)
		}
	})
}

// What a living namespace is made of: ours, and one of a child's.
func TestInhabited(t *testing.T) {
	here, err := namespaceOf("self")
	if err != nil {
		t.Fatal(err)
	}
	if here != initialNamespace || os.Geteuid() != 0 {
		t.Skip("not root in the first PID namespace: not all can be seen")
	}
	cmd := exec.Command("cat")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID}
	in, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Skip("no PID namespace to be had:", err)
	}
	there, err := namespaceOf(strconv.Itoa(cmd.Process.Pid))
	if all := inhabited(here); err != nil || there == here || !all[here] || !all[there] {
		t.Errorf("%v: %s and %s are not both in %v", err, here, there, all)
	}
	_ = in.Close()
	_ = cmd.Wait()
	if inhabited(here)[there] {
		t.Errorf("%s has nobody left, and is inhabited", there)
	}
	if inhabited(there) != nil {
		t.Error("all can be seen from a namespace below")
	}
}

// otherNamespace is one that somebody is in, or that nobody here can know of.
func otherNamespace(t *testing.T) string {
	t.Helper()
	cmd := exec.Command("sleep", "1000")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID}
	if cmd.Start() != nil {
		return "1"
	}
	t.Cleanup(func() { _, _ = cmd.Process.Kill(), cmd.Wait() })
	there, err := namespaceOf(strconv.Itoa(cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	return there
}

func TestSweepTakesOnlyTheDead(t *testing.T) {
	dir := t.TempDir()
	own, _ := Name()
	numbers, err := namespaceOf("self")
	if err != nil {
		t.Fatal(err)
	}
	dead, foreign := prefix+"1-0-"+numbers+"-1", prefix+"1-0-"+otherNamespace(t)+"-1"
	for _, name := range []string{own, dead, foreign, "other"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	Place{V2: []Level{{Path: dir}}}.Sweep()
	if exists(filepath.Join(dir, dead)) {
		t.Error("the group of a dead owner is left")
	}
	if !exists(filepath.Join(dir, own)) || !exists(filepath.Join(dir, foreign)) || !exists(filepath.Join(dir, "other")) {
		t.Error("the sweep took a group that is not a dead owner's")
	}
}
