package local

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/moby/sys/mountinfo"
	"golang.org/x/sys/unix"

	"cloison/sandbox/cgroup"
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
