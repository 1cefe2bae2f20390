package vm

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
	"cloison/sandbox/image"
	"cloison/sandbox/link"
	"cloison/sandbox/vm/qemu"
)

// lost waits until a lab's guest is lost, and wants it told why in both
// languages, and a fresh guest for who asks.
func lost(t *testing.T, m *Machine, lab *Lab, limit time.Duration) *Gone {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	select {
	case <-lab.Guest().Client.Done():
	case <-ctx.Done():
		t.Fatalf("the guest is not lost; its console: %s", lab.Guest().Console())
	}
	_, err := lab.Exec(ctx, "exit 0", nil)
	var gone *Gone
	if !errors.Is(err, link.ErrGone) || !errors.As(err, &gone) {
		t.Fatalf("got %v", err)
	}
	lack, ok := errorLack(err)
	if !ok {
		t.Fatalf("nothing is told of %v", err)
	}
	said(t, "the loss", lack.Why, lack.Remedy)
	closed(t, lab)
	if got := script(t, open(t, m), "echo fresh"); got != "fresh" {
		t.Errorf("got %q", got)
	}
	return gone
}

// begin starts a script that may never come back.
func begin(t *testing.T, lab *Lab, text string) {
	t.Helper()
	go func() { _, _ = lab.Exec(t.Context(), text, nil) }()
}

func TestThePanicOfAGuestIsTold(t *testing.T) {
	m := machine(t, Options{})
	lab := open(t, m)
	began := time.Now()
	begin(t, lab, "echo 1 > /proc/sys/kernel/sysrq; echo c > /proc/sysrq-trigger")
	gone := lost(t, m, lab, 30*time.Second)
	if gone.End.Cause != qemu.Panicked || !strings.Contains(gone.End.Detail, "sysrq") {
		t.Errorf("got %v", gone.End)
	}
	t.Logf("told, and a fresh guest there, after %v", time.Since(began))
}

