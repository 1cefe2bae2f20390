//go:build linux

package cgroup

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/moby/sys/mountinfo"

	"cloison/sandbox"
)

// TestGroupForReal makes groups of this computer: after each step, the kernel
// has the value that was told.
func TestGroupForReal(t *testing.T) {
	for name, limits := range map[string]sandbox.Limits{
		"all": all, "memory": {Memory: 16 << 20}, "pids": {Pids: 7}, "cpu": {CPUs: 1.25}, "none": {},
	} {
		t.Run(name, func(t *testing.T) {
			plan := planHere(t, limits)
			for _, s := range plan.Steps {
				if err := s.Do(); err != nil {
					t.Fatalf("%s: %v", s.Action().Call, err)
				}
				holdsWhatIsTold(t, s)
			}
			endsWithItsProcesses(t, plan)
		})
	}
}

// planHere plans a group of this process's, which is removed at the end.
func planHere(t *testing.T, limits sandbox.Limits) Plan {
	t.Helper()
	place, err := Look()
	if err != nil {
		t.Fatal(err)
	}
	name, err := Name()
	if err != nil {
		t.Fatal(err)
	}
	plan, err := place.Plan(name, limits)
	var here *NotHere
	if errors.As(err, &here) {
		t.Skip(here.Error())
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = plan.Remove() })
	return plan
}

func holdsWhatIsTold(t *testing.T, s Step) {
	t.Helper()
	if s.Value == "" {
		if !exists(s.Path) {
			t.Errorf("%s is not there", s.Path)
		}
		return
	}
	text, err := os.ReadFile(s.Path)
	if s.Optional && errors.Is(err, os.ErrNotExist) {
		t.Logf("this kernel has no %s", filepath.Base(s.Path))
		return
	}
	got := strings.TrimSpace(string(text))
	if filepath.Base(s.Path) == "cgroup.subtree_control" {
		if !holds(strings.Fields(got), strings.Fields(strings.ReplaceAll(s.Value, "+", ""))) {
			t.Errorf("%s holds %q after %q", s.Path, got, s.Value)
		}
	} else if err != nil || got != s.Value {
		t.Errorf("%s holds %q, %v; told was %q", s.Path, got, err, s.Value)
	}
}

// endsWithItsProcesses removes a group that holds a process and a group below.
func endsWithItsProcesses(t *testing.T, plan Plan) {
	t.Helper()
	sleeper := exec.Command("sleep", "1000")
	if err := sleeper.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- sleeper.Wait() }()
	for i, dir := range plan.Folders {
		if err := os.WriteFile(filepath.Join(dir, "cgroup.procs"), []byte(strconv.Itoa(sleeper.Process.Pid)), 0); err != nil {
			t.Error(err)
		}
		if inside, err := plan.groups[i].processes(); err != nil || !slices.Equal(inside, []int{sleeper.Process.Pid}) {
			t.Errorf("in %s: %v, %v, want process %d", dir, inside, err, sleeper.Process.Pid)
		}
		if err := os.Mkdir(filepath.Join(dir, "below"), 0o755); err != nil {
			t.Error(err)
		}
		if err := plan.groups[i].delete(); err == nil {
			t.Errorf("%s was removed with a process in it", dir)
		}
	}
	if err := plan.Remove(); err != nil {
		t.Error(err)
	}
	select {
	case <-ended:
	case <-time.After(5 * time.Second):
		t.Error("the process in the group outlived it")
		_ = sleeper.Process.Kill()
	}
	for _, dir := range plan.Folders {
		if exists(dir) {
			t.Errorf("%s is left behind", dir)
		}
	}
	if err := plan.Remove(); err != nil {
		t.Errorf("removing what is gone: %v", err)
	}
}

// TestVersion2ForReal needs no controllers, so that it also runs where they
// are on version 1.
func TestVersion2ForReal(t *testing.T) {
	mounts, err := mountinfo.GetMounts(mountinfo.FSTypeFilter("cgroup2"))
	if err != nil || len(mounts) == 0 {
		t.Skip("no cgroup file system of version 2 is mounted")
	}
	name, err := Name()
	if err != nil {
		t.Fatal(err)
	}
	top := mounts[0].Mountpoint
	if !writable(top) || !writable(filepath.Join(top, "cgroup.procs")) {
		t.Skip("this user may not make a cgroup in " + top)
	}
	plan, err := Place{Version: 2, V2: levels(top, top)}.Plan(name, sandbox.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = plan.Remove() })
	handed := words(filepath.Join(top, "cgroup.subtree_control"))
	for _, s := range plan.Steps {
		if err := s.Do(); err != nil {
			t.Fatalf("%s: %v", s.Action().Call, err)
		}
		holdsWhatIsTold(t, s)
	}
	if now := words(filepath.Join(top, "cgroup.subtree_control")); !slices.Equal(now, handed) {
		t.Errorf("a group without limits has changed what %s hands on: from %v to %v", top, handed, now)
	}
	endsWithItsProcesses(t, plan)
}

