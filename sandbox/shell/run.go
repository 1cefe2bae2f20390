package shell

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"cloison/sandbox"
)

// Run types command and waits for the next marked prompt; see [sandbox.Shell].
// It fails with [sandbox.ErrBusy] where no prompt waits, with
// [sandbox.ErrUnfinished] when the shell asks for the rest of the command, and
// with [sandbox.ErrEnded] when the shell is gone or the command ended it.
func (s *Shell) Run(ctx context.Context, command string) (sandbox.Outcome, error) {
	return s.RunUntil(ctx, command, nil)
}

// RunUntil is Run that also ends when the output matches until. After that the
// next command is typed into the program that was entered, whatever it is.
func (s *Shell) RunUntil(ctx context.Context, command string, until *regexp.Regexp) (sandbox.Outcome, error) {
	marked, readline, halfway, err := s.claim(ctx)
	if err != nil {
		return sandbox.Outcome{}, err
	}
	defer s.release()
	if halfway {
		if err := s.send(ctx, clearLine); err != nil {
			return sandbox.Outcome{}, fmt.Errorf("clear the line: %w", err)
		}
	}
	return s.typeAll(ctx, inputs(command, readline, marked), until)
}

// claim waits for the first prompt and takes the terminal for one Run.
func (s *Shell) claim(ctx context.Context) (marked, readline, halfway bool, err error) {
	select {
	case <-s.first:
	case <-s.ended:
		return false, false, false, sandbox.ErrEnded
	case <-ctx.Done():
		return false, false, false, ctx.Err()
	}
	if s.over() {
		return false, false, false, sandbox.ErrEnded
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running || !s.ready && !s.inside {
		return false, false, false, sandbox.ErrBusy
	}
	s.running = true
	return s.ready, s.readline, s.halfway, nil
}

// over says that the terminal has hung up.
func (s *Shell) over() bool {
	select {
	case <-s.ended:
		return true
	default:
		return false
	}
}

func (s *Shell) release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running, s.take = false, nil
}

// typeAll types one input after the other, each at its own prompt; the outcome
// is that of the last, with the output of all.
func (s *Shell) typeAll(ctx context.Context, all []input, until *regexp.Regexp) (sandbox.Outcome, error) {
	var output strings.Builder
	for i, in := range all {
		last := i == len(all)-1
		t, err := s.typeOne(ctx, in, until)
		part, _ := t.output()
		output.WriteString(part)
		if err == nil && last && t.end == wantsMore {
			s.abandon(ctx)
			err = sandbox.ErrUnfinished
		}
		if err != nil || last || t.end == hasMatched {
			return sandbox.Outcome{Output: output.String(), Exit: t.exit}, err
		}
	}
	return sandbox.Outcome{}, errors.New("type a command: it is empty")
}

// typeOne types one input and waits until the take is over.
func (s *Shell) typeOne(ctx context.Context, in input, until *regexp.Regexp) (*take, error) {
	t := s.begin(in, until)
	if err := s.send(ctx, in.keys); err != nil {
		return s.stop(t), firstOf(ctx.Err(), fmt.Errorf("type a command: %w", err))
	}
	select {
	case <-t.over:
		return t, nil
	case <-ctx.Done():
		return s.stop(t), ctx.Err()
	case <-s.ended:
		return s.stop(t), sandbox.ErrEnded
	}
}

// abandon leaves an unfinished command by Ctrl-C. bash forgets one that comes
// just before it reads from the terminal, until the next key: hence the pause,
// and the second attempt.
func (s *Shell) abandon(ctx context.Context) {
	t := s.watch(&take{accepted: true, over: make(chan struct{})})
	defer s.stop(t)
	for range 3 {
		if waited(ctx, t.over, 30*time.Millisecond) || s.send(ctx, interrupt) != nil {
			return
		}
		if waited(ctx, t.over, 300*time.Millisecond) {
			return
		}
	}
}

// waited says whether it is over, or too late, within limit.
func waited(ctx context.Context, over <-chan struct{}, limit time.Duration) bool {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-over:
	case <-ctx.Done():
	case <-timer.C:
		return false
	}
	return true
}

// begin starts to watch, before the first key is sent.
func (s *Shell) begin(in input, until *regexp.Regexp) *take {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ready = false
	s.take = &take{typed: in.text, readline: s.readline, until: until, over: make(chan struct{})}
	return s.take
}

// watch is begin for a take that is made elsewhere.
func (s *Shell) watch(t *take) *take {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.take = t
	return t
}

// stop ends the watch before its time, so that t is no longer written to.
func (s *Shell) stop(t *take) *take {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.take = nil
	return t
}

func firstOf(a, b error) error {
	if a != nil {
		return a
	}
	return b
}
