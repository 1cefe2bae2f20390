//go:build linux

package runtime

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"cloison/sandbox"
	"cloison/sandbox/cgroup"
	"cloison/sandbox/process"
)

// order is what a test asks of a cloison in a process of its own, which it can
// watch, kill, and start as another user.
type order struct {
	Spec    sandbox.Spec
	Explain bool
	// Terminal makes it say whether the terminal is its own at the end.
	Terminal bool
	// Unified makes the container's cgroup below this one of version 2.
	Unified string
	Filter  bool   // that cgroup can filter devices
	Self    string // the program that --init uses
	PID     int    // above 0: join this process instead of starting a container
	Cgroup  bool   // and its cgroup
}

const orderVariable = "CLOISON_TEST_ORDER"

func TestMain(m *testing.M) {
	if text := os.Getenv(orderVariable); text != "" {
		os.Exit(obey(text))
	}
	os.Exit(m.Run())
}

func obey(text string) int {
	var o order
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		panic(err)
	}
	_ = os.Unsetenv(orderVariable)
	plan, err := o.plan()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return codeRuntime
	}
	var narrator Narrator
	if o.Explain {
		narrator = NewTeller(os.Stderr, sandbox.English)
	}
	code, err := plan.Run(narrator)
	if o.Terminal {
		fmt.Fprintln(os.Stderr, "in the foreground:", ownForeground() != 0)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	return code
}

func (o order) plan() (*Plan, error) {
	if o.PID > 0 {
		target, err := Find(o.PID, o.Cgroup)
		if err != nil {
			return nil, err
		}
		return NewJoin(target, o.Spec)
	}
	spec := o.Spec
	spec.Init = false
	s, err := Look(spec)
	if err != nil {
		return nil, err
	}
	s.Self = o.Self
	if o.Unified != "" {
		s.Cgroups = cgroup.Place{Version: 2, V2: []cgroup.Level{{Path: o.Unified, Top: true, Writable: true}}, Devices: o.Filter}
	}
	return New(o.Spec, s)
}

// outcome is how an order ended.
type outcome struct {
	out, told string
	code      int
	pid       int // of the process that obeyed
}

// command is the process that will obey, as root or, when plain, as an
// ordinary user.
func (o order) command(t *testing.T, plain bool) *exec.Cmd {
	t.Helper()
	text, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	binary := os.Args[0]
	cmd := exec.Command(binary)
	if plain && os.Geteuid() == 0 {
		cmd = exec.Command(readable(t, binary))
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 61234, Gid: 61234}}
		cmd.Dir = "/"
	}
	cmd.Env = append(os.Environ(), orderVariable+"="+string(text))
	return cmd
}

// readable copies the test's program to where every user can run it.
func readable(t *testing.T, binary string) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "cloison-runtime")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	text, err := os.ReadFile(binary)
	if err != nil {
		t.Fatal(err)
	}
	target := filepath.Join(dir, "cloison.test")
	if err := errors.Join(os.Chmod(dir, 0o755), os.WriteFile(target, text, 0o600), os.Chmod(target, 0o755)); err != nil {
		t.Fatal(err)
	}
	return target
}

// give carries an order out and returns how it ended.
func (o order) give(t *testing.T, plain bool) outcome {
	t.Helper()
	cmd := o.command(t, plain)
	var out, told bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &told
	err := cmd.Run()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		t.Fatal(err)
	}
	return outcome{out.String(), told.String(), cmd.ProcessState.ExitCode(), cmd.Process.Pid}
}

// users lists whom to test as: root where the test is, and an ordinary user
// where user namespaces are allowed.
func users(t *testing.T) map[string]bool {
	t.Helper()
	if _, err := exec.LookPath("busybox"); err != nil {
		t.Skip("there is no busybox to make a root file system of")
	}
	all := map[string]bool{}
	if set, err := permitted(); err == nil && (Surroundings{Permitted: set}).Privileged() {
		all["root"] = false
	}
	if got := (order{Spec: shell("true")}).give(t, true); got.code == 0 {
		all["rootless"] = true
	} else {
		t.Logf("rootless is not tested: %s", got.told)
	}
	if len(all) == 0 {
		t.Skip("no container can be started here, neither as root nor rootless")
	}
	return all
}

// needRoot skips what only root can do.
func needRoot(t *testing.T) {
	t.Helper()
	if _, ok := users(t)["root"]; !ok {
		t.Skip("needs CAP_SYS_ADMIN")
	}
}

// needLimits skips where no cgroup can be made.
func needLimits(t *testing.T) {
	t.Helper()
	spec := shell("true")
	spec.Limits = sandbox.Limits{Memory: 64 << 20, Pids: 64}
	if got := (order{Spec: spec}).give(t, false); got.code != 0 {
		t.Skipf("no limit can be set here: %s", got.told)
	}
}

func shell(script string) sandbox.Spec {
	return sandbox.Spec{Args: []string{"sh", "-c", script}}
}

// eventually polls until the condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !holds(); {
		if time.Now().After(deadline) {
			t.Fatalf("after 10 s: not %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// alive says whether a process is there and is no zombie.
func alive(pid int) bool {
	s, err := process.Read(pid)
	return err == nil && !s.Over()
}
