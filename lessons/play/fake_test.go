package play

import (
	"context"
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"cloison/sandbox"
)

// fakeMachine opens labs in memory and remembers what was asked of them.
type fakeMachine struct {
	about   sandbox.About
	refuses error
	options sandbox.LabOptions
	lab     *fakeLab
}

func (m *fakeMachine) About() sandbox.About { return m.about }
func (m *fakeMachine) Close() error         { return nil }

func (m *fakeMachine) Open(_ context.Context, o sandbox.LabOptions) (sandbox.Lab, error) {
	m.options = o
	if m.refuses != nil {
		return nil, m.refuses
	}
	return m.lab, nil
}

// fakeLab answers scripts and opens shells.
type fakeLab struct {
	exec    sandbox.Outcome
	script  func(ctx context.Context, script string, env []string) (sandbox.Outcome, error) // instead of exec
	scripts []string
	opened  []sandbox.ShellOptions
	shells  []*fakeShell // handed out in this order; then fresh ones
	closed  int
}

func (l *fakeLab) Exec(ctx context.Context, script string, env []string) (sandbox.Outcome, error) {
	l.scripts = append(l.scripts, script)
	if l.script != nil {
		return l.script(ctx, script, env)
	}
	return l.exec, nil
}

func (l *fakeLab) Shell(_ context.Context, o sandbox.ShellOptions) (sandbox.Shell, error) {
	l.opened = append(l.opened, o)
	if n := len(l.opened); n <= len(l.shells) {
		return l.shells[n-1], nil
	}
	return newFakeShell(nil), nil
}

func (l *fakeLab) Inspect(context.Context, int) (sandbox.Facts, error) {
	return sandbox.Facts{}, errors.New("a fake lab has no processes")
}

func (l *fakeLab) Watch(context.Context, int, <-chan sandbox.Subject) (<-chan sandbox.Xray, error) {
	return nil, nil
}

func (l *fakeLab) Close() error {
	l.closed++
	return nil
}

// answer is how a fake shell ends a command.
type answer struct {
	outcome sandbox.Outcome
	err     error
	hangs   bool // until the context ends
}

// fakeShell ends each command as it was told. Its terminal shows the output
// only to a reader: a command is not over before somebody has drained it.
type fakeShell struct {
	answers map[string]answer
	out     chan []byte
	once    sync.Once

	mu       sync.Mutex
	commands []string
	written  string
	busyFor  int // how often a command still finds the terminal busy after a hang
}

func newFakeShell(answers map[string]answer) *fakeShell {
	return &fakeShell{answers: maps.Clone(answers), out: make(chan []byte)}
}

func (s *fakeShell) Run(ctx context.Context, command string) (sandbox.Outcome, error) {
	s.mu.Lock()
	s.commands = append(s.commands, command)
	hung := slices.ContainsFunc(s.commands[:len(s.commands)-1], func(c string) bool { return s.answers[c].hangs })
	busy := hung && s.busyFor > 0
	if busy {
		s.busyFor--
	}
	if hung && !strings.Contains(s.written, "\x03") {
		busy = true
	}
	s.mu.Unlock()
	if busy {
		return sandbox.Outcome{}, sandbox.ErrBusy
	}
	a := s.answers[command]
	select {
	case s.out <- []byte(a.outcome.Output):
	case <-ctx.Done():
		return sandbox.Outcome{}, ctx.Err()
	}
	if a.hangs {
		<-ctx.Done()
		return a.outcome, ctx.Err()
	}
	return a.outcome, a.err
}

func (s *fakeShell) RunUntil(ctx context.Context, command string, until *regexp.Regexp) (sandbox.Outcome, error) {
	a := s.answers[command]
	if a.hangs && until.MatchString(a.outcome.Output) {
		return a.outcome, nil
	}
	return s.Run(ctx, command)
}

func (s *fakeShell) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.written += string(p)
	return len(p), nil
}

func (s *fakeShell) Output() <-chan []byte    { return s.out }
func (s *fakeShell) Resize(int, int) error    { return nil }
func (s *fakeShell) PID() int                 { return 42 }
func (s *fakeShell) Foreground() (int, error) { return 42, nil }

func (s *fakeShell) Close() error {
	s.once.Do(func() { close(s.out) })
	return nil
}
