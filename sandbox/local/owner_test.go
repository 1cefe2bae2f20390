package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
	"cloison/sandbox/process"
)

// owner is a cloison in a process of its own, with one lab that is full of
// processes which do not want to end.
type owner struct {
	t       *testing.T
	cmd     *exec.Cmd
	in      io.Closer // its end makes the owner close the lab
	Record  record
	Mounts  string       // the lab's mount namespace
	Bearers []process.ID // processes of the lab
}

// stubborn leaves a process that ignores signals, a daemon with a session of
// its own, a process without the lab's environment, and a container.
const stubborn = `
(trap '' HUP INT TERM; exec sleep 1001) &
setsid sleep 1002 &
env -i nohup setsid sleep 1003 >/dev/null 2>&1 &
unshare --mount --pid --fork sleep 1004 >/dev/null 2>&1 &
mkdir ~/mounted && mount -t tmpfs none ~/mounted
if [ -n "$CLOISON_CGROUP" ]; then
  mkdir -p $CLOISON_CGROUP/mine/deeper
  sleep 1005 & echo $! > $CLOISON_CGROUP/mine/deeper/cgroup.procs
fi
true`

// beOwner is main of that process: it tells what it made, and waits to be
// killed, or for the end of its input to close the lab.
func beOwner(dir string) int {
	m, err := New(Options{Anyway: true, StateDir: dir})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	lab, err := m.Open(context.Background(), sandbox.LabOptions{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if err := fill(m, lab); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	_, _ = os.Stdin.Read(make([]byte, 1))
	if err := m.Close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func fill(m *Machine, lab sandbox.Lab) error {
	s, err := lab.Shell(context.Background(), sandbox.ShellOptions{})
	if err != nil {
		return err
	}
	drainOutput(s)
	if _, err := s.Run(context.Background(), stubborn); err != nil {
		return err
	}
	o := owner{Record: m.labs[0].record}
	if o.Mounts, err = os.Readlink(fmt.Sprintf("/proc/%d/ns/mnt", s.PID())); err != nil {
		return err
	}
	if o.Bearers, err = settled(o.Record); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(o)
}

// settled waits until all that stubborn starts is there, and what only helps
// to start it, such as setsid, has ended.
func settled(r record) ([]process.ID, error) {
	sleepers := 4
	if len(r.Cgroups.Dirs) > 0 {
		sleepers++
	}
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(pause) {
		var all []process.ID
		names := map[string]int{}
		for _, pid := range descendants(r.Keeper.PID) {
			all = append(all, named(pid))
			name, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
			names[strings.TrimSpace(string(name))]++
		}
		if names["sleep"] == sleepers && names["bash"] == 1 && len(all) == sleepers+2 {
			return all, nil
		}
	}
	return nil, errors.New("the lab's processes do not settle")
}

// startOwner skips where labs cannot be opened.
func startOwner(t *testing.T, dir string) *owner {
	t.Helper()
	if lack, missing := newMachine(t).about.Lacks["userns"]; missing && os.Geteuid() != 0 {
		t.Skip(lack.Why.EN)
	}
	cmd := exec.Command(os.Args[0], "owner", dir)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	o := &owner{t: t, cmd: cmd, in: in}
	if err := json.NewDecoder(out).Decode(o); err != nil {
		t.Fatalf("the owner says nothing: %v", err)
	}
	return o
}

// mustBeThere makes sure that there is something to clear.
func (o *owner) mustBeThere() {
	o.t.Helper()
	if len(o.Bearers) < 5 {
		o.t.Fatalf("only %d processes in the lab", len(o.Bearers))
	}
	for _, p := range o.Bearers {
		if !p.Runs() {
			o.t.Errorf("process %d of the lab is not there", p.PID)
		}
	}
	if !o.hasMounts() {
		o.t.Error("no process in the lab's mount namespace")
	}
}

// mustBeGone proves that nothing is left of the lab.
func (o *owner) mustBeGone(dir string) {
	o.t.Helper()
	for _, p := range append(o.Bearers, o.Record.Keeper) {
		eventually(o.t, fmt.Sprintf("process %d ends", p.PID), func() bool { return !p.Runs() })
	}
	for _, c := range o.Record.Cgroups.all() {
		eventually(o.t, c+" is removed", func() bool { return !exists(c) })
	}
	eventually(o.t, "the mounts go", func() bool { return !o.hasMounts() })
	eventually(o.t, "the record is removed", func() bool {
		left, _ := filepath.Glob(filepath.Join(dir, "*"))
		return len(left) == 0
	})
}

// hasMounts says whether a process is in the lab's mount namespace, which the
// kernel keeps, mounts and all, as long as there is one.
func (o *owner) hasMounts() bool {
	return slices.ContainsFunc(process.All(), func(pid int) bool {
		target, err := os.Readlink(fmt.Sprintf("/proc/%d/ns/mnt", pid))
		return err == nil && target == o.Mounts
	})
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

func TestNothingIsLeftAfterClose(t *testing.T) {
	dir := stateDir(t)
	o := startOwner(t, dir)
	o.mustBeThere()
	_ = o.in.Close()
	if err := o.cmd.Wait(); err != nil {
		t.Error(err)
	}
	o.mustBeGone(dir)
}

func TestNothingIsLeftAfterKill(t *testing.T) {
	dir := stateDir(t)
	o := startOwner(t, dir)
	o.mustBeThere()
	_ = o.cmd.Process.Kill()
	_ = o.cmd.Wait()
	o.mustBeGone(dir)
}

// TestNextStartClears kills the keeper as well: then the next cloison has to.
func TestNextStartClears(t *testing.T) {
	dir := stateDir(t)
	o := startOwner(t, dir)
	o.mustBeThere()
	if o.Record.Cgroups.Version == 0 {
		// What a lab without a cgroup has lost from sight cannot be found:
		// neither by its environment nor by its parents.
		o.Bearers = slices.DeleteFunc(o.Bearers, func(p process.ID) bool {
			env, _ := os.ReadFile(fmt.Sprintf("/proc/%d/environ", p.PID))
			if strings.Contains(string(env), labVariable) {
				return false
			}
			t.Cleanup(func() { _ = unix.Kill(p.PID, unix.SIGKILL) })
			return true
		})
	}
	_ = unix.Kill(o.cmd.Process.Pid, unix.SIGSTOP) // so that it cannot clear
	_ = unix.Kill(o.Record.Keeper.PID, unix.SIGKILL)
	_ = o.cmd.Process.Kill()
	_ = o.cmd.Wait()
	eventually(t, "the keeper has ended", func() bool { return !o.Record.Keeper.Runs() })
	if !exists(state{dir: dir}.file(o.Record.ID)) {
		t.Fatal("the record has gone before the next start")
	}
	m, err := New(Options{Anyway: true, StateDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if o.Record.Cgroups.Version != 0 {
		o.mustBeGone(dir)
	}
}
