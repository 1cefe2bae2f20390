//go:build linux

package build

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// patience is how long a program that was asked to end may take to clean up.
const patience = 20 * time.Second

// runner runs commands and keeps what they print.
type runner struct {
	log  io.Writer // everything
	tail tail      // the last lines, for an error
}

// run runs a command to its end. What it prints goes to lines, line by line,
// and what it tells on file descriptor 3 goes to status; either may be nil.
// When ctx ends, or this process does, the command is asked to end, so that it
// unmounts and removes what it made.
func (r *runner) run(ctx context.Context, c command, lines, status func(string)) error {
	fmt.Fprintf(r.log, "+ %s\n", strings.Join(c.args, " "))
	cmd := prepare(ctx, c)
	out, err := listen(func(line string) {
		fmt.Fprintln(r.log, line)
		r.tail.add(line)
		if lines != nil {
			lines(line)
		}
	})
	if err != nil {
		return err
	}
	told, err := listen(status)
	if err != nil {
		out.end()
		return err
	}
	cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = out.w, out.w, []*os.File{told.w}
	err = start(cmd)
	out.end()
	told.end()
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return fmt.Errorf("%s: %w", c.args[0], err)
	}
	return nil
}

// prepare makes a command that leads a process group, all of which is asked to
// end when ctx does.
func prepare(ctx context.Context, c command) *exec.Cmd {
	cmd := exec.CommandContext(ctx, c.args[0], c.args[1:]...)
	cmd.Env = append(append(os.Environ(), "LC_ALL=C.UTF-8", "DEBIAN_FRONTEND=noninteractive"), c.env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = patience
	return cmd
}

// start starts a command and waits for its end, on one thread: the signal of
// Pdeathsig comes when the thread that started the command ends, not the
// process (PR_SET_PDEATHSIG in prctl(2)).
func start(cmd *exec.Cmd) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	return cmd.Run()
}

// ear is a pipe whose lines somebody takes.
type ear struct {
	r, w *os.File
	done chan struct{}
}

func listen(take func(string)) (*ear, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	e := &ear{r, w, make(chan struct{})}
	go func() {
		defer close(e.done)
		each(r, take)
	}()
	return e, nil
}

// end waits for the last lines. A process that the command left behind may
// keep the pipe open; it is not waited for.
func (e *ear) end() {
	e.w.Close()
	_ = e.r.SetReadDeadline(time.Now().Add(time.Second)) // a pipe has deadlines
	<-e.done
}

// each reads lines until the other end closes. It ends with r closed.
func each(r *os.File, take func(string)) {
	defer r.Close()
	in := bufio.NewReader(r)
	for {
		line, err := in.ReadString('\n')
		if line = strings.TrimRight(line, "\r\n"); line != "" && take != nil {
			take(line)
		}
		if err != nil {
			return
		}
	}
}

// tail is the last lines of an output.
type tail []string

func (t *tail) add(line string) {
	if len(*t) == 40 {
		*t = (*t)[1:]
	}
	*t = append(*t, line)
}
