package link

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"

	"cloison/sandbox"
)

// Shell is a live shell in the guest; it implements [sandbox.Shell]. Its
// channel carries the terminal's bytes. A command is typed by a call of its
// own, which is told how many bytes went before it, and tells how many came
// before its outcome: so the order of things is that of a shell at hand.
type Shell struct {
	client *Client
	ch     ssh.Channel
	id     int
	pid    int
	out    chan []byte
	once   sync.Once
	closed chan struct{} // by Close
	ended  chan struct{} // no output follows

	mu    sync.Mutex
	typed int64         // bytes written
	seen  int64         // bytes that out was given
	told  int64         // what of these the guest knows
	moved chan struct{} // closed, and made anew, when seen grows
}

var _ sandbox.Shell = (*Shell)(nil)

// A piece of output is a chunk at most; so many wait for a slow reader before
// the guest is made to wait.
const (
	chunk = 32 << 10
	queue = 256
)

// Shell opens a live shell.
func (l *Lab) Shell(ctx context.Context, o sandbox.ShellOptions) (sandbox.Shell, error) {
	s, err := l.shell(ctx, shellAsk{Lab: l.id, Name: o.Name, Cols: o.Cols, Rows: o.Rows})
	if err != nil {
		return nil, sandbox.Errorf("open shell %s: %w", "ouvrir le shell %s : %w", o.Name, err)
	}
	return s, nil
}

func (l *Lab) shell(ctx context.Context, ask shellAsk) (*Shell, error) {
	ch, err := l.machine.client.open(ctx, verbShell, ask)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = ch.Close() })
	output := bufio.NewReaderSize(ch, chunk)
	r, err := firstLine(output)
	switch {
	case !stop():
		err = ctx.Err()
	case err != nil:
		err = l.machine.client.explain(err)
	default:
		err = r.Error.err()
	}
	if err != nil {
		_ = ch.Close()
		return nil, err
	}
	s := &Shell{
		client: l.machine.client, ch: ch, id: r.ID, pid: r.PID,
		out: make(chan []byte, queue), closed: make(chan struct{}), ended: make(chan struct{}), moved: make(chan struct{}),
	}
	go s.listen(output)
	return s, nil
}

// firstLine reads the reply before the terminal's bytes.
func firstLine(output *bufio.Reader) (reply, error) {
	text, err := output.ReadSlice('\n')
	if err != nil {
		return reply{}, fmt.Errorf("read the guest's reply: %w", err)
	}
	var r reply
	if err := json.Unmarshal(text, &r); err != nil {
		return reply{}, fmt.Errorf("read the guest's reply: %w", err)
	}
	return r, nil
}

// listen hands the terminal's bytes on until there are no more.
func (s *Shell) listen(output io.Reader) {
	defer close(s.out)
	defer close(s.ended)
	buf := make([]byte, chunk)
	for {
		n, err := output.Read(buf)
		if n > 0 {
			select {
			case s.out <- append([]byte(nil), buf[:n]...):
				s.count(n)
			case <-s.closed:
				return
			case <-s.client.done:
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// count notes what was handed on, and tells the guest now and then.
func (s *Shell) count(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen += int64(n)
	close(s.moved)
	s.moved = make(chan struct{})
	if s.seen-s.told > ahead/4 {
		s.told = s.seen
		_, _ = s.ch.SendRequest(requestTaken, false, ssh.Marshal(takenPayload{uint64(s.seen)}))
	}
}

// Run types a command and waits for the next prompt.
func (s *Shell) Run(ctx context.Context, command string) (sandbox.Outcome, error) {
	return s.RunUntil(ctx, command, nil)
}

// RunUntil is Run that also ends when the output matches until.
func (s *Shell) RunUntil(ctx context.Context, command string, until *regexp.Regexp) (sandbox.Outcome, error) {
	if s.over() {
		return sandbox.Outcome{}, s.why(sandbox.ErrEnded)
	}
	s.mu.Lock()
	ask := runAsk{Shell: s.id, Typed: s.typed, Command: command}
	s.mu.Unlock()
	if until != nil {
		ask.Until = until.String()
	}
	r, err := s.client.call(ctx, verbRun, ask, nil)
	if r.Outcome != nil {
		s.await(ctx, r.Outcome.Seen)
	}
	return r.outcome(), err
}

// await waits until whoever reads the terminal has been given its first n bytes.
func (s *Shell) await(ctx context.Context, n int64) {
	for {
		s.mu.Lock()
		enough, moved := s.seen >= n, s.moved
		s.mu.Unlock()
		if enough {
			return
		}
		select {
		case <-moved:
		case <-s.ended:
			return
		case <-ctx.Done():
			return
		}
	}
}

// Write sends keys, or answers to the terminal's queries.
func (s *Shell) Write(p []byte) (int, error) {
	if s.over() {
		return 0, s.why(sandbox.ErrEnded)
	}
	s.mu.Lock()
	s.typed += int64(len(p))
	s.mu.Unlock()
	n, err := s.ch.Write(p)
	if err != nil {
		err = s.why(sandbox.ErrEnded)
	}
	return n, err
}

// why is err, or the end of the guest where that is the reason.
func (s *Shell) why(err error) error {
	if gone := s.client.Err(); gone != nil {
		return gone
	}
	return err
}

func (s *Shell) over() bool {
	select {
	case <-s.ended:
		return true
	case <-s.closed:
		return true
	default:
		return false
	}
}

// Output gives what the terminal should show. Whoever opened the shell must
// drain it: when too much waits, the guest's terminal is made to wait.
func (s *Shell) Output() <-chan []byte { return s.out }

// Resize tells the terminal's new size.
func (s *Shell) Resize(cols, rows int) error {
	size := ssh.Marshal(sizePayload{Cols: uint32(cols), Rows: uint32(rows)})
	if _, err := s.ch.SendRequest(requestResize, false, size); err != nil {
		return fmt.Errorf("resize a terminal to %d by %d: %w", cols, rows, s.why(sandbox.ErrEnded))
	}
	return nil
}

// PID is the shell's process in the guest.
func (s *Shell) PID() int { return s.pid }

// frontLimit bounds Foreground, which takes no context.
const frontLimit = 5 * time.Second

// Foreground is the process in the guest that the terminal's keys go to.
func (s *Shell) Foreground() (int, error) {
	ctx, cancel := context.WithTimeout(context.Background(), frontLimit)
	defer cancel()
	r, err := s.client.call(ctx, verbFront, frontAsk{s.id}, nil)
	if err != nil {
		return 0, sandbox.Errorf("find who has the terminal: %w", "trouver qui a le terminal : %w", err)
	}
	return r.PID, nil
}

// Close hangs the terminal up.
func (s *Shell) Close() error {
	var err error
	s.once.Do(func() {
		close(s.closed)
		err = s.ch.Close()
	})
	if err != nil && !errors.Is(err, io.EOF) && s.client.Err() == nil {
		return fmt.Errorf("close a shell: %w", err)
	}
	return nil
}
