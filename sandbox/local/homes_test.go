package local

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
)

func TestUsualHomes(t *testing.T) {
	for _, c := range []struct {
		dir   string
		uid   int
		flags int64
		want  string
	}{
		{"/run/cloison", 0, unix.ST_NOSUID | unix.ST_NODEV, "/run/cloison"},
		{"/run/cloison", 0, unix.ST_NOSUID | unix.ST_NODEV | unix.ST_NOEXEC, diskHomes}, // as Debian's
		{"/run/user/1000/cloison", 1000, unix.ST_NOSUID | unix.ST_NODEV, "/run/user/1000/cloison"},
		{"/tmp/cloison-1000", 1000, unix.ST_NOEXEC, "/tmp/cloison-1000"}, // he may not write to the other
	} {
		if got := usualHomes(c.dir, c.uid, func(string) int64 { return c.flags }); got != c.want {
			t.Errorf("%s, user %d, flags %#x: got %s, want %s", c.dir, c.uid, c.flags, got, c.want)
		}
	}
}

// TestMountFlags looks at a mount like Debian's on /run, which only a process of
// its own sees.
func TestMountFlags(t *testing.T) {
	const variable = "CLOISON_TEST_NOEXEC"
	if dir := os.Getenv(variable); dir != "" {
		for _, folder := range []string{dir, filepath.Join(dir, "not-yet-there")} {
			if got := mountFlags(folder); got&unix.ST_NOEXEC == 0 {
				t.Errorf("%s: got %#x", folder, got)
			}
		}
		return
	}
	if os.Geteuid() != 0 {
		t.Skip("needs root: it mounts something")
	}
	dir := t.TempDir()
	if got := mountFlags(filepath.Join(dir, "no", "such", "folder")); got != 0 {
		t.Errorf("got %#x", got)
	}
	cmd := exec.Command("unshare", "--mount", "sh", "-ec", `mount -t tmpfs -o nosuid,nodev,noexec run "$1"; exec "$2" -test.run '^TestMountFlags$'`, "sh", dir, os.Args[0])
	cmd.Env = append(os.Environ(), variable+"="+dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

// A computer that went off has lost its records, and kept its disk.
func TestSweepRemovesHomesWithoutARecord(t *testing.T) {
	dir := t.TempDir()
	s, err := openStateWith(filepath.Join(dir, "state"), filepath.Join(dir, "homes"))
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"lost", "kept"} {
		if err := os.MkdirAll(filepath.Join(s.homeOf(id), "files"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.write(record{ID: "kept", Owner: named(os.Getpid())}); err != nil {
		t.Fatal(err)
	}
	s.sweep()
	if exists(s.homeOf("lost")) || !exists(s.homeOf("kept")) {
		t.Errorf("lost is there: %v; kept is there: %v", exists(s.homeOf("lost")), exists(s.homeOf("kept")))
	}
}

// Nobody needs the folder of the homes after the last lab, however that ended.
func TestTheFolderOfHomesGoesWithTheLastLab(t *testing.T) {
	dir := t.TempDir()
	m := newMachine(t)
	var err error
	if m.state, err = openStateWith(filepath.Join(dir, "state"), filepath.Join(dir, "homes")); err != nil {
		t.Fatal(err)
	}
	for _, end := range []func(*Lab) error{
		(*Lab).Close,
		func(l *Lab) error { return l.wire.conn.Close() }, // as when cloison is killed: the keeper clears
	} {
		first, second := openLab(t, m, sandbox.LabOptions{Shared: true}), openLab(t, m, sandbox.LabOptions{Shared: true})
		if err := first.Close(); err != nil || !exists(second.home) {
			t.Fatalf("the other lab's home is there: %v; %v", exists(second.home), err)
		}
		if err := end(second); err != nil {
			t.Fatal(err)
		}
		eventually(t, "nothing is left", func() bool { return !exists(m.state.homes) && !exists(m.state.dir) })
	}
}
