package local

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"cloison/sandbox/process"
)

func TestUsualStateDir(t *testing.T) {
	runtime := t.TempDir()
	for _, c := range []struct {
		uid           int
		runtime, want string
	}{
		{0, runtime, "/run/cloison"},
		{1000, runtime, filepath.Join(runtime, "cloison")},
		{1000, "", "/tmp/cloison-1000"},
		{1000, "/no/such/folder", "/tmp/cloison-1000"},
	} {
		if got := usualStateDir(c.uid, c.runtime); got != c.want {
			t.Errorf("usualStateDir(%d, %q) = %q, want %q", c.uid, c.runtime, got, c.want)
		}
	}
}

func TestStateDirIsOursAlone(t *testing.T) {
	dir := t.TempDir()
	open := filepath.Join(dir, "open")
	if err := os.Mkdir(open, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(open, 0o777); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{open, link, filepath.Join(dir, "no", "such")} {
		if _, err := openState(bad); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
}

func TestSweepLeavesTheLiving(t *testing.T) {
	dir := t.TempDir()
	s, err := openState(filepath.Join(dir, "state"))
	if err != nil {
		t.Fatal(err)
	}
	me := named(os.Getpid())
	later := process.ID{PID: me.PID, Start: me.Start + 1}
	home := filepath.Join(dir, "home")
	if err := os.Mkdir(home, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, r := range []record{
		{ID: "owned", Owner: me},
		{ID: "kept", Owner: later, Keeper: me},
		{ID: "dead", Owner: later, Folders: []string{home}},
	} {
		if err := s.write(r); err != nil {
			t.Fatal(err)
		}
	}
	s.sweep()
	for id, want := range map[string]bool{"owned": true, "kept": true, "dead": false} {
		if got := exists(s.file(id)); got != want {
			t.Errorf("%s is recorded: %v", id, got)
		}
	}
	if exists(home) {
		t.Error("the dead lab's folder is still there")
	}
}

// Several cloisons record and forget labs at the same time, and each that
// forgets the last one removes the folder.
func TestFolderMayGoWhileOthersRecord(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cloison")
	var all sync.WaitGroup
	for _, id := range []string{"a", "b", "c", "d"} {
		all.Go(func() {
			for range 200 {
				s, err := openState(dir)
				if err != nil {
					t.Error(err)
					return
				}
				if err := s.write(record{ID: id}); err != nil {
					t.Error(err)
					return
				}
				if err := s.forget(record{ID: id}); err != nil {
					t.Error(err)
					return
				}
				_ = s.root.Close()
			}
		})
	}
	all.Wait()
}