// TestOnlyWhatIsToldIsWritten gives the library folders with one file each: it
// would make any other that it writes to.
func TestOnlyWhatIsToldIsWritten(t *testing.T) {
	for version, group := range map[int]func(dir, controller string) group{
		1: func(dir, controller string) group { return group1{dir, controller} },
		2: func(dir, _ string) group { return group2{dir} },
	} {
		for _, v := range Values(version, all) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, v.File), nil, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := group(dir, v.Controller).set(v); err != nil {
				t.Errorf("%s: %v", v.File, err)
			}
			text, err := os.ReadFile(filepath.Join(dir, v.File))
			if err != nil || string(text) != v.Value {
				t.Errorf("%s holds %q, %v; told was %q", v.File, text, err, v.Value)
			}
			if entries, _ := os.ReadDir(dir); len(entries) != 1 {
				t.Errorf("%s is not the only file that was written: %v", v.File, entries)
			}
		}
	}
}

// TestNothingElseIsHandedOver holds us to what is told, without writing. An
// empty list of devices loads no eBPF program.
func TestNothingElseIsHandedOver(t *testing.T) {
	for _, v := range Values(1, all) {
		if v.V1 == nil || v.V2 != nil {
			t.Fatalf("%s is not of version 1", v.File)
		}
		text, err := json.Marshal(v.V1) // leaves out what is nil
		if err != nil || strings.Count(string(text), v.Value) != 1 || strings.Count(string(text), ":") != 2 {
			t.Errorf("%s = %s goes to the library as %s, %v", v.File, v.Value, text, err)
		}
	}
	for _, v := range Values(2, all) {
		if v.V2 == nil || v.V1 != nil {
			t.Fatalf("%s is not of version 2", v.File)
		}
		if got := fmt.Sprint(v.V2.Values()); got != fmt.Sprintf("[{%s %s}]", v.File, v.Value) || len(v.V2.Devices) != 0 {
			t.Errorf("%s = %s goes to the library as %s, with devices %v", v.File, v.Value, got, v.V2.Devices)
		}
	}
}

// TestHandsOnInOneFolder climbs to a parent in plain files: those above it
// stay as they are.
func TestHandsOnInOneFolder(t *testing.T) {
	top := t.TempDir()
	middle := filepath.Join(top, "middle")
	if err := os.Mkdir(middle, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{top, middle} {
		if err := os.WriteFile(filepath.Join(dir, "cgroup.subtree_control"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	plan, err := Place{Version: 2, V2: []Level{
		{Path: filepath.Join(middle, "own"), Offered: []string{"memory", "pids"}, Occupied: true, Writable: true},
		{Path: middle, Offered: []string{"memory", "pids"}, Writable: true},
		{Path: top, Offered: []string{"memory", "pids"}, Top: true, Writable: true},
	}}.Plan("g", sandbox.Limits{Memory: 4096, Pids: 5})
	if err != nil {
		t.Fatal(err)
	}
	if err := plan.Steps[0].Do(); err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[string]string{top: "", middle: "+memory +pids"} {
		if got, _ := os.ReadFile(filepath.Join(dir, "cgroup.subtree_control")); string(got) != want {
			t.Errorf("%s hands on %q, want %q", dir, got, want)
		}
	}
	if exists(filepath.Join(middle, "g")) {
		t.Error("handing on has made the group")
	}
	if err := plan.Steps[1].Do(); err != nil || !exists(filepath.Join(middle, "g")) {
		t.Errorf("the group is not there: %v", err)
	}
}

// TestNoSwapAccounting is a kernel without files for swap: nothing is written,
// and a limit of memory alone still holds. Other files must be there.
func TestNoSwapAccounting(t *testing.T) {
	for _, p := range []Place{
		{Version: 1, V1: map[string]Folder{"memory": {t.TempDir(), true}}},
		{Version: 2, V2: []Level{{Path: t.TempDir(), Enabled: []string{"memory"}, Writable: true}}},
	} {
		plan, err := p.Plan("g", sandbox.Limits{Memory: 4096})
		if err != nil || len(plan.Steps) != 3 {
			t.Fatalf("%d steps, %v, want a folder and two values", len(plan.Steps), err)
		}
		folder, limit, swap := plan.Steps[0], plan.Steps[1], plan.Steps[2]
		if err := folder.Do(); err != nil {
			t.Fatal(err)
		}
		if err := swap.Do(); err != nil || exists(swap.Path) || !swap.Optional || limit.Optional {
			t.Errorf("version %d: the step %+v gives %v", p.Version, swap.Action(), err)
		}
	}
}

// TestHandOn writes to plain files in place of the kernel's: what is written
// shows at the beginning.
func TestHandOn(t *testing.T) {
	for given, want := range map[string]string{
		"cpuset cpu io memory pids\n": "cpuset cpu io memory pids\n",
		"cpu memory\n":                "+pids",
		"":                            "+memory +pids",
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "cgroup.subtree_control"), []byte(given), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := Open(2, dir).HandOn("memory", "pids"); err != nil {
			t.Error(err)
		}
		if got, _ := os.ReadFile(filepath.Join(dir, "cgroup.subtree_control")); !strings.HasPrefix(string(got), want) {
			t.Errorf("given %q: %q, want %q", given, got, want)
		}
	}
	if err := Open(2, t.TempDir()).HandOn("pids"); err == nil {
		t.Error("a folder that is no cgroup hands on")
	}
	if err := Open(1, t.TempDir()).HandOn("pids"); err != nil {
		t.Errorf("version 1 has nothing to hand on: %v", err)
	}
}
