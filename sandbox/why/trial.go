//go:build linux

package why

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
	"cloison/sandbox/runtime"
)

// TrialVerb is the first argument of the program that runs one container for
// a search: main has to call [BeTrial] and nothing else then.
const TrialVerb = "trial"

// trialFD is where a trial inherits what it is to run, as JSON.
const trialFD = 3

// trial is one run: in a container, or in the context of a process.
type trial struct {
	Spec    *sandbox.Spec
	Context *Context
	Copy    bool // what the container does to its root folder goes with it
	Witness bool // somebody looks at the container; it runs step by step then
	Locks   locks
}

// How long one run may take, the first and the others, how long it may take
// besides to make and to end what it runs in, how long its output is waited for
// after that, and how much of it is kept.
const (
	firstLimit  = 30 * time.Second
	trialLimit  = 10 * time.Second
	makingLimit = 2 * time.Minute
	outputLimit = time.Second
	keptOutput  = 4 << 10
)

// tooLong is the status of a run that was ended, as timeout(1) has it.
const tooLong = 124

// trials run containers as processes of their own: what a command prints is
// caught, and one that hangs can be killed with everything that it started.
type trials struct {
	exe  string
	pace *pace
}

// pace is how long the first run took, in nanoseconds: a slow computer gets more
// time for the others.
type pace struct{ atomic.Int64 }

// limit is how long a run may take.
func (p *pace) limit() time.Duration {
	if p.Load() == 0 {
		return firstLimit
	}
	return max(trialLimit, 20*time.Duration(p.Load()))
}

func (t trials) run(ctx context.Context, what trial) (Outcome, error) {
	began := time.Now()
	own, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd, closing, err := t.command(own, what)
	if err != nil {
		return Outcome{}, err
	}
	defer closing()
	evidence, err := memory(nil)
	if err != nil {
		return Outcome{}, err
	}
	defer func() { _ = evidence.Close() }()
	out := &tail{}
	cmd.Stdout, cmd.Stderr = out, out
	cmd.ExtraFiles = append(cmd.ExtraFiles, evidence)
	goesOn, err := t.wait(cmd, cancel)
	var ended *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return Outcome{}, ctx.Err()
	case goesOn:
		return Outcome{Exit: tooLong, Output: out.String(), Running: true}, nil
	case err != nil && !errors.As(err, &ended) && !errors.Is(err, exec.ErrWaitDelay):
		return Outcome{}, sandbox.Errorf("run a trial: %w", "faire un essai : %w", err)
	}
	t.pace.CompareAndSwap(0, int64(time.Since(began)))
	list, err := heard(evidence)
	return Outcome{Exit: cmd.ProcessState.ExitCode(), Output: out.String(), Evidence: list}, err
}

// wait runs a trial to its end, or until its time is over: then it is ended.
// goesOn says that its command is still running. A slow computer may not have
// come to the command yet, or be clearing up behind it: it gets more time.
func (t trials) wait(cmd *exec.Cmd, end func()) (goesOn bool, err error) {
	if err := cmd.Start(); err != nil {
		return false, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	limit := t.pace.limit()
	for waited := time.Duration(0); ; {
		select {
		case err := <-ended:
			return false, err
		case <-time.After(limit):
		}
		waited += limit
		goesOn = running(cmd.Process.Pid)
		if !goesOn && waited < limit+makingLimit {
			continue
		}
		end()
		if err := <-ended; goesOn {
			return true, err
		}
		return false, sandbox.Errorf("it has not come to an end in %s", "il n’est pas arrivé à sa fin en %s", waited)
	}
}

// running says whether a program other than the trial's own runs below it.
func running(pid int) bool {
	self, err := os.Stat(fmt.Sprintf("/proc/%d/exe", pid))
	if err != nil {
		return false
	}
	for _, child := range below(pid) {
		exe, err := os.Stat(fmt.Sprintf("/proc/%d/exe", child))
		if errors.Is(err, os.ErrPermission) || err == nil && !os.SameFile(self, exe) || running(child) {
			return true
		}
	}
	return false
}

// command is a trial that has not started; closing is due when it has.
func (t trials) command(ctx context.Context, what trial) (cmd *exec.Cmd, closing func(), err error) {
	text, err := json.Marshal(what)
	if err != nil {
		return nil, nil, err
	}
	file, err := memory(text)
	if err != nil {
		return nil, nil, err
	}
	cmd = exec.CommandContext(ctx, t.exe, TrialVerb)
	cmd.ExtraFiles, cmd.WaitDelay = []*os.File{file}, outputLimit
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if what.Copy {
		cmd.SysProcAttr.Unshareflags = unix.CLONE_NEWNS
	}
	return cmd, func() { _ = file.Close() }, nil
}

// memory is a file without a name that holds text (memfd_create(2)).
func memory(text []byte) (*os.File, error) {
	fd, err := unix.MemfdCreate("trial", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("make a file in memory: %w", err)
	}
	file := os.NewFile(uintptr(fd), "trial")
	if _, err = file.Write(text); err == nil {
		_, err = file.Seek(0, 0)
	}
	return file, err
}

// tail keeps the end of what is written to it.
type tail struct{ bytes.Buffer }

func (t *tail) Write(p []byte) (int, error) {
	n := len(p)
	_, _ = t.Buffer.Write(p)
	if over := t.Len() - keptOutput; over > 0 {
		t.Next(over)
	}
	return n, nil
}

// BeTrial is the life of a trial: it runs the one container that it was given,
// and ends as docker run would.
func BeTrial() int {
	_ = unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0)
	unix.CloseOnExec(trialFD)
	file := os.NewFile(trialFD, "trial")
	var what trial
	err := json.NewDecoder(file).Decode(&what)
	_ = file.Close()
	if err != nil {
		fmt.Fprintln(os.Stderr, "cloison trial: it is started by cloison only:", err)
		return 2
	}
	code, err := what.run()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	return code
}

func (t trial) run() (int, error) {
	w := &witness{locks: t.Locks}
	if t.Locks.asks() {
		w.watcher = newWatcher(t.Locks)
	}
	if t.Witness || t.Locks.asks() {
		unix.CloseOnExec(evidenceFD)
		defer w.testify()
	}
	if t.Context != nil {
		return t.Context.enter(w)
	}
	if t.Spec == nil {
		return notMade, errors.New("cloison trial: there is nothing to run")
	}
	if t.Copy {
		if err := cover(t.Spec.Rootfs); err != nil {
			return notMade, fmt.Errorf("cloison trial: %w", err)
		}
	}
	if !t.Witness && !t.Locks.asks() {
		return runOnce(*t.Spec, t.Locks, nil)
	}
	return runOnce(*t.Spec, t.Locks, w)
}

func runOnce(spec sandbox.Spec, l locks, narrator runtime.Narrator) (int, error) {
	surroundings, err := runtime.Look(spec)
	if err != nil {
		return notMade, err
	}
	if surroundings.Outermost, err = l.calls(); err != nil {
		return notMade, err
	}
	plan, err := runtime.New(spec, surroundings)
	if err != nil {
		return notMade, err
	}
	return plan.Run(narrator)
}
