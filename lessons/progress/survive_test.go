package progress

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
)

// A writer is killed at 50 arbitrary moments: the file always parses and holds
// all that was acknowledged, and what the writer left behind is cleared.
func TestSurvivesKill(t *testing.T) {
	dir := t.TempDir()
	last := 0
	for round := range 50 {
		acknowledged := killWriter(t, dir, 1+round%7)
		got := readBack(t, filepath.Join(dir, fileName)).Lessons["proc-ns"].Blocks["read-them"].Tries
		if got < acknowledged || acknowledged <= last {
			t.Fatalf("round %d: %d tries on disk, %d acknowledged, %d before", round, got, acknowledged, last)
		}
		last = got
	}
	s, _, err := Open(dir)
	if err == nil {
		err = s.Finish("proc-ns")
	}
	if err != nil {
		t.Fatal(err)
	}
	wantFiles(t, dir, fileName, lockName)
}

// killWriter lets a writer write some times, kills it while it goes on, and
// gives the last number of tries that it has acknowledged.
func killWriter(t *testing.T, dir string, times int) int {
	t.Helper()
	cmd := helper("tries", dir)
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	acknowledged := 0
	for n := 0; lines.Scan(); n++ {
		if acknowledged, err = strconv.Atoi(lines.Text()); err != nil {
			t.Fatal(err)
		}
		if n == times {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("the writer ended by itself")
	}
	return acknowledged
}

// wantFiles wants a folder to hold these files alone.
func wantFiles(t *testing.T, dir string, want ...string) {
	t.Helper()
	if err := holds(dir, want...); err != nil {
		t.Error(err)
	}
}

func holds(dir string, want ...string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		return fmt.Errorf("%s holds %v, want %v", dir, got, want)
	}
	return nil
}

// Two cloisons at once: nothing of either is lost.
func TestTwoWritersMerge(t *testing.T) {
	dir := t.TempDir()
	even, odd := helper("even", dir), helper("odd", dir)
	for _, err := range []error{even.Start(), odd.Start(), even.Wait(), odd.Wait()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if got := len(readBack(t, filepath.Join(dir, fileName)).Lessons["proc-ns"].Blocks); got != 2*many {
		t.Errorf("%d blocks on disk, want %d", got, 2*many)
	}
}

// On a full disk Mark says so, the old file stays, and what could not be saved
// is saved when there is room again. The disk is a tiny tmpfs(5) in the mount
// namespace of a helper, which is gone with it.
func TestFullDisk(t *testing.T) {
	cmd := helper("full", t.TempDir())
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	if uid := os.Getuid(); uid != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: uid, Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	var told bytes.Buffer
	cmd.Stderr = &told
	if err := cmd.Start(); err != nil {
		t.Skip("no mount namespace can be made here:", err)
	}
	if err := cmd.Wait(); err != nil {
		if bytes.HasPrefix(told.Bytes(), []byte(errNoMount.Error())) {
			t.Skip(told.String())
		}
		t.Fatal(told.String())
	}
}

var errNoMount = errors.New("no tmpfs can be mounted here")

func fillTheDisk(dir string) error {
	err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, "")
	if err == nil {
		err = syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64k")
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errNoMount, err)
	}
	s, warnings, err := Open(dir)
	if err != nil || len(warnings) > 0 {
		return fmt.Errorf("open: %v, %v", warnings, err)
	}
	if err := s.Mark("proc-ns", "first", Passed); err != nil {
		return err
	}
	return markWithoutRoom(s)
}

func markWithoutRoom(s *Store) error {
	before, err := os.ReadFile(s.file)
	if err != nil {
		return err
	}
	filler := filepath.Join(s.dir, "filler")
	if err := os.WriteFile(filler, make([]byte, 1<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
		return fmt.Errorf("fill the disk: %w", err)
	}
	err = s.Mark("proc-ns", "second", Failed)
	var t *Trouble
	if !errors.As(err, &t) || !errors.Is(err, syscall.ENOSPC) || t.In("fr") == t.In("en") {
		return fmt.Errorf("mark on a full disk: %w", err)
	}
	after, err := os.ReadFile(s.file)
	if err != nil || !bytes.Equal(before, after) {
		return fmt.Errorf("the file became %q, %w", after, err)
	}
	if err := holds(s.dir, "filler", fileName, lockName); err != nil {
		return err
	}
	if err := errors.Join(os.Remove(filler), s.Mark("proc-ns", "third", Passed)); err != nil {
		return err
	}
	got, _, err := read(s.file)
	if l := got.Lessons["proc-ns"]; err != nil || len(l.Blocks) != 3 || l.Blocks["second"].Tries != 1 {
		return fmt.Errorf("with room again, %w: %v", err, l)
	}
	return nil
}