func TestAKilledQEMUIsTold(t *testing.T) {
	m := machine(t, Options{})
	lab := open(t, m)
	if err := unix.Kill(lab.Guest().PID(), unix.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if gone := lost(t, m, lab, 10*time.Second); gone.End.Cause != qemu.Killed {
		t.Errorf("got %v", gone.End)
	}
}

func TestAPowerOffIsTold(t *testing.T) {
	m := machine(t, Options{})
	lab := open(t, m)
	begin(t, lab, "echo 1 > /proc/sys/kernel/sysrq; echo o > /proc/sysrq-trigger")
	if gone := lost(t, m, lab, 20*time.Second); gone.End.Cause != qemu.PoweredOff {
		t.Errorf("got %v", gone.End)
	}
}

// A fork bomb either meets a limit or takes the guest; in both cases the
// learner has a machine soon.
func TestAForkBomb(t *testing.T) {
	m := machine(t, Options{silence: 4 * time.Second})
	lab := open(t, m)
	began := time.Now()
	begin(t, lab, "bomb() { bomb | bomb & }; bomb; wait")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	select {
	case <-lab.Guest().Client.Done():
		t.Logf("lost after %v: %v", time.Since(began), lab.Guest().Client.Err())
		lost(t, m, lab, time.Second)
	case <-time.After(20 * time.Second):
		t.Log("the guest withstands it")
		closed(t, lab)
		if got := script(t, open(t, m), "echo fresh"); got != "fresh" {
			t.Errorf("got %q", got)
		}
	case <-ctx.Done():
		t.Fatal("neither")
	}
}

func TestFilledMemory(t *testing.T) {
	m := machine(t, Options{})
	lab := open(t, m)
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	o, err := lab.Exec(ctx, "dd if=/dev/zero of=/dev/null bs=1500M count=1", nil)
	t.Logf("exit %d, %v", o.Exit, err)
	switch {
	case err == nil && o.Exit != 0: // the kernel has ended it, or it gave up
		if got := script(t, lab, "echo here"); got != "here" {
			t.Errorf("got %q", got)
		}
	case errors.Is(err, link.ErrGone):
		lost(t, m, lab, time.Second)
	default:
		t.Errorf("exit %d, %v", o.Exit, err)
	}
}

func TestFilledDisk(t *testing.T) {
	lab := open(t, machine(t, Options{}))
	o, err := lab.Exec(t.Context(), "head -c 4G /dev/zero > /root/big", nil)
	if err != nil || o.Exit == 0 || !strings.Contains(o.Output, "No space left") {
		t.Fatalf("exit %d, %v, %q", o.Exit, err, o.Output)
	}
	if got := script(t, lab, "rm /root/big; echo here"); got != "here" {
		t.Errorf("got %q", got)
	}
}

// The lid is closed for longer than the link has patience, and opened again.
func TestAStoppedQEMUIsWaitedFor(t *testing.T) {
	m := machine(t, Options{silence: 2 * time.Second})
	lab := open(t, m)
	pid := lab.Guest().PID()
	if err := unix.Kill(pid, unix.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	select {
	case <-lab.Guest().Client.Done():
		t.Fatalf("given up: %v", lab.Guest().Client.Err())
	case <-time.After(5 * time.Second):
	}
	if !lab.Guest().Stopped() {
		t.Error("it is not seen that QEMU was stopped")
	}
	if err := unix.Kill(pid, unix.SIGCONT); err != nil {
		t.Fatal(err)
	}
	if got := script(t, lab, "echo here"); got != "here" {
		t.Errorf("got %q", got)
	}
}

func TestAClosedLabOfAStoppedQEMU(t *testing.T) {
	lab := open(t, machine(t, Options{}))
	if err := unix.Kill(lab.Guest().PID(), unix.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	closed(t, lab)
}

// damaged is an image like the usual one but for one file.
func damaged(t *testing.T, name string, change func(path string) error) string {
	t.Helper()
	program(t)
	dir := t.TempDir()
	entries, err := os.ReadDir(image.Folder())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		from, to := filepath.Join(image.Folder(), e.Name()), filepath.Join(dir, e.Name())
		if e.Name() != name {
			if err := os.Symlink(from, to); err != nil {
				t.Fatal(err)
			}
			continue
		}
		content, err := os.ReadFile(from)
		if err == nil {
			err = os.WriteFile(to, content, 0o600)
		}
		if err == nil {
			err = change(to)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestADamagedImage(t *testing.T) {
	flip := func(path string) error {
		file, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			return err
		}
		_, err = file.WriteAt([]byte{0xa5}, 4096)
		return errors.Join(err, file.Close())
	}
	for name, dir := range map[string]string{
		"a byte flipped": damaged(t, image.Kernel, flip),
		"truncated":      damaged(t, image.Kernel, func(path string) error { return os.Truncate(path, 5000) }),
		"a file missing": damaged(t, image.Initrd, os.Remove),
		"nothing there":  filepath.Join(t.TempDir(), "none"),
	} {
		t.Run(name, func(t *testing.T) {
			cache := filepath.Join(t.TempDir(), "cache")
			_, err := New(t.Context(), Options{Exe: program(t), Image: dir, Cache: cache})
			var lack *image.Lack
			if !errors.As(err, &lack) || !strings.Contains(lack.Lack().Remedy.EN, "build-image") {
				t.Errorf("got %v", err)
			}
			if left, _ := filepath.Glob(filepath.Join(cache, "*", "*")); len(left) > 0 {
				t.Errorf("%q is left", left)
			}
		})
	}
}

func TestNoRoomOnTheDisk(t *testing.T) {
	exe := program(t)
	if os.Geteuid() != 0 {
		t.Skip("mounting a small disk needs root")
	}
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=32m"); err != nil {
		t.Skip("mount a tmpfs:", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(dir, unix.MNT_DETACH) })
	_, err := New(t.Context(), Options{Exe: exe, Cache: filepath.Join(dir, "vm")})
	lack, told := errorLack(err)
	if !told || !strings.Contains(lack.Why.EN, "disk is too full") {
		t.Fatalf("got %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "vm", "*", "*")); len(left) > 0 {
		t.Errorf("%q is left", left)
	}
}

func TestALabThatIsGivenUpLeavesNothing(t *testing.T) {
	m := machine(t, Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.Open(ctx, sandbox.LabOptions{Lesson: "test"}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func (s *spares) current() *spare {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.next
}

// A spare guest is ready, stands still meanwhile, is on time when it is taken,
// and is gone with its machine.
func TestASpareGuest(t *testing.T) {
	m := machine(t, Options{Spare: true})
	open(t, m)
	s := m.spares.current()
	<-s.done
	if s.guest == nil {
		t.Fatal("there is no spare")
	}
	if running, err := s.guest.process.Monitor().Running(t.Context()); err != nil || running {
		t.Errorf("it runs: %v, %v", running, err)
	}
	began := time.Now()
	lab := open(t, m)
	t.Logf("a lab after %v", time.Since(began))
	if lab.Guest() != s.guest {
		t.Error("another one was started")
	}
	if late := time.Since(clockOf(t, lab)); late < -time.Second || late > 5*time.Second {
		t.Errorf("the clock is %v late", late)
	}
	next := m.spares.current()
	<-next.done
	if err := unix.Kill(next.guest.PID(), unix.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if got := script(t, open(t, m), "echo fresh"); got != "fresh" {
		t.Errorf("after the spare was killed: %q", got)
	}
	last := m.spares.current()
	if err := m.Close(); err != nil {
		t.Error(err)
	}
	if <-last.done; last.guest != nil && !errors.Is(unix.Kill(last.guest.PID(), 0), unix.ESRCH) {
		t.Error("the spare outlives its machine")
	}
}
