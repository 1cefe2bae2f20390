package inspect

import (
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"cloison/sandbox"
)

// allBut are all capabilities that a recorded kernel knows, but those numbers.
func allBut(numbers ...int) sandbox.CapSet {
	set := sandbox.CapSet(0x1ffffffffff)
	for _, n := range numbers {
		set &^= 1 << n
	}
	return set
}

// own lists the namespaces that are not the host's.
func own(f sandbox.Facts) string {
	var names []string
	for _, ns := range f.Namespaces {
		if !ns.Host {
			names = append(names, string(ns.Type))
		}
	}
	return strings.Join(names, " ")
}

var everyID = []sandbox.IDRange{{Inside: 0, Outside: 0, Size: 1<<32 - 1}}

func TestReadRecordedTrees(t *testing.T) {
	for _, c := range []struct {
		tree, own string
		want      sandbox.Facts
	}{
		{"v1-host", "", sandbox.Facts{
			PID: 6375, InnerPIDs: []int{6375}, PPID: 6332, Command: "sleep", Args: []string{"sleep", "300"},
			UIDMap: everyID, GIDMap: everyID,
			Capabilities: sandbox.Capabilities{Permitted: allBut(24), Effective: allBut(24), Bounding: allBut(24)},
			Cgroup: sandbox.CgroupFacts{
				Version: 1,
				Paths: map[string]string{
					"": "/", "cpu": "/", "cpuacct": "/", "cpuset": "/", "memory": "/", "devices": "/",
					"freezer": "/", "blkio": "/", "pids": "/", "name=systemd": "/",
				},
			},
			Memory: sandbox.MemoryView{Total: 24684084 << 10},
		}},
		{"v1-container", "cgroup ipc mnt net pid time user uts", sandbox.Facts{
			PID: 6552, InnerPIDs: []int{6552, 2}, PPID: 6547, Command: "sleep", Args: []string{"sleep", "300"},
			UIDs:   sandbox.IDs{Real: 100000, Effective: 100000, Saved: 100000, Filesystem: 100000},
			GIDs:   sandbox.IDs{Real: 100000, Effective: 100000, Saved: 100000, Filesystem: 100000},
			UIDMap: []sandbox.IDRange{{Inside: 0, Outside: 100000, Size: 65536}},
			GIDMap: []sandbox.IDRange{{Inside: 0, Outside: 100000, Size: 65536}},
			Capabilities: sandbox.Capabilities{
				Inheritable: 1 << 10, Permitted: allBut(13, 16), Effective: allBut(13, 16), Bounding: allBut(13, 16), Ambient: 1 << 10,
			},
			NoNewPrivs: true,
			Cgroup: sandbox.CgroupFacts{
				Version: 1,
				Paths: map[string]string{
					"": "/", "cpu": "/cloison-rec/box", "cpuacct": "/", "cpuset": "/", "memory": "/cloison-rec/box", "devices": "/",
					"freezer": "/", "blkio": "/", "pids": "/cloison-rec/box", "name=systemd": "/",
				},
				Memory: sandbox.Gauge{Used: 888832, Limit: 32 << 20},
				Pids:   sandbox.Gauge{Used: 2, Limit: 20},
				CPU:    sandbox.CPULimit{Quota: 50000, Period: 100000},
			},
			Memory: sandbox.MemoryView{Total: 24684084 << 10},
		}},
		{"v2-session", "", sandbox.Facts{
			PID: 2211, InnerPIDs: []int{2211}, PPID: 2201, Command: "bash (dev) x", Args: []string{"-bash"},
			UIDs:   sandbox.IDs{Real: 1000, Effective: 1000, Saved: 1000, Filesystem: 1000},
			GIDs:   sandbox.IDs{Real: 1000, Effective: 1000, Saved: 1000, Filesystem: 1000},
			UIDMap: everyID, GIDMap: everyID,
			Capabilities: sandbox.Capabilities{Bounding: allBut()},
			LSM:          "unconfined",
			Cgroup: sandbox.CgroupFacts{
				Version: 2,
				Paths:   map[string]string{"": "/user.slice/user-1000.slice/session-3.scope"},
				Memory:  sandbox.Gauge{Used: 768 << 20, Limit: 2 << 30},
				Pids:    sandbox.Gauge{Used: 58, Limit: 10132},
				CPU:     sandbox.CPULimit{Quota: 150000, Period: 100000, Throttled: 7},
				OOMKill: 2,
			},
			Memory: sandbox.MemoryView{Total: 4014788 << 10, Free: 181632 << 10, Available: 2990136 << 10},
		}},
		{"v2-docker", "cgroup ipc mnt net pid uts", sandbox.Facts{
			PID: 3301, InnerPIDs: []int{3301, 1}, PPID: 3280, Command: "nginx",
			Args:   []string{"nginx: master process nginx -g daemon off;"},
			UIDMap: everyID, GIDMap: everyID,
			Capabilities: sandbox.Capabilities{Permitted: 0xa80425fb, Effective: 0xa80425fb, Bounding: 0xa80425fb},
			Seccomp:      sandbox.Seccomp{Mode: 2, Filters: 1},
			LSM:          "docker-default (enforce)",
			Cgroup: sandbox.CgroupFacts{
				Version: 2,
				Paths:   map[string]string{"": "/system.slice/docker-5f2c.scope"},
				Memory:  sandbox.Gauge{Used: 6 << 20, Limit: 64 << 20},
				Pids:    sandbox.Gauge{Used: 3, Limit: 100},
				CPU:     sandbox.CPULimit{Quota: 50000, Period: 100000, Throttled: 37},
				OOMKill: 1,
			},
			Memory: sandbox.MemoryView{Total: 64 << 20, Free: 58000 << 10, Available: 58000 << 10},
		}},
		{"v2-rootless", "cgroup ipc mnt net pid user uts", sandbox.Facts{
			PID: 16212, InnerPIDs: []int{16212, 1}, PPID: 16202, Command: "sleep", Args: []string{"sleep", "4321"},
			UIDs:         sandbox.IDs{Real: 1000, Effective: 1000, Saved: 1000, Filesystem: 1000},
			GIDs:         sandbox.IDs{Real: 1000, Effective: 1000, Saved: 1000, Filesystem: 1000},
			UIDMap:       []sandbox.IDRange{{Inside: 0, Outside: 1000, Size: 1}},
			GIDMap:       []sandbox.IDRange{{Inside: 0, Outside: 1000, Size: 1}},
			Capabilities: sandbox.Capabilities{Permitted: 0xa80425fb, Effective: 0xa80425fb, Bounding: 0xa80425fb},
			LSM:          "workshop (enforce)",
			Cgroup: sandbox.CgroupFacts{
				Version: 2,
				Paths:   map[string]string{"": "/user.slice/user-1000.slice/user@1000.service/app.slice/cloison-run-16202-190779-1"},
				Memory:  sandbox.Gauge{Used: 438272, Limit: 16 << 20},
				Pids:    sandbox.Gauge{Used: 1, Limit: 20},
				CPU:     sandbox.CPULimit{Quota: 50000, Period: 100000, Throttled: 22},
				OOMKill: 1,
			},
			Memory: sandbox.MemoryView{Total: 2021556 << 10, Free: 1662176 << 10, Available: 1766232 << 10},
		}},
	} {
		t.Run(c.tree, func(t *testing.T) {
			got, err := New(tree(t, c.tree)).Read(c.want.PID)
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Namespaces) != 8 {
				t.Errorf("%d namespaces, want 8: %v", len(got.Namespaces), got.Namespaces)
			}
			if own(got) != c.own {
				t.Errorf("own namespaces %q, want %q", own(got), c.own)
			}
			forgetRecordedUse(&got)
			got.Namespaces = nil
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// forgetRecordedUse drops what a busy machine happened to use when the two v1
// trees were recorded, after a look that it is there.
func forgetRecordedUse(f *sandbox.Facts) {
	if f.Memory.Total != 24684084<<10 || f.Memory.Free == 0 || f.Memory.Available == 0 {
		return
	}
	f.Memory.Free, f.Memory.Available = 0, 0
	if f.Cgroup.Memory.Limit == 0 && f.Cgroup.Memory.Used > 1<<20 {
		f.Cgroup.Memory.Used = 0
	}
}

// removed gives a tree without the files below a prefix.
func removed(files fstest.MapFS, prefix string) fstest.MapFS {
	rest := maps.Clone(files)
	maps.DeleteFunc(rest, func(name string, _ *fstest.MapFile) bool { return strings.HasPrefix(name, prefix) })
	return rest
}

func TestReadNoSuchProcess(t *testing.T) {
	reader := New(tree(t, "v2-docker"))
	for _, pid := range []int{99, 0, -1} {
		if _, err := reader.Read(pid); !errors.Is(err, ErrGone) {
			t.Errorf("Read(%d): error %v, want ErrGone", pid, err)
		}
	}
}

// vanishing is a tree whose process ends after so many files have been opened.
type vanishing struct {
	fstest.MapFS
	left *int
	err  error
}

func (v vanishing) gone(name string) error {
	if !strings.HasPrefix(name, "proc/3301") {
		return nil
	}
	*v.left--
	if *v.left >= 0 {
		return nil
	}
	return &fs.PathError{Op: "read", Path: name, Err: v.err}
}

func (v vanishing) Open(name string) (fs.File, error) {
	if err := v.gone(name); err != nil {
		return nil, err
	}
	return v.MapFS.Open(name)
}

func (v vanishing) ReadFile(name string) ([]byte, error) {
	if err := v.gone(name); err != nil {
		return nil, err
	}
	return v.MapFS.ReadFile(name)
}

func (v vanishing) Stat(name string) (fs.FileInfo, error) {
	if err := v.gone(name); err != nil {
		return nil, err
	}
	return v.MapFS.Stat(name)
}

func (v vanishing) ReadLink(name string) (string, error) {
	if err := v.gone(name); err != nil {
		return "", err
	}
	return v.MapFS.ReadLink(name)
}

// Whenever the process ends, the answer is ErrGone, or the whole truth when it
// ends after the last look.
func TestReadVanishingProcess(t *testing.T) {
	for _, errno := range []error{syscall.ESRCH, syscall.ENOENT} {
		whole := 0
		for looks := range 60 {
			left := looks
			facts, err := New(vanishing{tree(t, "v2-docker"), &left, errno}).Read(3301)
			switch {
			case err == nil && facts.Command == "nginx" && facts.Memory.Total == 64<<20:
				whole++
			case err == nil:
				t.Fatalf("%v after %d looks: half a process: %+v", errno, looks, facts)
			case !errors.Is(err, ErrGone):
				t.Fatalf("%v after %d looks: error %v, want ErrGone", errno, looks, err)
			case facts.Command != "" || facts.PID != 0:
				t.Fatalf("%v after %d looks: facts beside the error: %+v", errno, looks, facts)
			}
		}
		if whole == 0 || whole > 45 {
			t.Errorf("%v: %d of 60 readings were whole; the test looks at the wrong files", errno, whole)
		}
	}
}

func TestReadReusedPID(t *testing.T) {
	files := tree(t, "v2-docker")
	swap := &swapping{MapFS: files, name: "proc/3301/stat", second: []byte("3301 (other) S 1 1 1 0 -1 0 1 0 0 0 0 0 0 0 20 0 1 0 99999 1 1 0 1 1 1")}
	if _, err := New(swap).Read(3301); !errors.Is(err, ErrGone) {
		t.Errorf("error %v, want ErrGone", err)
	}
}

// swapping answers a file's second reading differently.
type swapping struct {
	fstest.MapFS
	name   string
	second []byte
	read   bool
}

func (s *swapping) ReadFile(name string) ([]byte, error) {
	if name == s.name && s.read {
		return s.second, nil
	}
	s.read = s.read || name == s.name
	return s.MapFS.ReadFile(name)
}

// What has ended, or begins to, has lost its memory and its namespaces: at the
// first look, or meanwhile.
func TestReadWhoEnds(t *testing.T) {
	for _, end := range []string{
		"3301 (nginx) Z 3280 1 1 0 -1 4228108 1 0 0 0 0 0 0 0 20 0 1 0 99210 0 0 0 0 0 0",
		"3301 (nginx) R 3280 1 1 0 -1 4194308 1 0 0 0 0 0 0 0 20 0 1 0 99210 0 0 0 0 0 0",
	} {
		files := tree(t, "v2-docker")
		meanwhile := &swapping{MapFS: files, name: "proc/3301/stat", second: []byte(end)}
		if _, err := New(meanwhile).Read(3301); !meanwhile.read || !errors.Is(err, ErrGone) {
			t.Errorf("%q meanwhile: error %v, want ErrGone", end, err)
		}
		files["proc/3301/stat"].Data = []byte(end)
		if _, err := New(files).Read(3301); !errors.Is(err, ErrGone) {
			t.Errorf("%q: error %v, want ErrGone", end, err)
		}
	}
}

// denied refuses some files, as ptrace(2)'s access check does.
type denied struct {
	fstest.MapFS
	prefixes []string
}

func (d denied) check(name string) error {
	if slices.ContainsFunc(d.prefixes, func(p string) bool { return strings.HasPrefix(name, p) }) {
		return &fs.PathError{Op: "open", Path: name, Err: syscall.EACCES}
	}
	return nil
}

func (d denied) Stat(name string) (fs.FileInfo, error) {
	if err := d.check(name); err != nil {
		return nil, err
	}
	return d.MapFS.Stat(name)
}

func (d denied) ReadLink(name string) (string, error) {
	if err := d.check(name); err != nil {
		return "", err
	}
	return d.MapFS.ReadLink(name)
}

func TestReadWithoutPermission(t *testing.T) {
	files := denied{tree(t, "v2-docker"), []string{"proc/3301/ns", "proc/3301/root"}}
	got, err := New(files).Read(3301)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"ns", "root/proc/meminfo"}; !slices.Equal(got.Unread, want) {
		t.Errorf("Unread = %v, want %v", got.Unread, want)
	}
	if len(got.Namespaces) != 0 {
		t.Errorf("namespaces %v, want none", got.Namespaces)
	}
	if got.Memory.Total != 4014788<<10 {
		t.Errorf("memory %d, want that of the machine", got.Memory.Total)
	}
	if got.Cgroup.Memory.Limit != 64<<20 {
		t.Errorf("memory limit %d, want what may be read", got.Cgroup.Memory.Limit)
	}
}

// A container's root decides what its /proc/meminfo is; a FIFO must not stop us.
func TestReadMeminfoThatIsNoFile(t *testing.T) {
	files := tree(t, "v2-docker")
	files["proc/3301/root/proc/meminfo"].Mode = fs.ModeNamedPipe | 0o444
	got, err := New(files).Read(3301)
	if err != nil || got.Memory.Total != 4014788<<10 {
		t.Errorf("memory %d, %v, want that of the machine", got.Memory.Total, err)
	}
}

func TestAgainst(t *testing.T) {
	reader := New(tree(t, "v2-docker"))
	same, err := reader.Against(3301)
	if err != nil {
		t.Fatal(err)
	}
	got, err := same.Read(3301)
	if err != nil || own(got) != "" {
		t.Errorf("own namespaces %q, %v, want none against itself", own(got), err)
	}
	if _, err := reader.Against(99); !errors.Is(err, ErrGone) {
		t.Errorf("Against(99): error %v, want ErrGone", err)
	}
}

// An ordinary user in namespaces of his own cannot see PID 1's, and yet his
// are not the host's.
func TestHostNamespacesWithoutPID1(t *testing.T) {
	files := removed(tree(t, "v2-docker"), "proc/1/")
	files["proc/self/ns/uts"].Data = []byte("uts:[4026532698]")
	files["proc/self/ns/mnt"].Data = []byte("mnt:[4026532697]")
	got, err := New(files).Read(3301)
	if err != nil {
		t.Fatal(err)
	}
	if want := "cgroup ipc mnt net pid uts"; own(got) != want {
		t.Errorf("own namespaces %q, want %q", own(got), want)
	}
}

// In a container PID 1 is not the computer's, so its namespaces are not the host's.
func TestHostSeenFromAContainer(t *testing.T) {
	v := village{fstest.MapFS{}}
	v.add(villager{pid: 1, started: 1, command: "sh", bounding: "ff", pidNS: 4026532600, userNS: hostUser})
	f, err := New(v).Read(1)
	if err != nil {
		t.Fatal(err)
	}
	if got := own(f); got != "pid" {
		t.Errorf("own namespaces %q, want pid", got)
	}
}
