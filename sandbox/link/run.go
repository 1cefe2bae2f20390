package link

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
	"syscall"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/sys/unix"

	"cloison/sandbox"
)

// Command is a program of the guest's own, outside of every lab.
type Command struct {
	Args           []string  // nil is a login shell
	Env            []string  // KEY=value, beside the guest's own
	Dir            string    // "" is root's home
	Stdin          io.Reader // nil is an empty one
	Stdout, Stderr io.Writer // nil is nowhere; a terminal has Stdout only
	Terminal       *Terminal // nil is none
	// Signals are sent on to the program and its process group.
	Signals <-chan os.Signal
}

// Terminal is what a program's terminal is like.
type Terminal struct {
	Term       string // TERM, see term(7)
	Cols, Rows int
	Resize     <-chan Size // new sizes; nil is never
}

// Size is that of a terminal, in characters.
type Size struct{ Cols, Rows int }

// Run runs a program to its end, and gives its exit status, which is 128+n
// where signal n ended it. When ctx ends first, the program is killed.
func (c *Client) Run(ctx context.Context, cmd Command) (exit int, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type result struct {
		exit int
		err  error
	}
	results := make(chan result, 1)
	go func() {
		exit, err := c.run(ctx, cmd)
		results <- result{exit, err}
	}()
	var late <-chan time.Time // what the program still writes is waited for a little
	for done := ctx.Done(); ; done = nil {
		select {
		case r := <-results:
			if r.err != nil && ctx.Err() != nil {
				r.err = ctx.Err()
			}
			return r.exit, r.err
		case <-done:
			late = time.After(lastWords)
		case <-c.done:
			return 0, c.err
		case <-late:
			return 0, ctx.Err()
		}
	}
}

func (c *Client) run(ctx context.Context, cmd Command) (int, error) {
	s, err := c.ssh.NewSession()
	if err != nil {
		return 0, c.explain(err)
	}
	stop := context.AfterFunc(ctx, func() { _ = s.Close() })
	defer stop()
	defer func() { _ = s.Close() }()
	if err := furnish(s, cmd); err != nil {
		return 0, c.explain(err)
	}
	if cmd.Args == nil && cmd.Dir == "" {
		err = s.Shell()
	} else {
		err = s.Start(commandLine(cmd))
	}
	if err != nil {
		return 0, fmt.Errorf("start %s in the guest: %w", cmd.name(), c.explain(err))
	}
	go relaySignals(ctx, s, cmd)
	return c.exited(s.Wait())
}

// furnish tells the guest what to start the program with.
func furnish(s *ssh.Session, cmd Command) error {
	s.Stdin, s.Stdout, s.Stderr = cmd.Stdin, cmd.Stdout, cmd.Stderr
	for _, e := range cmd.Env {
		name, value, _ := strings.Cut(e, "=")
		if err := s.Setenv(name, value); err != nil {
			return fmt.Errorf("set %s in the guest: %w", name, err)
		}
	}
	if t := cmd.Terminal; t != nil {
		if err := s.RequestPty(t.Term, t.Rows, t.Cols, nil); err != nil {
			return fmt.Errorf("open a terminal in the guest: %w", err)
		}
	}
	return nil
}

// relaySignals sends signals and sizes until ctx ends.
func relaySignals(ctx context.Context, s *ssh.Session, cmd Command) {
	signals, sizes := cmd.Signals, (<-chan Size)(nil)
	if cmd.Terminal != nil {
		sizes = cmd.Terminal.Resize
	}
	for {
		select {
		case <-ctx.Done():
			return
		case signal, open := <-signals:
			if !open {
				signals = nil
			}
			if n, ok := signal.(syscall.Signal); ok {
				_ = s.Signal(ssh.Signal(strings.TrimPrefix(unix.SignalName(n), "SIG")))
			}
		case size, open := <-sizes:
			if !open {
				sizes = nil
			} else {
				_ = s.WindowChange(size.Rows, size.Cols)
			}
		}
	}
}

// exited reads how a program ended.
func (c *Client) exited(err error) (int, error) {
	var exited *ssh.ExitError
	switch {
	case err == nil:
		return 0, nil
	case errors.As(err, &exited):
		return exited.ExitStatus() & 0xff, nil
	}
	return 0, c.explain(err)
}

func (cmd Command) name() string {
	if cmd.Args == nil {
		return "a login shell"
	}
	return cmd.Args[0]
}

// commandLine is what the guest's shell is to run; it becomes the program.
func commandLine(cmd Command) string {
	words := []string{"exec"}
	if cmd.Args == nil {
		words = append(words, "bash", "-l")
	}
	for _, arg := range cmd.Args {
		words = append(words, sandbox.Quote(arg))
	}
	line := strings.Join(words, " ")
	if cmd.Dir != "" {
		line = "cd " + sandbox.Quote(cmd.Dir) + " && " + line
	}
	return line
}

// CopyTo unpacks a tar below a folder of the guest, which is made if it is not
// there.
func (c *Client) CopyTo(ctx context.Context, dir string, tar io.Reader) error {
	err := c.tar(ctx, Command{
		Args:  []string{"sh", "-c", `mkdir -p "$1" && exec tar -x -p -C "$1"`, "sh", dir},
		Stdin: tar,
	})
	if err != nil {
		return fmt.Errorf("copy to %s in the guest: %w", dir, err)
	}
	return nil
}

// CopyFrom packs a file or folder of the guest as a tar, under its own name.
// What is in it is the guest's: names that lead elsewhere are to be expected.
func (c *Client) CopyFrom(ctx context.Context, file string, tar io.Writer) error {
	err := c.tar(ctx, Command{
		Args:   []string{"tar", "-c", "-C", path.Dir(file), "--", path.Base(file)},
		Stdout: tar,
	})
	if err != nil {
		return fmt.Errorf("copy %s from the guest: %w", file, err)
	}
	return nil
}

func (c *Client) tar(ctx context.Context, cmd Command) error {
	said := &limited{left: longestError}
	cmd.Stderr = said
	exit, err := c.Run(ctx, cmd)
	if err == nil && exit != 0 {
		err = fmt.Errorf("exit status %d: %s", exit, strings.TrimSpace(said.text.String()))
	}
	return err
}

// limited keeps the beginning of what is written to it.
type limited struct {
	text strings.Builder
	left int
}

func (l *limited) Write(p []byte) (int, error) {
	n := min(len(p), l.left)
	l.text.Write(p[:n])
	l.left -= n
	return len(p), nil
}
