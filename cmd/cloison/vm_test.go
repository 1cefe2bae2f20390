package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"

	"cloison/sandbox/image"
	"cloison/sandbox/process"
	"cloison/sandbox/vm"
	"cloison/sandbox/vm/held"
	"cloison/sandbox/vm/qemu"
)

// vmCall runs the real program with a place of its own for the VM's socket.
type vmCall struct {
	t     *testing.T
	bin   string
	place string // XDG_RUNTIME_DIR
	env   []string
}

func newVMCall(t *testing.T, env ...string) *vmCall {
	t.Helper()
	if os.Getenv("CLOISON_VM_TESTS") == "" {
		t.Skip("it needs the VM; scripts/test plays it in a step of its own (CLOISON_VM_TESTS)")
	}
	if _, err := vm.NewYard(t.Context(), vm.Options{Exe: program(t)}); err != nil {
		t.Fatal(err)
	}
	place, err := os.MkdirTemp("", "vm") // short: unix(7) allows 108 bytes
	if err != nil {
		t.Fatal(err)
	}
	v := &vmCall{t: t, bin: program(t), place: place}
	v.env = append(append(os.Environ(), "LC_ALL=C.UTF-8", "XDG_RUNTIME_DIR="+place), env...)
	t.Cleanup(func() {
		_ = v.cmd("vm", "stop").Run() // mostly there is none
		_ = os.RemoveAll(place)
	})
	return v
}

func (v *vmCall) cmd(args ...string) *exec.Cmd {
	cmd := exec.Command(v.bin, args...)
	cmd.Env = v.env
	return cmd
}

// run wants an exit code, and gives both outputs.
func (v *vmCall) run(want int, args ...string) (stdout, stderr string) {
	v.t.Helper()
	cmd := v.cmd(args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != want {
		v.t.Fatalf("cloison %q: %v, want exit code %d\n%s%s", args, err, want, out.String(), errs.String())
	}
	return strings.TrimSpace(out.String()), strings.TrimSpace(errs.String())
}

func (v *vmCall) status() held.Status {
	v.t.Helper()
	text, _ := v.run(0, "vm", "status", "--json")
	var s held.Status
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		v.t.Fatalf("%v: %s", err, text)
	}
	return s
}

// wantGone waits until a process is gone.
func wantGone(t *testing.T, what string, pid int) {
	t.Helper()
	if pid <= 0 || !eventually(patience, func() bool { return dead(pid) }) {
		t.Fatalf("%s (process %d) is still there", what, pid)
	}
}

// dead says that a process is gone, or only waits for its parent to notice.
func dead(pid int) bool {
	s, err := process.Read(pid)
	return err != nil || s.Over()
}

func contains(t *testing.T, text string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(text, w) {
			t.Errorf("%q lacks %q", text, w)
		}
	}
}

// A VM that stays: started, used from several sides, broken, reset, stopped.
func TestVMByHand(t *testing.T) {
	v := newVMCall(t)
	said, _ := v.run(0, "vm", "status")
	contains(t, said, "No VM is running", "cloison vm start")
	_, said = v.run(1, "vm", "stop")
	contains(t, said, "no VM is running")
	_, said = v.run(0, "vm", "start")
	contains(t, said, "A VM is running: Linux 6", "cloison vm shell")
	_, said = v.run(1, "vm", "start")
	contains(t, said, "running already", "vm reset")
	before := v.status()
	if !before.Running || before.QEMU == 0 || before.Memory == 0 {
		t.Errorf("%+v", before)
	}

	v.run(7, "vm", "run", "--", "sh", "-c", "exit 7")
	v.run(128+9, "vm", "run", "--", "sh", "-c", "kill -9 $$")
	v.run(0, "vm", "run", "--", "touch", "/root/mark")
	v.run(0, "vm", "run", "--", "ls", "/root/mark")
	count := v.cmd("vm", "run", "--", "wc", "-c")
	count.Stdin = strings.NewReader("hello")
	if out, err := count.Output(); err != nil || strings.TrimSpace(string(out)) != "5" {
		t.Errorf("%q, %v", out, err)
	}
	v.several()
	v.shell()

	_, said = v.run(125, "vm", "run", "--", "sh", "-c", "echo 1 > /proc/sys/kernel/sysrq; echo c > /proc/sysrq-trigger")
	contains(t, said, "kernel panicked (sysrq triggered crash)")
	said, _ = v.run(0, "vm", "status", "--lang", "fr")
	contains(t, said, "Le noyau de la VM a paniqué", "cloison vm reset")
	_, said = v.run(125, "vm", "run", "--", "true")
	contains(t, said, "kernel panicked")
	wantGone(t, "the QEMU that panicked", before.QEMU)
	v.run(0, "vm", "reset")
	v.run(2, "vm", "run", "--", "ls", "/root/mark")

	after := v.status()
	v.run(0, "vm", "stop")
	wantGone(t, "QEMU", after.QEMU)
	wantGone(t, "the holder", after.PID)
	if left, _ := filepath.Glob(filepath.Join(v.place, "*")); len(left) > 0 {
		t.Errorf("%q is left", left)
	}
}

