package qemu

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestMain makes this test binary, called as owner, a program that can be killed
// while it has a QEMU.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "owner" {
		os.Exit(beOwner(os.Args[2]))
	}
	os.Exit(m.Run())
}

// small is a real QEMU that boots nothing.
func small(t *testing.T, ram string) Config {
	t.Helper()
	path, v, err := Find(t.Context(), 1)
	if errors.Is(err, ErrMissing) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return Config{Binary: path, Version: v, Accel: TCG, CPUs: 1, Memory: Memory{MiB: 16, File: ram}, Ports: []string{"a"}, Paused: true}
}

func ramFile(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "ram")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(file, 16<<20); err != nil {
		t.Fatal(err)
	}
	return file
}

func start(t *testing.T, c Config) *Process {
	t.Helper()
	p, err := Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Kill(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func ended(t *testing.T, p *Process) End {
	t.Helper()
	select {
	case <-p.Ended():
	case <-time.After(10 * time.Second):
		t.Fatal("QEMU does not end")
	}
	return p.End()
}

func TestARealQEMU(t *testing.T) {
	p := start(t, small(t, ramFile(t)))
	if running, err := p.Monitor().Running(t.Context()); err != nil || running {
		t.Fatalf("running %v, %v", running, err)
	}
	if err := p.Monitor().Continue(t.Context()); err != nil {
		t.Fatal(err)
	}
	if running, err := p.Monitor().Running(t.Context()); err != nil || !running {
		t.Errorf("running %v, %v", running, err)
	}
	if err := p.Monitor().Stop(t.Context()); err != nil {
		t.Error(err)
	}
	var refusal *Refusal
	if err := p.Monitor().Do(t.Context(), "no-such-command", nil, nil); !errors.As(err, &refusal) {
		t.Errorf("got %v", err)
	}
	if err := p.Kill(); err != nil {
		t.Error(err)
	}
	if got := ended(t, p); got != (End{Cause: Closed}) {
		t.Errorf("got %v", got)
	}
	if err := p.Monitor().Continue(t.Context()); err == nil {
		t.Error("a killed QEMU answers")
	}
}

func TestEndsOfARealQEMU(t *testing.T) {
	t.Run("SIGKILL", func(t *testing.T) {
		p := start(t, small(t, ramFile(t)))
		if err := unix.Kill(p.PID(), unix.SIGKILL); err != nil {
			t.Fatal(err)
		}
		if got := ended(t, p); got != (End{Killed, "killed"}) {
			t.Errorf("got %v", got)
		}
	})
	t.Run("powered off", func(t *testing.T) {
		p := start(t, small(t, ramFile(t)))
		_ = p.Monitor().Do(t.Context(), "quit", nil, nil)
		if got := ended(t, p); got.Cause != Unknown {
			t.Errorf("got %v", got)
		}
	})
	t.Run("it does not like what it is told", func(t *testing.T) {
		c := small(t, "/no/such/folder/ram")
		if _, err := Start(t.Context(), c); err == nil || !strings.Contains(err.Error(), "/no/such/folder") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("it is not there", func(t *testing.T) {
		c := small(t, ramFile(t))
		c.Binary = "/no/such/qemu"
		if _, err := Start(t.Context(), c); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("it says nothing", func(t *testing.T) {
		c := small(t, ramFile(t))
		c.Binary = "/bin/cat"
		if _, err := Start(t.Context(), c); err == nil {
			t.Error("cat is a QEMU")
		}
	})
}

func TestSaveAndRestore(t *testing.T) {
	ram := ramFile(t)
	c := small(t, ram)
	c.Paused, c.Memory.Shared = false, true
	template := start(t, c)
	state, err := os.Create(filepath.Join(t.TempDir(), "state"))
	if err != nil {
		t.Fatal(err)
	}
	if err := template.Save(t.Context(), state); err != nil {
		t.Fatal(err)
	}
	if err := template.Kill(); err != nil {
		t.Fatal(err)
	}
	before := read(t, ram)
	c.Memory.Shared, c.Incoming = false, true
	for range 2 {
		clone := start(t, c)
		file := open(t, state.Name())
		if err := errors.Join(clone.Restore(t.Context(), file), clone.Restored(t.Context())); err != nil {
			t.Fatal(err)
		}
		if running, err := clone.Monitor().Running(t.Context()); err != nil || !running {
			t.Errorf("running %v, %v", running, err)
		}
		if err := clone.Kill(); err != nil {
			t.Error(err)
		}
	}
	if !bytes.Equal(before, read(t, ram)) {
		t.Error("a clone has changed its template")
	}
}

func TestRestoreWhatIsBroken(t *testing.T) {
	state := filepath.Join(t.TempDir(), "state")
	if err := os.WriteFile(state, []byte("QEVM no"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := small(t, ramFile(t))
	c.Incoming = true
	clone := start(t, c)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := errors.Join(clone.Restore(ctx, open(t, state)), clone.Restored(ctx)); err == nil || ctx.Err() != nil {
		t.Errorf("got %v", err)
	}
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func open(t *testing.T, name string) *os.File {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	return file
}

// beOwner has a QEMU, says its PID, and waits to be killed.
func beOwner(ram string) int {
	path, v, err := Find(context.Background(), 1)
	if err != nil {
		return 1
	}
	p, err := Start(context.Background(), Config{Binary: path, Version: v, Accel: TCG, CPUs: 1, Memory: Memory{MiB: 16, File: ram}, Paused: true})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println(p.PID())
	select {}
}

func TestQEMUEndsWithUs(t *testing.T) {
	ram := ramFile(t)
	small(t, ram)
	owner := exec.Command(os.Args[0], "owner", ram)
	out, err := owner.StdoutPipe()
	if err == nil {
		err = owner.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.Kill(pid, 0); err != nil {
		t.Fatalf("no QEMU to begin with: %v", err)
	}
	if err := owner.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = owner.Wait()
	for deadline := time.Now().Add(10 * time.Second); gone(pid) != nil; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal(gone(pid))
		}
	}
}

// gone says that a process is not there, or dead and not yet reaped.
func gone(pid int) error {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil
	}
	if _, rest, _ := strings.Cut(string(stat), ") "); !strings.HasPrefix(rest, "Z") {
		return fmt.Errorf("process %d is there: %s", pid, stat)
	}
	return nil
}
