//go:build linux

package why

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"

	"cloison/sandbox/calls"
	"cloison/sandbox/seccomp"
)

// notEnteredLead begins what a trial prints that could not enter the context.
const notEnteredLead = "cloison trial: "

// enter is the life of a trial in a context.
func (c *Context) enter(w *witness) (int, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	code, err := c.run(w)
	if err != nil {
		err = fmt.Errorf("%s%w", notEnteredLead, err)
	}
	return code, err
}

func (c *Context) run(w *witness) (int, error) {
	place, world, err := c.open()
	if err != nil {
		return notMade, err
	}
	if world != nil {
		defer world.Close()
	}
	list, err := c.calls(place)
	if err != nil {
		return notMade, err
	}
	program, err := calls.Compile(list)
	if err != nil {
		return notMade, err
	}
	process, err := program.Start(calls.Options{Stepwise: c.Locks.asks()})
	if err != nil {
		return notMade, fmt.Errorf("make a process: %w", err)
	}
	defer process.Close()
	if err := process.Go(); err != nil {
		return notMade, err
	}
	pid, code, err := follow(process, list, w)
	if err != nil || code != 0 {
		return code, err
	}
	status, err := ended(pid)
	if status.Signaled() {
		return 128 + int(status.Signal()), err
	}
	return status.ExitStatus(), err
}

// follow hears of forks and failures until the program has taken over. Where
// there is a filter that asks, the process waits behind it for the witness.
func follow(process *calls.Process, list []calls.Call, w *witness) (pid, code int, err error) {
	pid = process.PID
	for {
		report, err := process.Next()
		switch {
		case errors.Is(err, io.EOF):
			return pid, 0, nil
		case err != nil:
			return pid, notMade, err
		case report.Index >= len(list) && report.Errno == unix.ENOENT:
			return pid, 127, fmt.Errorf("%w", syscall.Errno(report.Errno))
		case report.Index >= len(list):
			fmt.Printf("%s\n", report.Errno)
			return pid, 126, nil
		case report.Errno == 0 && list[report.Index].Forks && report.Result != 0:
			if _, err := ended(pid); err != nil {
				return pid, notMade, err
			}
			pid = int(report.Result)
		case list[report.Index].Label == seccomp.Listener && (report.Errno == 0 || tolerates(list[report.Index], report.Errno)):
			if err := w.heed(pid, report.Errno, process); err != nil {
				return pid, notMade, err
			}
		case report.Errno != 0 && list[report.Index].Exec && !tolerates(list[report.Index], report.Errno):
			fmt.Printf("%s\n", report.Errno)
			return pid, 126, nil
		case report.Errno != 0 && !tolerates(list[report.Index], report.Errno):
			return pid, notMade, notEntered(list[report.Index], report.Errno)
		}
	}
}

func tolerates(c calls.Call, errno syscall.Errno) bool {
	for _, e := range c.Tolerate {
		if e == errno {
			return true
		}
	}
	return false
}

func ended(pid int) (status syscall.WaitStatus, err error) {
	for {
		if _, err = syscall.Wait4(pid, &status, 0, nil); !errors.Is(err, syscall.EINTR) {
			return status, err
		}
	}
}
