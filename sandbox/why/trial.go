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
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
	"cloison/sandbox/runtime"
)

// TrialVerb is the first argument of the program that runs one container for
// a search: main has to call [BeTrial] and nothing else then.
const TrialVerb = "trial"

// specFD is where a trial inherits the spec of its container, as JSON.
const specFD = 3

// How long one run may take, how long its output is waited for after that, and
// how much of it is kept.
const (
	trialLimit  = 10 * time.Second
	outputLimit = time.Second
	keptOutput  = 4 << 10
)

// tooLong is the status of a run that was ended, as timeout(1) has it.
const tooLong = 124

// trials run containers as processes of their own: what a command prints is
// caught, and one that hangs can be killed with everything that it started.
type trials struct{ exe string }

func (t trials) run(ctx context.Context, spec sandbox.Spec) (Outcome, error) {
	text, err := json.Marshal(spec)
	if err != nil {
		return Outcome{}, err
	}
	file, err := memory(text)
	if err != nil {
		return Outcome{}, err
	}
	defer func() { _ = file.Close() }()
	limited, cancel := context.WithTimeout(ctx, trialLimit)
	defer cancel()
	out := &tail{}
	cmd := exec.CommandContext(limited, t.exe, TrialVerb)
	cmd.Stdout, cmd.Stderr, cmd.ExtraFiles, cmd.WaitDelay = out, out, []*os.File{file}, outputLimit
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	err = cmd.Run()
	var ended *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return Outcome{}, ctx.Err()
	case limited.Err() != nil:
		return Outcome{Exit: tooLong, Output: out.String()}, nil
	case err != nil && !errors.As(err, &ended) && !errors.Is(err, exec.ErrWaitDelay):
		return Outcome{}, fmt.Errorf("start a trial: %w", err)
	}
	return Outcome{Exit: cmd.ProcessState.ExitCode(), Output: out.String()}, nil
}

// memory is a file without a name that holds text (memfd_create(2)).
func memory(text []byte) (*os.File, error) {
	fd, err := unix.MemfdCreate("spec", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("make a file in memory: %w", err)
	}
	file := os.NewFile(uintptr(fd), "spec")
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
	unix.CloseOnExec(specFD)
	file := os.NewFile(specFD, "spec")
	var spec sandbox.Spec
	err := json.NewDecoder(file).Decode(&spec)
	_ = file.Close()
	if err != nil {
		fmt.Fprintln(os.Stderr, "cloison trial: it is started by cloison only:", err)
		return 2
	}
	code, err := runOnce(spec)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	return code
}

func runOnce(spec sandbox.Spec) (int, error) {
	surroundings, err := runtime.Look(spec)
	if err != nil {
		return notMade, err
	}
	plan, err := runtime.New(spec, surroundings)
	if err != nil {
		return notMade, err
	}
	return plan.Run(nil)
}

// notMade is what docker run ends with when there is no container.
const notMade = 125
