package plain

import (
	"context"
	"errors"
	"io/fs"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"cloison/lessons"
	"cloison/lessons/progress"
	"cloison/sandbox"
)

// sampleCourse is a course of the sample lesson alone.
func sampleCourse(t testing.TB) *lessons.Course {
	t.Helper()
	fsys := fstest.MapFS{
		"10-kernel/chapter.md":          {Data: []byte("---\ntitle: The kernel\n---\n")},
		"10-kernel/10-sample/lesson.md": {Data: []byte(sample)},
	}
	course, problems := lessons.Load(fs.FS(fsys))
	if lessons.Broken(problems) {
		t.Fatal(problems)
	}
	return course
}

// fakeMachine opens labs in memory. After dies, no lab of it answers.
type fakeMachine struct {
	about sandbox.About
	pass  string // checks pass once this command was typed

	refuses   bool // every command
	container bool // one runs beside the terminal
	ended     bool // it has, by the time that it is to be followed

	mu     sync.Mutex
	died   bool
	opened int
	closed int
	typed  []string
}

func (m *fakeMachine) About() sandbox.About { return m.about }
func (m *fakeMachine) Close() error         { return nil }

func (m *fakeMachine) Open(context.Context, sandbox.LabOptions) (sandbox.Lab, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.opened++
	m.died, m.typed = false, nil
	return &fakeLab{m}, nil
}

type fakeLab struct{ machine *fakeMachine }

var errDied = errors.New("it has died")

func (l *fakeLab) Exec(_ context.Context, script string, _ []string) (sandbox.Outcome, error) {
	l.machine.mu.Lock()
	defer l.machine.mu.Unlock()
	switch {
	case l.machine.died:
		return sandbox.Outcome{}, errDied
	case strings.Contains(script, "echo well"), script == "exit 0":
		return sandbox.Outcome{Output: "well\n"}, nil
	case strings.Contains(script, "why --lang fr --pid 7 -- bash -c 'echo 1'"):
		return sandbox.Outcome{Output: "refusé par     le filtre seccomp\n"}, nil
	}
	for _, typed := range l.machine.typed {
		if typed == l.machine.pass {
			return sandbox.Outcome{Output: "done\nsource: /it\n"}, nil
		}
	}
	return sandbox.Outcome{Output: "not done\nsource: /it\n", Exit: 1}, nil
}

func (l *fakeLab) Shell(context.Context, sandbox.ShellOptions) (sandbox.Shell, error) {
	return newFakeShell(l.machine), nil
}

func (l *fakeLab) Inspect(_ context.Context, pid int) (sandbox.Facts, error) {
	return sandbox.Facts{PID: pid, Command: "bash"}, nil
}

func (l *fakeLab) Watch(ctx context.Context, pid int, subjects <-chan sandbox.Subject) (<-chan sandbox.Xray, error) {
	l.machine.mu.Lock()
	defer l.machine.mu.Unlock()
	if l.machine.died {
		return nil, errDied
	}
	seen := make(chan sandbox.Xray, 1)
	x := sandbox.Xray{Facts: sandbox.Facts{PID: pid, Command: "bash"}, Processes: []sandbox.ProcessFact{
		{PID: pid, Started: 1, Namespaces: map[sandbox.Namespace]uint64{sandbox.PIDNS: 1}},
	}}
	if l.machine.container {
		x.Processes = append(x.Processes, sandbox.ProcessFact{PID: 42, Started: 2, Namespaces: map[sandbox.Namespace]uint64{sandbox.PIDNS: 2}})
	}
	seen <- x
	go func() {
		select {
		case x.Asked = <-subjects:
			if x.Lost = l.machine.ended; !x.Lost {
				x.Facts = sandbox.Facts{PID: x.Asked.PID, Command: "nginx"}
			}
			seen <- x
		case <-ctx.Done():
		}
	}()
	return seen, nil
}

func (l *fakeLab) Close() error {
	l.machine.mu.Lock()
	defer l.machine.mu.Unlock()
	l.machine.closed++
	return nil
}

// fakeShell answers "echo X" with X; "die" ends the machine.
type fakeShell struct {
	machine *fakeMachine
	out     chan []byte
}

func newFakeShell(m *fakeMachine) *fakeShell { return &fakeShell{machine: m, out: make(chan []byte)} }

func (s *fakeShell) Run(_ context.Context, command string) (sandbox.Outcome, error) {
	s.machine.mu.Lock()
	defer s.machine.mu.Unlock()
	s.machine.typed = append(s.machine.typed, command)
	if command == "die" {
		s.machine.died = true
	}
	if s.machine.died {
		return sandbox.Outcome{}, sandbox.ErrEnded
	}
	if s.machine.refuses {
		return sandbox.Outcome{Output: "Operation not permitted\n", Exit: 1}, nil
	}
	said, _ := strings.CutPrefix(command, "echo ")
	return sandbox.Outcome{Output: said + "\n"}, nil
}

func (s *fakeShell) RunUntil(ctx context.Context, command string, _ *regexp.Regexp) (sandbox.Outcome, error) {
	return s.Run(ctx, command)
}

func (s *fakeShell) Write(p []byte) (int, error) { return len(p), nil }
func (s *fakeShell) Output() <-chan []byte       { return s.out }
func (s *fakeShell) Resize(int, int) error       { return nil }
func (s *fakeShell) PID() int                    { return 7 }
func (s *fakeShell) Foreground() (int, error)    { return 7, nil }
func (s *fakeShell) Close() error                { return nil }

// memory keeps progress in memory; a full one saves nothing.
type memory struct {
	state progress.State
	full  bool
}

func (m *memory) State() progress.State { return m.state }

func (m *memory) change(lesson string, do func(*progress.Lesson)) error {
	if m.full {
		return errors.New("no space left on device")
	}
	if m.state.Lessons == nil {
		m.state.Lessons = map[string]progress.Lesson{}
	}
	l := m.state.Lessons[lesson]
	if l.Blocks == nil {
		l.Blocks = map[string]progress.Mark{}
	}
	l.Begun = someday
	do(&l)
	m.state.Lessons[lesson], m.state.Last = l, lesson
	return nil
}

func (m *memory) Mark(lesson, block, status string) error {
	return m.change(lesson, func(l *progress.Lesson) { l.Blocks[block] = progress.Mark{Status: status, Tries: 1} })
}

func (m *memory) At(lesson, block string) error {
	return m.change(lesson, func(l *progress.Lesson) { l.At = block })
}

func (m *memory) Finish(lesson string) error {
	return m.change(lesson, func(l *progress.Lesson) { l.Done = someday })
}

func (m *memory) Reset(lesson string) error {
	delete(m.state.Lessons, lesson)
	return nil
}

func (m *memory) ResetBlock(lesson, block string) error {
	return m.change(lesson, func(l *progress.Lesson) { delete(l.Blocks, block) })
}
