package template

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

const size = 3 << 20

// TestMain makes this test binary, called as maker, a program that can be
// killed while it makes a template.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "maker" {
		os.Exit(beMaker(os.Args[2]))
	}
	os.Exit(m.Run())
}

func store(t *testing.T) Store {
	t.Helper()
	s, err := Open(filepath.Join(t.TempDir(), "cache", "vm"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func lock(t *testing.T, s Store) *Lock {
	t.Helper()
	l, err := s.Lock(t.Context(), func(pid int) { t.Errorf("process %d has the lock", pid) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Release)
	return l
}

// save makes a template whose memory holds text.
func save(t *testing.T, l *Lock, parts Parts, text string) Template {
	t.Helper()
	d, err := l.Begin(parts, size)
	if err != nil {
		t.Fatal(err)
	}
	state, err := d.State()
	if err == nil {
		_, err = state.WriteString("devices")
	}
	ram := append(make([]byte, 2<<20), text...)
	ram = append(ram, make([]byte, size-len(ram))...)
	if err := errors.Join(err, state.Close(), os.WriteFile(d.RAM(), ram, 0), os.WriteFile(filepath.Join(d.Dir(), "initrd"), ram, 0o600)); err != nil {
		t.Fatal(err)
	}
	found, err := d.Finish(json.RawMessage(`{"kernel": "6.12"}`))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func files(t *testing.T, s Store) []string {
	t.Helper()
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestKey(t *testing.T) {
	a := Parts{"qemu": "7.2", "image": "x"}
	for name, b := range map[string]Parts{
		"another value": {"qemu": "7.3", "image": "x"}, "fewer": {"qemu": "7.2"}, "swapped": {"qemu": "x", "image": "7.2"}, "none": nil,
	} {
		if a.Key() == b.Key() {
			t.Errorf("%s: the same key", name)
		}
	}
	if again := (Parts{"image": "x", "qemu": "7.2"}); again.Key() != a.Key() || len(a.Key()) != 20 {
		t.Errorf("%s, %s", a.Key(), again.Key())
	}
}

func TestSaveAndFind(t *testing.T) {
	s, parts := store(t), Parts{"a": "1"}
	if _, ok := s.Find(parts.Key()); ok {
		t.Fatal("something is found in an empty store")
	}
	save(t, lock(t, s), parts, "memory")
	found, ok := s.Find(parts.Key())
	if !ok || found.Info.Parts["a"] != "1" || !strings.Contains(string(found.Info.About), "6.12") {
		t.Fatalf("%+v, %v", found, ok)
	}
	ram, err := os.ReadFile(found.RAM())
	if err != nil || len(ram) != size || !bytes.HasPrefix(ram[2<<20:], []byte("memory")) {
		t.Errorf("%d bytes, %v", len(ram), err)
	}
	if state, err := os.ReadFile(found.State()); err != nil || string(state) != "devices" {
		t.Errorf("%q, %v", state, err)
	}
	var st unix.Stat_t
	if err := unix.Stat(found.RAM(), &st); err != nil || st.Blocks*512 > 256<<10 {
		t.Errorf("%d KB on the disk, %v", st.Blocks/2, err)
	}
	if got, want := files(t, s), []string{string(parts.Key()), lockFile}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if inside, err := os.ReadDir(found.dir); err != nil || len(inside) != 3 {
		t.Errorf("%v, %v", inside, err)
	}
}

func TestATouchedTemplateIsNotFound(t *testing.T) {
	parts := Parts{"a": "1"}
	for name, touch := range map[string]func(Template) error{
		"a byte flipped": func(t Template) error { return flip(t.RAM()) },
		"cut":            func(t Template) error { return os.Truncate(t.State(), 3) },
		"no memory":      func(t Template) error { return os.Remove(t.RAM()) },
		"no description": func(t Template) error { return os.Remove(filepath.Join(t.dir, infoFile)) },
		"another one's":  func(t Template) error { return os.WriteFile(filepath.Join(t.dir, infoFile), []byte("{}"), 0o600) },
	} {
		t.Run(name, func(t *testing.T) {
			s := store(t)
			l := lock(t, s)
			if err := touch(save(t, l, parts, "x")); err != nil {
				t.Fatal(err)
			}
			if _, ok := s.Find(parts.Key()); ok {
				t.Error("it is found")
			}
			save(t, l, parts, "again")
			if _, ok := s.Find(parts.Key()); !ok {
				t.Error("it can't be made again")
			}
		})
	}
}

func flip(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	_, err = file.WriteAt([]byte{0xff}, 5)
	return errors.Join(err, file.Close())
}

func TestOldOnesAreCleared(t *testing.T) {
	s := store(t)
	l := lock(t, s)
	var all []Template
	for i := range keep + 2 {
		all = append(all, save(t, l, Parts{"n": fmt.Sprint(i)}, "x"))
		past := time.Now().Add(time.Duration(i-100) * time.Hour)
		if err := os.Chtimes(filepath.Join(all[i].dir, infoFile), past, past); err != nil {
			t.Fatal(err)
		}
	}
	if _, ok := s.Find(all[2].Key); !ok { // and so it is used now
		t.Fatal("number 2 has gone too early")
	}
	save(t, l, Parts{"n": "new"}, "x")
	for i, want := range map[int]bool{0: false, 1: false, 2: true, 3: false, 4: true, 5: true} {
		if _, ok := s.Find(all[i].Key); ok != want {
			t.Errorf("number %d is there: %v", i, ok)
		}
	}
}

func TestOneAtATime(t *testing.T) {
	s := store(t)
	first := lock(t, s)
	told := make(chan int, 1)
	got := make(chan error)
	go func() {
		second, err := s.Lock(t.Context(), func(pid int) { told <- pid })
		if err == nil {
			second.Release()
		}
		got <- err
	}()
	if pid := <-told; pid != os.Getpid() {
		t.Errorf("process %d has it", pid)
	}
	select {
	case err := <-got:
		t.Fatalf("two have it: %v", err)
	default:
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var busy *Busy
	if _, err := s.Lock(ctx, func(int) {}); !errors.As(err, &busy) || busy.PID != os.Getpid() {
		t.Errorf("got %v", err)
	}
	first.Release()
	if err := <-got; err != nil {
		t.Error(err)
	}
}

// beMaker begins a template, says so, and waits to be killed.
func beMaker(dir string) int {
	s, err := Open(dir)
	if err != nil {
		return 1
	}
	l, err := s.Lock(context.Background(), func(int) {})
	if err != nil {
		return 1
	}
	if _, err := l.Begin(Parts{"killed": "yes"}, size); err != nil {
		return 1
	}
	fmt.Println("begun")
	select {}
}

func TestWhatAKilledMakerLeavesIsCleared(t *testing.T) {
	s := store(t)
	maker := exec.Command(os.Args[0], "maker", s.dir)
	out, err := maker.StdoutPipe()
	if err == nil {
		err = maker.Start()
	}
	if err == nil {
		_, err = out.Read(make([]byte, 1))
	}
	if err != nil {
		t.Fatal(err)
	}
	if left := files(t, s); len(left) != 2 || !strings.HasPrefix(left[1], draftPrefix) {
		t.Errorf("%q", left)
	}
	if err := maker.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = maker.Wait()
	if _, ok := s.Find(Parts{"killed": "yes"}.Key()); ok {
		t.Error("half a template is found")
	}
	save(t, lock(t, s), Parts{"a": "1"}, "x")
	if left := files(t, s); len(left) != 2 || slices.ContainsFunc(left, func(n string) bool { return strings.HasPrefix(n, draftPrefix) }) {
		t.Errorf("%q", left)
	}
}

func TestADiscardedDraftLeavesNothing(t *testing.T) {
	s := store(t)
	d, err := lock(t, s).Begin(Parts{"a": "1"}, size)
	if err == nil {
		err = d.Discard()
	}
	if err != nil {
		t.Fatal(err)
	}
	if left := files(t, s); !slices.Equal(left, []string{lockFile}) {
		t.Errorf("%q", left)
	}
}

func TestNoRoom(t *testing.T) {
	t.Run("more than any disk has", func(t *testing.T) {
		s := store(t)
		noRoom(t, s, 1<<60)
	})
	t.Run("a small disk", func(t *testing.T) {
		if os.Geteuid() != 0 {
			t.Skip("mounting a small disk needs root")
		}
		dir := t.TempDir()
		if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=80m"); err != nil {
			t.Skip("mount a tmpfs:", err)
		}
		t.Cleanup(func() { _ = unix.Unmount(dir, unix.MNT_DETACH) })
		s, err := Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		noRoom(t, s, 20<<20)
		save(t, lock(t, s), Parts{"small": "enough"}, "x")
	})
}

func noRoom(t *testing.T, s Store, ram int64) {
	t.Helper()
	l := lock(t, s)
	defer l.Release()
	var full *NoRoom
	if _, err := l.Begin(Parts{"a": "1"}, ram); !errors.As(err, &full) || full.Need <= full.Free {
		t.Errorf("got %v", err)
	}
	if left := files(t, s); !slices.Equal(left, []string{lockFile}) {
		t.Errorf("%q", left)
	}
}
