package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cloison/sandbox"
)

// TestMain makes this test binary its own keeper, and, called as owner, a
// cloison that can be killed.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == KeeperVerb {
		os.Exit(Keep())
	}
	if len(os.Args) > 2 && os.Args[1] == "owner" {
		os.Exit(beOwner(os.Args[2]))
	}
	os.Exit(m.Run())
}

// stateDir is a folder that New makes: one that the umask lets others write to
// would be refused.
func stateDir(t testing.TB) string {
	t.Helper()
	return filepath.Join(t.TempDir(), "state")
}

// newMachine is this computer with a state folder of the test's own; it skips
// where labs cannot be made.
func newMachine(t testing.TB) *Machine {
	t.Helper()
	m, err := New(Options{Anyway: true, StateDir: stateDir(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	return m
}

func openLab(t testing.TB, m *Machine, o sandbox.LabOptions) *Lab {
	t.Helper()
	lab, err := m.Open(t.Context(), o)
	if lacking := (*Lacking)(nil); errors.As(err, &lacking) {
		t.Skip(lacking)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := lab.Close(); err != nil {
			t.Error(err)
		}
	})
	own, ok := lab.(*Lab)
	if !ok {
		t.Fatalf("a %T", lab)
	}
	return own
}

func openShell(t testing.TB, lab sandbox.Lab) sandbox.Shell {
	t.Helper()
	s, err := lab.Shell(t.Context(), sandbox.ShellOptions{Name: "a"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	drainOutput(s)
	return s
}

func drainOutput(s sandbox.Shell) {
	go func() {
		for range s.Output() {
		}
	}()
}

// run types a command and gives what came back, without blanks around it.
func run(t testing.TB, s sandbox.Shell, command string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	o, err := s.Run(ctx, command)
	if err != nil || o.Exit != 0 {
		t.Fatalf("%q: exit %d, %v; output %q", command, o.Exit, err, o.Output)
	}
	return strings.TrimSpace(o.Output)
}

func script(t *testing.T, lab sandbox.Lab, text string) string {
	t.Helper()
	o, err := lab.Exec(t.Context(), text, nil)
	if err != nil || o.Exit != 0 {
		t.Fatalf("%q: exit %d, %v; output %q", text, o.Exit, err, o.Output)
	}
	return strings.TrimSpace(o.Output)
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("waited in vain: %s", what)
}

func link(t *testing.T, pid int, name string) string {
	t.Helper()
	target, err := os.Readlink(fmt.Sprintf("/proc/%d/ns/%s", pid, name))
	if err != nil {
		t.Fatal(err)
	}
	return target
}
