package local

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
)

// Exec runs a script to its end, or kills it when ctx ends. Processes that it
// leaves in the background go on, but what they print later is lost.
func (l *Lab) Exec(ctx context.Context, script string, env []string) (sandbox.Outcome, error) {
	o, err := l.exec(ctx, &start{
		Args: []string{"/bin/bash", "-c", script},
		Env:  slices.Concat(l.env, env),
		Dir:  l.home,
	})
	if err != nil {
		return o, sandbox.Errorf("run a script: %w", "lancer un script : %w", err)
	}
	return o, nil
}

func (l *Lab) exec(ctx context.Context, what *start) (sandbox.Outcome, error) {
	out, in, err := os.Pipe()
	if err != nil {
		return sandbox.Outcome{}, err
	}
	defer func() { _ = out.Close() }()
	answer, replies, err := l.call(ctx, request{Start: what}, in)
	_ = in.Close()
	if err != nil {
		return sandbox.Outcome{}, err
	}
	printed := collect(out)
	select {
	case end := <-replies:
		return sandbox.Outcome{Output: printed(), Exit: end.Exit}, nil
	case <-l.gone:
		return sandbox.Outcome{Output: printed()}, errGone
	case <-ctx.Done():
		_ = l.wire.send(request{ID: answer.ID, Kill: true}, nil)
		return sandbox.Outcome{Output: printed()}, ctx.Err()
	}
}

// collect reads a pipe in the background, so that whoever writes never waits.
// printed gives what was written up to now, without waiting for more: somebody
// in the background may hold the pipe open.
func collect(pipe *os.File) (printed func() string) {
	var all kept
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.Copy(&all, pipe)
	}()
	return func() string {
		_ = pipe.SetReadDeadline(time.Now())
		<-done
		drain(pipe, &all)
		return all.String()
	}
}

// mostKept is how much of a script's output is kept, in bytes. A script that
// floods is not to fill this computer's memory.
const mostKept = 8 << 20

// kept is the beginning of what is written to it.
type kept struct {
	text strings.Builder
	lost int
}

func (k *kept) Write(p []byte) (int, error) {
	n := min(len(p), mostKept-k.text.Len())
	k.text.Write(p[:n])
	k.lost += len(p) - n
	return len(p), nil
}

func (k *kept) String() string {
	if k.lost == 0 {
		return k.text.String()
	}
	return fmt.Sprintf("%s\n[… %d bytes left out …]\n", k.text.String(), k.lost)
}

// drain takes what is in a pipe at this moment, past its deadline (FIONREAD of
// pipe(7)): somebody in the background may go on filling it.
func drain(pipe *os.File, all *kept) {
	raw, err := pipe.SyscallConn()
	if err != nil {
		return
	}
	buf := make([]byte, 64<<10)
	_ = raw.Control(func(fd uintptr) {
		left, _ := unix.IoctlGetInt(int(fd), unix.TIOCINQ) // the same number
		for left > 0 {
			n, err := unix.Read(int(fd), buf[:min(left, len(buf))])
			if err == unix.EINTR {
				continue
			}
			if n <= 0 {
				return
			}
			_, _ = all.Write(buf[:n])
			left -= n
		}
	})
}
