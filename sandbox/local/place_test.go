package local

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/moby/sys/mountinfo"
	"golang.org/x/sys/unix"

	"cloison/sandbox"
	"cloison/sandbox/cgroup"
	"cloison/sandbox/shell"
)

func TestPlaceV1(t *testing.T) {
	memory, pids, cpu := cgroup.Folder{Path: "/c/memory/a", Writable: true}, cgroup.Folder{Path: "/c/pids", Writable: true}, cgroup.Folder{Path: "/c/cpu"}
	others := map[string]cgroup.Folder{"cpuset": {Path: "/c/cpuset", Writable: true}, "devices": {Path: "/c/devices"}}
	for name, c := range map[string]struct {
		own  map[string]cgroup.Folder
		want []string
		err  string
	}{
		"memory is the first":    {map[string]cgroup.Folder{"pids": pids, "memory": memory}, []string{memory.Path, pids.Path}, ""},
		"not without memory":     {map[string]cgroup.Folder{"pids": pids}, nil, "no cgroup hierarchy with the memory controller"},
		"one is somebody else's": {map[string]cgroup.Folder{"cpu": cpu, "memory": memory}, nil, "/c/cpu: this user may not"},
	} {
		got, err := placeV1(c.own, others)
		if !slices.Equal(got.Parents, c.want) || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s: %v, %v, want %v", name, got.Parents, err, c.want)
		}
		if _, ours := got.Of["devices"]; ours || err == nil && got.Of["cpuset"] != "/c/cpuset" {
			t.Errorf("%s: spare controllers in %v, want cpuset alone", name, got.Of)
		}
	}
}

// TestPlaceV2 climbs through plain files in place of the kernel's; one that is
// missing refuses, as does the kernel where the group holds processes.
func TestPlaceV2(t *testing.T) {
	foreign := cgroup.Level{Path: t.TempDir()}
	refuses := cgroup.Level{Path: t.TempDir(), Writable: true}
	gives := cgroup.Level{Path: t.TempDir(), Writable: true}
	if err := os.WriteFile(filepath.Join(gives.Path, "cgroup.subtree_control"), []byte("cpu memory pids\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := placeV2([]cgroup.Level{foreign, refuses, gives})
	if err != nil || got.Version != 2 || !slices.Equal(got.Parents, []string{gives.Path}) {
		t.Errorf("got %+v, %v, want %s", got, err, gives.Path)
	}
	for want, levels := range map[string][]cgroup.Level{
		"this user may not":      {refuses, foreign},
		"cgroup.subtree_control": {foreign, refuses},
		"no cgroup hierarchy":    nil,
	} {
		if got, err := placeV2(levels); err == nil || !strings.Contains(err.Error(), want) || got.Version != 0 {
			t.Errorf("got %+v, %v, want an error with %q", got, err, want)
		}
	}
}

// TestStarterOnV2 needs no controllers: only that processes are born in the
// lab's leaf, and that killing and removing it works.
func TestStarterOnV2(t *testing.T) {
	mounts, err := mountinfo.GetMounts(mountinfo.FSTypeFilter("cgroup2"))
	if err != nil || len(mounts) == 0 {
		t.Skip("cgroup v2 is not mounted here")
	}
	c := cgroups{Version: 2, Dirs: []string{filepath.Join(mounts[0].Mountpoint, filepath.Base(t.TempDir())+"-cloison-test")}}
	if err := os.MkdirAll(filepath.Join(c.Dirs[0], leaf), 0o755); err != nil {
		t.Skipf("cgroups cannot be made here: %v", err)
	}
	defer func() {
		if err := c.remove(clearLimit); err != nil {
			t.Error(err)
		}
	}()
	s, err := newStarter(c)
	if err != nil {
		t.Fatal(err)
	}
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	pid, err := s.run(start{Args: []string{"sleep", "1000"}, Dir: "/"}, null)
	if err != nil {
		t.Fatal(err)
	}
	if inside, err := cgroup.Open(2, filepath.Join(c.Dirs[0], leaf)).Processes(); err != nil || !slices.Equal(inside, []int{pid}) {
		t.Errorf("in the leaf: %v, %v, want %d", inside, err, pid)
	}
	c.kill()
	var status unix.WaitStatus
	if _, err := unix.Wait4(pid, &status, 0, nil); err != nil || status.Signal() != unix.SIGKILL {
		t.Errorf("ended by %v, %v", status, err)
	}
}

// What a killed cloison has left in a file system that is gone has no record: its
// cgroups say themselves who made them.
func TestSweepOfCgroupsWithoutARecord(t *testing.T) {
	machine := newMachine(t)
	if machine.cgroups.Version == 0 {
		t.Skip("no cgroup can be made here")
	}
	parent := filepath.Join(machine.cgroups.Parents[0], "sweep-"+shell.NewKey())
	open := func(name ...string) cgroup.Tree {
		tree := cgroup.Open(machine.cgroups.Version, filepath.Join(append([]string{parent}, name...)...))
		if err := tree.Make(); err != nil {
			t.Fatal(err)
		}
		return tree
	}
	top := open()
	cmd := exec.Command("sleep", "1000")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_, _ = cmd.Process.Kill(), cmd.Wait()
		eventually(t, "the test's cgroups go", func() bool { return top.Delete() == nil })
	})
	for _, name := range []string{"living", "empty", "full", "foreign"} {
		open(name)
		open(name, leaf)
	}
	if err := open("living").Mark(); err != nil {
		t.Skip(err)
	}
	namespace, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		t.Fatal(err)
	}
	dead := fmt.Sprintf("%d-1-%s", os.Getpid(), strings.Trim(namespace, "pid:[]"))
	for _, name := range []string{"empty", "full"} {
		if err := unix.Setxattr(filepath.Join(parent, name), "user.cloison.owner", []byte(dead), 0); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(parent, "full", leaf, "cgroup.procs"), fmt.Append(nil, cmd.Process.Pid), 0); err != nil {
		t.Fatal(err)
	}
	place{Version: machine.cgroups.Version, Parents: []string{parent}}.sweep()
	for name, want := range map[string]bool{"living": true, "full": true, "foreign": true, "empty": false} {
		if got := exists(filepath.Join(parent, name, leaf)); got != want {
			t.Errorf("%s is there: %v, want %v", name, got, want)
		}
	}
}

func TestALabsCgroupsAreMarked(t *testing.T) {
	lab := openLab(t, newMachine(t), sandbox.LabOptions{})
	for _, dir := range lab.record.Cgroups.all() {
		text := make([]byte, 100)
		n, err := unix.Getxattr(dir, "user.cloison.owner", text)
		if errors.Is(err, unix.EOPNOTSUPP) {
			t.Skip("this kernel keeps no extended attributes for cgroups")
		}
		if want := fmt.Sprintf("%d-%d-", lab.record.Owner.PID, lab.record.Owner.Start); err != nil || !strings.HasPrefix(string(text[:max(n, 0)]), want) {
			t.Errorf("%s: %q, %v, want %s…", dir, text[:max(n, 0)], err, want)
		}
	}
}
