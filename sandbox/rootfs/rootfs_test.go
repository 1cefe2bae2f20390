//go:build linux

package rootfs

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
	"cloison/sandbox/calls"
)

// told lists what is told of calls.
func told(list []calls.Call) string {
	var lines []string
	for _, c := range list {
		if !c.Quiet {
			lines = append(lines, c.String())
		}
	}
	return strings.Join(lines, "\n")
}

func TestEveryToldCallHasItsTexts(t *testing.T) {
	for _, o := range []Options{
		{Scaffold: "/tmp", Busybox: "/bin/busybox", FreshPID: true, CgroupMount: true, ReadOnly: true, WorkDir: "/a/b", Tmpfs: []sandbox.Tmpfs{{Target: "/run"}}},
		{Dir: "/srv/root", Missing: []string{"proc", "dev"}},
	} {
		for _, c := range slices.Concat(Open(o), Build(o), Enter(o)) {
			if !c.Quiet && (c.Why.EN == "" || c.Why.FR == "" || c.Shell == "") {
				t.Errorf("%s lacks a reason or a shell command", c)
			}
		}
	}
}

func TestFolderIsBoundBeforeAnythingElse(t *testing.T) {
	got := told(Open(Options{Dir: "/srv/root", Kept: unix.MS_NOSUID}))
	want := `mount(NULL, "/", NULL, MS_REC|MS_PRIVATE, NULL)
mount("/srv/root", "/srv/root", NULL, MS_BIND|MS_REC, NULL)
chdir("/srv/root")
mount(NULL, ".", NULL, MS_REMOUNT|MS_BIND|MS_NOSUID|MS_NODEV, NULL)`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestFreshRootNeverNamesTheHost(t *testing.T) {
	for _, c := range Build(Options{Scaffold: "/tmp", Busybox: "/bin/busybox"}) {
		switch c.Name {
		case "mkdirat", "symlinkat", "mknodat", "openat":
			target := c.Args[1].Text
			if c.Name == "symlinkat" {
				target = c.Args[2].Text
			}
			if strings.HasPrefix(target, `"/`) {
				t.Errorf("%s works on the host's files", c)
			}
		}
	}
}

func TestReadOnlyComesLast(t *testing.T) {
	list := Enter(Options{ReadOnly: true, Tmpfs: []sandbox.Tmpfs{{Target: "/run", Options: "size=1m"}}})
	last := list[len(list)-1].String()
	if want := `mount(NULL, "/", NULL, MS_REMOUNT|MS_BIND|MS_RDONLY|MS_NODEV, NULL)`; last != want {
		t.Errorf("the last call is %s, want %s", last, want)
	}
}

func TestParseTmpfs(t *testing.T) {
	const safe = unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC
	for _, c := range []struct {
		value, target, data string
		flags               uintptr
	}{
		{"/run", "/run", "", safe},
		{"/run:size=1m,exec", "/run", "size=1m", unix.MS_NOSUID | unix.MS_NODEV},
		{"/a/b:ro,mode=700,size=2m", "/a/b", "mode=700,size=2m", safe | unix.MS_RDONLY},
	} {
		got, err := ParseTmpfs(c.value)
		if err != nil || got.Target != c.target {
			t.Errorf("%s: %v, %v", c.value, got, err)
		}
		if flags, data, _ := tmpfsOptions(got.Options); flags != c.flags || data != c.data {
			t.Errorf("%s: flags %x data %q, want %x %q", c.value, flags, data, c.flags, c.data)
		}
	}
	for _, bad := range []string{"", "run", "/", "/..", "/run:nonsense", "/run:size", "/run:color=red"} {
		if got, err := ParseTmpfs(bad); err == nil {
			t.Errorf("%q was read as %v", bad, got)
		}
	}
}

func TestMissing(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "proc"), 0o755); err != nil {
		t.Fatal(err)
	}
	if got := Missing(dir); !slices.Equal(got, []string{"sys", "dev"}) {
		t.Errorf("missing %v, want sys and dev", got)
	}
}

func TestScaffoldDoesNotCoverBusybox(t *testing.T) {
	if got := Scaffold("/tmp/bin/busybox"); got == "/tmp" {
		t.Error("the fresh root would cover the busybox that it needs")
	}
}
