// Package shell drives a live shell on a terminal: it types commands the way a
// person does, and knows where a command's output ends and how it exited,
// because the shell's prompts carry a mark (OSC 133 with a secret key). A
// shell that the command itself started, in whatever namespaces, inherits the
// marked prompts through its environment.
//
// It knows terminals and their control sequences (console_codes(4), pty(7),
// tty_ioctl(4), bash(1) "PROMPTING"). It knows no namespaces and starts no
// process: [New] is handed the terminal of a shell that runs with [Env] and [Rc].
package shell

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"os"
	"sync"
	"time"

	"cloison/sandbox"
)

// Options describe the shell at the other end of a terminal.
type Options struct {
	Key   string       // of its marks; see [NewKey]
	PID   int          // its process, as this process counts
	Close func() error // also called by Close, once; nil for nothing
}

// NewKey makes a secret for the marks of a shell.
func NewKey() string {
	secret := make([]byte, 4)
	_, _ = rand.Read(secret) // never fails, see crypto/rand
	return hex.EncodeToString(secret)
}

// Shell is a live shell; it implements [sandbox.Shell].
type Shell struct {
	tty    *os.File
	o      Options
	out    chan []byte
	closed chan struct{} // by Close
	ended  chan struct{} // the terminal has hung up
	once   sync.Once

	first    chan struct{} // closed at the first prompt
	mu       sync.Mutex    // guards what follows
	scanner  scanner
	seen     bool  // the first prompt
	ready    bool  // a marked prompt waits for a command
	inside   bool  // RunUntil left a program in charge that waits for input
	readline bool  // whoever waits takes bracketed pastes
	running  bool  // a Run is under way
	halfway  bool  // something was typed since the prompt
	take     *take // what the Run under way waits for
}

var _ sandbox.Shell = (*Shell)(nil)

// chunk is the largest piece of output, in bytes; queue how many pieces wait
// for a slow reader before the terminal, and so the program that writes to it,
// is made to wait.
const (
	chunk = 32 << 10
	queue = 256
)

// New returns the shell whose terminal's master side is tty and takes tty over.
// tty comes from [Master].
func New(tty *os.File, o Options) *Shell {
	s := &Shell{
		tty: tty, o: o,
		out:    make(chan []byte, queue),
		closed: make(chan struct{}),
		ended:  make(chan struct{}),
		first:  make(chan struct{}),
	}
	go s.listen()
	return s
}

// listen reads the terminal until it hangs up.
func (s *Shell) listen() {
	defer close(s.out)
	defer close(s.ended)
	buf := make([]byte, chunk)
	for {
		n, err := s.tty.Read(buf)
		if n > 0 {
			over := s.feed(buf[:n])
			select {
			case s.out <- append([]byte(nil), buf[:n]...):
			case <-s.closed:
				return
			}
			// Only now: who has an outcome finds all that led to it in Output.
			if over != nil {
				close(over)
			}
		}
		if err != nil {
			return // EIO: nobody has the other side any more (pty(7))
		}
	}
}

// feed learns from output what state the terminal is in. It gives what to close
// where a take is over.
func (s *Shell) feed(output []byte) (over chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scanner.scan(output, func(p piece) {
		e := p.read(s.o.Key)
		if s.take != nil {
			s.take.add(p, e)
		}
		s.notice(e)
	})
	if s.take == nil {
		return nil
	}
	s.take.look()
	if s.take.end == goingOn {
		return nil
	}
	return s.endTake()
}

// notice keeps the state that outlives one Run.
func (s *Shell) notice(e event) {
	switch e.kind {
	case pasteOn:
		s.readline = true
	case pasteOff:
		s.readline, s.ready = false, false
	case prompted:
		if s.take != nil && !s.take.accepted {
			return // readline shows its prompt again while we type
		}
		s.ready, s.inside, s.halfway = true, false, false
		if !s.seen {
			s.seen = true
			close(s.first)
		}
	}
}

func (s *Shell) endTake() (over chan struct{}) {
	if s.take.end == hasMatched {
		s.inside = true
	}
	over = s.take.over
	s.take = nil
	return over
}

// Write sends keys, or answers to the terminal's queries.
func (s *Shell) Write(p []byte) (int, error) {
	s.mu.Lock()
	s.halfway = true
	if submits(p) {
		s.ready, s.halfway = false, false
	}
	s.mu.Unlock()
	return s.tty.Write(p)
}

// send types for us; a terminal whose program reads nothing is given up
// when ctx ends.
func (s *Shell) send(ctx context.Context, keys string) error {
	stop := context.AfterFunc(ctx, func() { _ = s.tty.SetWriteDeadline(time.Now()) })
	_, err := s.tty.WriteString(keys)
	if !stop() {
		_ = s.tty.SetWriteDeadline(time.Time{})
	}
	return err
}

// Output gives what the terminal should show. Whoever opened the shell must
// drain it: a full queue stops the programs on the terminal, and so every Run.
func (s *Shell) Output() <-chan []byte { return s.out }

// PID is the shell's process.
func (s *Shell) PID() int { return s.o.PID }

// Close hangs the terminal up, which ends the shell as closing a terminal
// window does.
func (s *Shell) Close() error {
	var err error
	s.once.Do(func() {
		close(s.closed)
		err = s.tty.Close()
		if s.o.Close != nil {
			err = s.o.Close()
		}
	})
	return err
}
