package local

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/moby/sys/mountinfo"
	"golang.org/x/sys/unix"
)

func TestParseCgroups(t *testing.T) {
	got := parseCgroups("9:name=systemd:/\n4:memory:/a:b\n2:cpu,cpuacct:/c\n0::/user.slice\n")
	want := map[string]string{"name=systemd": "/", "memory": "/a:b", "cpu": "/c", "cpuacct": "/c", "": "/user.slice"}
	if len(got) != len(want) {
		t.Errorf("got %v", got)
	}
	for controller, path := range want {
		if got[controller] != path {
			t.Errorf("%s: %q, want %q", controller, got[controller], path)
		}
	}
}

func v1(options, root, at string) *mountinfo.Info {
	return &mountinfo.Info{FSType: "cgroup", VFSOptions: "rw," + options, Root: root, Mountpoint: at}
}

func TestPlanV1(t *testing.T) {
	for _, c := range []struct {
		name   string
		mounts []*mountinfo.Info
		own    map[string]string
		want   []string
	}{
		{
			"below our own",
			[]*mountinfo.Info{v1("cpu,cpuacct", "/", "/c/cpu"), v1("pids", "/", "/c/pids"), v1("memory", "/", "/c/memory")},
			map[string]string{"memory": "/a", "pids": "/", "cpu": "/b/c"},
			[]string{"/c/memory/a", "/c/pids", "/c/cpu/b/c"},
		},
		{
			"in a container",
			[]*mountinfo.Info{v1("memory", "/docker/1", "/c/memory")},
			map[string]string{"memory": "/docker/1/x"},
			[]string{"/c/memory/x"},
		},
		{
			"a mount of another part",
			[]*mountinfo.Info{v1("memory", "/docker/1", "/c/memory")},
			map[string]string{"memory": "/user"},
			[]string{"/c/memory"},
		},
		{"no memory", []*mountinfo.Info{v1("pids", "/", "/c/pids")}, nil, nil},
	} {
		if got := planV1(c.mounts, c.own); !slices.Equal(got.Parents, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got.Parents, c.want)
		}
	}
}

func TestCandidatesV2(t *testing.T) {
	mounts := []*mountinfo.Info{{FSType: "cgroup2", Root: "/", Mountpoint: "/sys/fs/cgroup"}}
	got := candidatesV2(mounts, "/user.slice/session-1.scope")
	want := []string{"/sys/fs/cgroup/user.slice/session-1.scope", "/sys/fs/cgroup/user.slice", "/sys/fs/cgroup"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	if got := candidatesV2(nil, "/"); got != nil {
		t.Errorf("without a mount: %v", got)
	}
}

// TestHandDown writes to plain files in place of the kernel's: what is written
// last shows.
func TestHandDown(t *testing.T) {
	for given, want := range map[string]string{
		"cpuset cpu io memory pids\n": "cpuset cpu io memory pids\n",
		"memory pids\n":               "+cpu",
		"cpu memory\n":                "+pids",
	} {
		dir := t.TempDir()
		for file, text := range map[string]string{"cgroup.procs": "", "cgroup.subtree_control": given} {
			if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := usableV2(dir); err != nil {
			t.Error(err)
		}
		if got, _ := os.ReadFile(filepath.Join(dir, "cgroup.subtree_control")); string(got) != want {
			t.Errorf("given %q: %q, want %q", given, got, want)
		}
	}
	if err := usableV2(t.TempDir()); err == nil {
		t.Error("a folder that is no cgroup is usable")
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
	if inside := processesIn(filepath.Join(c.Dirs[0], leaf)); !slices.Equal(inside, []int{pid}) {
		t.Errorf("in the leaf: %v, want %d", inside, pid)
	}
	c.kill()
	var status unix.WaitStatus
	if _, err := unix.Wait4(pid, &status, 0, nil); err != nil || status.Signal() != unix.SIGKILL {
		t.Errorf("ended by %v, %v", status, err)
	}
}
