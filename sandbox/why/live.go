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
	l := lineage{pid: process.PID}
	for {
		report, err := process.Next()
		switch {
		case errors.Is(err, io.EOF):
			return l.pid, 0, nil
		case err != nil:
			return l.pid, notMade, err
		case report.Index >= len(list) && report.Errno == unix.ENOENT:
			return l.pid, 127, report.Errno
		case report.Index >= len(list):
			fmt.Printf("%s\n", report.Errno)
			return l.pid, 126, nil
		case report.Errno != 0 && list[report.Index].Exec && !list[report.Index].Tolerates(report.Errno):
			fmt.Printf("%s\n", report.Errno)
			return l.pid, 126, nil
		case report.Errno != 0 && !list[report.Index].Tolerates(report.Errno):
			return l.pid, notMade, notEntered(list[report.Index], report.Errno)
		}
		before := l.pid
		l.hear(report, list)
		if l.pid != before {
			if _, err := ended(before); err != nil {
				return before, notMade, err
			}
		}
		if errno, behind := l.behind(list); behind {
			if err := w.heed(l.pid, errno, process); err != nil {
				return l.pid, notMade, err
			}
		}
	}
}

// lineage knows which process it is that goes on with the list. Both sides of a
// fork report, and the child, who is not kept waiting, may be heard first.
type lineage struct {
	pid    int
	parted int           // parents that have said whom they leave the list to
	waits  *calls.Report // of the process that waits behind the filter that asks
}

func (l *lineage) hear(r calls.Report, list []calls.Call) {
	switch c := list[r.Index]; {
	case c.Forks && r.Errno == 0 && r.Result != 0:
		l.pid = int(r.Result)
		l.parted++
	case c.Label == seccomp.Listener:
		l.waits = &r
	}
}

// behind says, once, that a process waits behind the filter and which it is,
// and how loading the filter went.
func (l *lineage) behind(list []calls.Call) (errno syscall.Errno, yes bool) {
	if l.waits == nil {
		return 0, false
	}
	forks := 0
	for _, c := range list[:l.waits.Index] {
		if c.Forks {
			forks++
		}
	}
	if l.parted < forks {
		return 0, false
	}
	errno, l.waits = l.waits.Errno, nil
	return errno, true
}

func ended(pid int) (status syscall.WaitStatus, err error) {
	for {
		if _, err = syscall.Wait4(pid, &status, 0, nil); !errors.Is(err, syscall.EINTR) {
			return status, err
		}
	}
}