// several runs commands at the same time.
func (v *vmCall) several() {
	v.t.Helper()
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			out, err := v.cmd("vm", "run", "--", "sh", "-c", fmt.Sprintf("echo %d; sleep 0.2; echo %[1]d", i)).Output()
			if want := fmt.Sprintf("%d\n%[1]d\n", i); err != nil || string(out) != want {
				v.t.Errorf("%q, %v", out, err)
			}
		})
	}
	all.Wait()
}

// shell types into a shell on a real terminal.
func (v *vmCall) shell() {
	v.t.Helper()
	cmd := v.cmd("vm", "shell")
	terminal, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: 91, Rows: 27})
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = terminal.Close() }()
	if _, err := terminal.WriteString("stty size; echo in $((6 * 7)); exit 3\n"); err != nil {
		v.t.Fatal(err)
	}
	var shown bytes.Buffer
	_, _ = shown.ReadFrom(terminal) // EIO at its end (pty(7))
	if err := cmd.Wait(); cmd.ProcessState.ExitCode() != 3 {
		v.t.Errorf("%v\n%s", err, shown.String())
	}
	contains(v.t, shown.String(), "27 91", "in 42")
}

// Whatever is killed, nothing is left, and a new one can be started.
func TestVMKilledHolderLeavesNothing(t *testing.T) {
	v := newVMCall(t)
	v.run(0, "vm", "start")
	s := v.status()
	if err := syscall.Kill(s.PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	wantGone(t, "QEMU", s.QEMU)
	said, _ := v.run(0, "vm", "status")
	contains(t, said, "No VM is running")
	v.run(0, "vm", "start")
	if again := v.status(); !again.Running || again.PID == s.PID {
		t.Errorf("%+v", again)
	}
}

func TestVMKilledCloisonLeavesNoQEMU(t *testing.T) {
	v := newVMCall(t)
	cmd := v.cmd("vm", "run", "--", "sh", "-c", "echo here; sleep 1000")
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err == nil {
		_, err = out.Read(make([]byte, 4))
	}
	if err != nil {
		t.Fatal(err)
	}
	child := childOf(cmd.Process.Pid)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	wantGone(t, "QEMU", child)
}

// childOf is the QEMU below a process; 0 for none.
func childOf(pid int) int {
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, thread := range threads {
		children, _ := os.ReadFile(thread)
		for _, child := range strings.Fields(string(children)) {
			args, _ := os.ReadFile("/proc/" + child + "/cmdline")
			if n, err := strconv.Atoi(child); err == nil && strings.HasPrefix(string(args), qemu.Program) {
				return n
			}
		}
	}
	return 0
}

// Two cloisons want a VM that has never been started: one makes it, the other
// waits, both have it. Then its saved state is broken behind their back: the
// next one notices, and makes it again.
func TestVMForTwoCloisonsAtOnce(t *testing.T) {
	cache := t.TempDir()
	v := newVMCall(t, "XDG_CACHE_HOME="+cache, "CLOISON_IMAGE="+image.Folder())
	var all sync.WaitGroup
	var told [2]bytes.Buffer
	for i := range told {
		all.Go(func() {
			cmd := v.cmd("vm", "run", "--", "echo", "hi")
			cmd.Stderr = &told[i]
			if out, err := cmd.Output(); err != nil || string(out) != "hi\n" {
				t.Errorf("%q, %v: %s", out, err, told[i].String())
			}
		})
	}
	all.Wait()
	both := told[0].String() + told[1].String()
	if strings.Count(both, "booting") != 1 || strings.Count(both, "waiting for another cloison") != 1 {
		t.Errorf("they say:\n%s", both)
	}
	if testing.Short() {
		return
	}
	breakStates(t, cache)
	_, said := v.run(0, "vm", "run", "--", "true")
	contains(t, said, "checking the image", "booting")
}

// breakStates empties saved states without leaving a trace in their times.
func breakStates(t *testing.T, cache string) {
	t.Helper()
	states, err := filepath.Glob(filepath.Join(cache, "cloison", "vm", "*", "state"))
	if err != nil || len(states) == 0 {
		t.Fatalf("no saved state: %v", err)
	}
	for _, state := range states {
		st, err := os.Stat(state)
		if err == nil {
			err = os.WriteFile(state, make([]byte, st.Size()), 0o600)
		}
		if err == nil {
			err = os.Chtimes(state, time.Now(), st.ModTime())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// Ctrl-C while a VM is made for the first time: it is said, and nothing is left.
func TestVMInterruptedWhileItIsMade(t *testing.T) {
	for _, args := range [][]string{{"vm", "run", "--", "true"}, {"vm", "start"}, {"list", "--machine", "vm"}, {"play", "--machine", "vm", "proc-ns"}} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			cache := t.TempDir()
			v := newVMCall(t, "XDG_CACHE_HOME="+cache, "CLOISON_IMAGE="+image.Folder())
			if args[0] == "list" { // it makes none
				v.run(0, args...)
			} else {
				v.interrupted(args)
			}
			left, _ := filepath.Glob(filepath.Join(cache, "cloison", "vm", "*", "*"))
			if place, _ := filepath.Glob(filepath.Join(v.place, "*")); len(left)+len(place) > 0 {
				t.Errorf("%q and %q are left", left, place)
			}
		})
	}
}

// interrupted waits until a guest boots, and presses Ctrl-C.
func (v *vmCall) interrupted(args []string) {
	v.t.Helper()
	cmd := v.cmd(args...)
	said, err := cmd.StderrPipe()
	if err == nil {
		err = cmd.Start()
	}
	var all bytes.Buffer
	for chunk := make([]byte, 256); err == nil && !strings.Contains(all.String(), "booting"); {
		var n int
		n, err = said.Read(chunk)
		all.Write(chunk[:n])
	}
	if err == nil {
		err = cmd.Process.Signal(os.Interrupt)
	}
	if err != nil {
		v.t.Fatalf("%v: %s", err, all.String())
	}
	_, _ = all.ReadFrom(said)
	if _ = cmd.Wait(); cmd.ProcessState.ExitCode() != exitFailed {
		v.t.Errorf("%v", cmd.ProcessState)
	}
	contains(v.t, all.String(), "interrupted")
}

// A learner breaks the kernel under a lesson: the screen says what happened,
// and r gives a fresh VM in the same place.
func TestVMPanicsUnderALearner(t *testing.T) {
	v := newVMCall(t)
	s := newScreen(t, 80, 24, "sh", "-c", v.bin+" --lang en --machine vm container-is-a-process; cat")
	s.waitForLong("step 0 of", "lesson $")
	s.enterUntil("step 1 of", "✓ passed")
	s.keys("F3")
	s.waitFor("ctrl+]")
	s.write("echo 1 > /proc/sys/kernel/sysrq; echo c > /proc/sysrq-trigger")
	s.keys("Enter")
	s.waitFor("The machine is gone", "The VM's kernel panicked", "r gives a fresh one")
	s.keys("r")
	s.waitForLong("step 1 of", "lesson $")
	s.enterUntil("step 2 of", "✓ passed")
	s.keys("q")
}
