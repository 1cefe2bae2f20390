package vm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
	"cloison/sandbox/link"
)

// program is the cloison that guests run. All tests share its saved state.
func program(t testing.TB) string {
	t.Helper()
	if os.Getenv("CLOISON_VM_TESTS") == "" {
		t.Skip("it needs the VM; scripts/test plays it in a step of its own (CLOISON_VM_TESTS)")
	}
	exe := os.Getenv("CLOISON_BIN")
	if exe == "" {
		t.Fatal("CLOISON_BIN does not say which cloison runs in the guest")
	}
	return exe
}

func machine(t testing.TB, o Options) *Machine {
	t.Helper()
	o.Exe = program(t)
	o.Told = func(s sandbox.Stage) { t.Logf("%s", s.Name.EN) }
	m, err := New(t.Context(), o)
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

// open opens a lab, and sees at its end that its QEMU is gone.
func open(t testing.TB, m *Machine, needs ...string) *Lab {
	t.Helper()
	opened, err := m.Open(t.Context(), sandbox.LabOptions{Lesson: "test", Shared: true, Needs: needs})
	if err != nil {
		t.Fatal(err)
	}
	lab, ok := opened.(*Lab)
	if !ok {
		t.Fatalf("a %T", opened)
	}
	t.Cleanup(func() { closed(t, lab) })
	return lab
}

func closed(t testing.TB, lab *Lab) {
	t.Helper()
	if err := lab.Close(); err != nil {
		t.Error(err)
	}
	if err := unix.Kill(lab.Guest().PID(), 0); !errors.Is(err, unix.ESRCH) {
		t.Errorf("QEMU is still there: %v", err)
	}
}

// script runs a script that must end well.
func script(t testing.TB, lab sandbox.Lab, text string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	o, err := lab.Exec(ctx, text, nil)
	if err != nil || o.Exit != 0 {
		t.Fatalf("%q: exit %d, %v; output %q", text, o.Exit, err, o.Output)
	}
	return strings.TrimSpace(o.Output)
}

// inGuest runs a command of the guest itself.
func inGuest(t testing.TB, g *Guest, command string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var out bytes.Buffer
	exit, err := g.Client.Run(ctx, link.Command{Args: []string{"/bin/bash", "-c", command}, Stdout: &out, Stderr: &out})
	if err != nil || exit != 0 {
		t.Fatalf("%q: exit %d, %v; output %q", command, exit, err, out.String())
	}
	return strings.TrimSpace(out.String())
}

func clockOf(t *testing.T, lab sandbox.Lab) time.Time {
	t.Helper()
	var seconds int64
	if _, err := fmt.Sscan(script(t, lab, "date +%s"), &seconds); err != nil {
		t.Fatal(err)
	}
	return time.Unix(seconds, 0)
}

// Two guests from one saved state are two machines.
func TestFreshGuests(t *testing.T) {
	m := machine(t, Options{})
	ask := "cat /proc/sys/kernel/random/uuid /etc/machine-id; head -c 16 /dev/urandom | base64"
	a, b := open(t, m), open(t, m)
	first, second := strings.Fields(script(t, a, ask)), strings.Fields(script(t, b, ask))
	for i, what := range []string{"random UUID", "machine-id", "random bytes"} {
		if len(first) != 3 || len(second) != 3 || first[i] == second[i] || len(first[i]) < 16 {
			t.Fatalf("%s: %q and %q", what, first, second)
		}
	}
	for _, lab := range []*Lab{a, b} {
		if late := time.Since(clockOf(t, lab)); late < -time.Second || late > 5*time.Second {
			t.Errorf("the clock is %v late", late)
		}
	}
	if about := m.About(); about.CgroupVersion != 2 || !about.Root || about.Name != "vm" || len(about.Lacks) > 1 {
		t.Errorf("%+v", about)
	}
}

// A guest runs real containers, and has no network to the outside.
func TestDockerInTheGuest(t *testing.T) {
	lab := open(t, machine(t, Options{}), "docker")
	if got := script(t, lab, "docker run --rm mini:1 echo hi"); got != "hi" {
		t.Errorf("got %q", got)
	}
	if got := script(t, lab, "cat /proc/self/attr/current; docker run --rm mini:1 cat /proc/self/attr/current"); !strings.Contains(got, "docker-default (enforce)") {
		t.Errorf("got %q", got)
	}
	if got := script(t, lab, "ls /sys/class/net"); strings.Contains(got, "eth") || strings.Contains(got, "ens") {
		t.Errorf("the guest has a network device: %q", got)
	}
}

func TestSELinuxGuest(t *testing.T) {
	lab := open(t, machine(t, Options{}), "selinux")
	if got := script(t, lab, "getenforce; setenforce 1; getenforce; id -Z"); !strings.HasPrefix(got, "Permissive\nEnforcing\n") || !strings.Contains(got, ":") {
		t.Errorf("got %q", got)
	}
	if lab.Guest().Variant() != SELinux {
		t.Errorf("got %s", lab.Guest().Variant())
	}
}
