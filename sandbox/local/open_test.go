package local

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
	"cloison/sandbox/shell"
)

func TestMayBreak(t *testing.T) {
	for _, c := range []struct{ root, anyway, disposable, refused bool }{
		{root: false},
		{root: true, refused: true},
		{root: true, anyway: true},
		{root: true, disposable: true},
	} {
		err := mayBreak(c.root, c.anyway, c.disposable)
		var not *NotDisposable
		if errors.As(err, &not) != c.refused {
			t.Errorf("%+v: %v", c, err)
		}
		if not != nil && (not.Lack.Why.FR == "" || !strings.Contains(not.Error(), "--on-this-machine")) {
			t.Errorf("the refusal does not help: %v", not)
		}
	}
}

func TestNewRefusesRoot(t *testing.T) {
	if os.Geteuid() != 0 || marked(marker) {
		t.Skip("only for root on a computer that is not disposable")
	}
	var not *NotDisposable
	if _, err := New(Options{StateDir: stateDir(t)}); !errors.As(err, &not) {
		t.Errorf("got %v", err)
	}
}

func TestKeeperAttr(t *testing.T) {
	const labs = unix.CLONE_NEWNS | unix.CLONE_NEWUTS | unix.CLONE_NEWIPC | unix.CLONE_NEWNET
	for _, c := range []struct {
		name         string
		shared, root bool
		flags        uintptr
		maps         int
	}{
		{"root", false, true, labs, 0},
		{"rootless", false, false, labs | unix.CLONE_NEWUSER, 1},
		{"shared", true, true, 0, 0},
		{"shared, rootless", true, false, 0, 0},
	} {
		a := keeperAttr(c.shared, c.root, 1000, 1001)
		if a.Cloneflags != c.flags || len(a.UidMappings) != c.maps || !a.Setsid || a.GidMappingsEnableSetgroups {
			t.Errorf("%s: %+v", c.name, a)
		}
		if c.maps == 1 && a.GidMappings[0] != (syscall.SysProcIDMap{ContainerID: 0, HostID: 1001, Size: 1}) {
			t.Errorf("%s: %+v", c.name, a.GidMappings)
		}
	}
}

func TestLabPath(t *testing.T) {
	for callers, want := range map[string]string{
		"":                      "/b:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"/usr/bin:/bin":         "/b:/usr/bin:/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/sbin",
		"/opt/docker:.::../bin": "/b:/opt/docker:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
	} {
		if got := labPath("/b", callers); got != want {
			t.Errorf("labPath(%q) = %q, want %q", callers, got, want)
		}
	}
}

// brokenFS fails when it is read.
type brokenFS struct{}

func (brokenFS) Open(string) (fs.File, error) { return nil, errors.New("broken on purpose") }

func TestNothingIsLeftAfterAnErrorAtStart(t *testing.T) {
	for name, c := range map[string]struct {
		exe  string
		lab  sandbox.LabOptions
		want string
	}{
		"no keeper":            {exe: "/no/such/cloison", want: "start the keeper"},
		"a keeper that ends":   {exe: "/bin/false", want: "the keeper has ended"},
		"unreadable files":     {lab: sandbox.LabOptions{Files: brokenFS{}}, want: "broken on purpose"},
		"files that get out":   {lab: sandbox.LabOptions{Files: fstest.MapFS{strings.Repeat("x", 300): {}}}, want: "file name too long"},
		"a shared lab as well": {lab: sandbox.LabOptions{Files: brokenFS{}, Shared: true}, want: "broken on purpose"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := stateDir(t)
			m, err := New(Options{Anyway: true, StateDir: dir, Exe: c.exe})
			if err != nil {
				t.Fatal(err)
			}
			parents := placeOfOurOwn(t, m)
			_, err = m.Open(t.Context(), c.lab)
			if lacking := (*Lacking)(nil); errors.As(err, &lacking) {
				t.Skip(lacking)
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if exists(dir) {
				t.Error("the state folder is still there")
			}
			for _, parent := range parents {
				if left, _ := filepath.Glob(filepath.Join(parent, "cloison-*")); len(left) > 0 {
					t.Errorf("cgroups are left: %s", left)
				}
			}
			for _, pid := range descendants(os.Getpid()) {
				t.Errorf("process %d is left", pid)
			}
		})
	}
}

// placeOfOurOwn has the machine make its labs' cgroups below cgroups of the
// test, where no other cloison of this computer makes any.
func placeOfOurOwn(t *testing.T, m *Machine) (parents []string) {
	t.Helper()
	if len(m.cgroups.Parents) == 0 {
		return nil
	}
	own := m.cgroups.of("test" + shell.NewKey())
	t.Cleanup(func() {
		if err := own.remove(clearLimit); err != nil {
			t.Error(err)
		}
	})
	if err := own.make(); err != nil {
		t.Fatal(err)
	}
	m.cgroups.Parents, m.cgroups.Of = own.Dirs, own.Of
	return own.Dirs
}

func TestUnpackStaysInside(t *testing.T) {
	var home strings.Builder
	if err := pack(&home, "rc", fstest.MapFS{"a": {Data: []byte("1")}}); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink("/tmp", filepath.Join(dir, "files")); err != nil {
		t.Fatal(err)
	}
	if err := unpack(strings.NewReader(home.String()), dir); err == nil {
		t.Error("a file was written through a link out of the home")
	}
}
