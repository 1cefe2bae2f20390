//go:build linux

package runtime

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
)

// initPath is where the container sees this program when it is to be its
// process number 1: /dev is always ours to write to.
const initPath = "/dev/cloison-init"

// program is what the container runs: the command, or the init that starts it.
func (c container) program() []string {
	if !c.Init {
		return c.Args
	}
	if c.Lang == sandbox.French {
		return append([]string{initPath, inFrench}, c.Args...)
	}
	return append([]string{initPath}, c.Args...)
}

// inFrench is what init is told when whoever starts the container reads French:
// nothing else of the caller's locale comes into it.
const inFrench = "--lang=fr"

// IsInit says whether this process has been started as a container's process
// number 1 by --init.
func IsInit(args []string) bool { return len(args) > 1 && args[0] == initPath }

// BeInit starts the command and is a good process number 1 for it: it passes
// signals on, because the kernel shields number 1 from those that it does not
// handle, and it reaps whoever loses his parent (pid_namespaces(7)). It returns
// the command's exit code.
func BeInit(args []string) int {
	lang := sandbox.English
	if len(args) > 1 && args[0] == inFrench {
		lang, args = sandbox.French, args[1:]
	}
	heard := make(chan os.Signal, 64)
	signal.Notify(heard)
	path, err := exec.LookPath(args[0])
	if err != nil {
		return notStarted(args[0], err, lang)
	}
	attr := &syscall.ProcAttr{Env: os.Environ(), Files: []uintptr{0, 1, 2}, Sys: &syscall.SysProcAttr{}}
	if ownForeground() != 0 || foregroundElsewhere() {
		// Keys reach the command's own group, so that none is passed on twice.
		attr.Sys.Foreground = true
	}
	pid, err := syscall.ForkExec(path, args, attr)
	if err != nil {
		return notStarted(args[0], err, lang)
	}
	for s := range heard {
		number, ok := s.(unix.Signal)
		switch {
		case !ok || slices.Contains(ownSignals, number):
		case number != unix.SIGCHLD:
			_ = unix.Kill(pid, number)
		default:
			if status, ended := reap(pid); ended {
				return exitCode(status)
			}
		}
	}
	return codeRuntime // not reached
}

// ownSignals concern this process alone: Go's runtime uses the first, the
// terminal's are for who reads and writes.
var ownSignals = []unix.Signal{unix.SIGURG, unix.SIGPIPE, unix.SIGTTIN, unix.SIGTTOU}

// foregroundElsewhere says whether the terminal's foreground group has no
// number here, as that of the cloison outside has none.
func foregroundElsewhere() bool {
	group, err := unix.IoctlGetInt(0, unix.TIOCGPGRP)
	return err == nil && group == 0
}

// reap takes note of every child that has ended, and says whether the command
// was among them.
func reap(command int) (syscall.WaitStatus, bool) {
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG, nil)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if err != nil || pid <= 0 {
			return 0, false
		}
		if pid == command {
			return status, true
		}
	}
}

// notStarted tells of a command that is not there or cannot be run, in the
// words in which a container without init tells of it.
func notStarted(name string, err error, lang sandbox.Lang) int {
	errno := errnoOf(err)
	switch {
	case errors.Is(err, exec.ErrNotFound):
		errno = unix.ENOENT
	case errno == unix.EISDIR, errno == 0 && errors.Is(err, os.ErrPermission):
		errno = unix.EACCES // what execve(2) says
	}
	f := notRun(name, errno)
	if errno == 0 {
		f.Err = err
	}
	fmt.Fprintf(os.Stderr, "cloison-init: %s\n", f.In(lang))
	return f.Code
}
