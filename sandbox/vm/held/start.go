package held

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"

	"cloison/sandbox"
	"cloison/sandbox/vm/qemu"
)

// ended is the end of a guest whose holder has stopped it.
var ended = qemu.End{Cause: qemu.Closed}

// TellFD is where a holder that Start has started inherits what it tells on.
const TellFD = 3

// Start starts a holder, args of exe, in a session of its own, and waits until
// its guest is there. When ctx ends first, the holder is ended.
func Start(ctx context.Context, exe string, args []string, told func(sandbox.Stage)) (Status, error) {
	said, tell, err := os.Pipe()
	if err != nil {
		return Status{}, err
	}
	defer func() { _ = said.Close() }()
	holder := &exec.Cmd{
		Path: exe, Args: append([]string{"cloison"}, args...), Env: os.Environ(), Dir: "/",
		ExtraFiles:  []*os.File{tell},
		SysProcAttr: &syscall.SysProcAttr{Setsid: true},
	}
	err = holder.Start()
	_ = tell.Close()
	if err != nil {
		return Status{}, fmt.Errorf("start the VM's holder: %w", err)
	}
	stop := context.AfterFunc(ctx, func() { _ = holder.Process.Signal(syscall.SIGTERM) })
	defer stop()
	s, err := outcome(said, told)
	if err != nil {
		return s, errors.Join(err, ctx.Err(), ignored(holder.Wait()))
	}
	return s, holder.Process.Release()
}

// ignored drops the exit status of a process that has told its error itself.
func ignored(err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return nil
	}
	return err
}
