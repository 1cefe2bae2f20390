package tui

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"cloison/sandbox"
)

// stringOf is a message of an unexported type as text.
func stringOf(msg tea.Msg) string { return fmt.Sprint(msg) }

func TestALessonIsPlayedAndLeft(t *testing.T) {
	s := start(t, 80, 24, sandbox.English, func(o *Options) { o.Lesson = "memory" })
	s.waitFor("lab:~#")
	s.playUntil("✓ passed")
	s.waitFor("step 1 of 4", "kthreadd")
	s.keys("m")
	s.waitFor("begun")
	if !eventually(func() bool { return s.machine.open() == 0 }) {
		t.Error("leaving the lesson leaves its lab open")
	}
}

func TestResetGivesAFreshLab(t *testing.T) {
	s := start(t, 120, 36, sandbox.English, func(o *Options) { o.Lesson = "memory" })
	s.waitFor("lab:~#")
	s.playUntil("✓ passed")
	s.keys("r")
	s.waitFor("What is to begin afresh?", "1 this step   2 the machine   3 the lesson   4 and forget it   n no")
	s.keys("n", "r", "3")
	s.waitFor("step 0 of 4", "lab:~#")
	if !eventually(func() bool { return s.machine.open() == 1 && len(s.machine.labs) == 2 }) {
		t.Errorf("%d labs are open, %d were opened", s.machine.open(), len(s.machine.labs))
	}
}

func TestACommandThatHangsCanBeLeft(t *testing.T) {
	s := start(t, 80, 24, sandbox.English, func(o *Options) { o.Lesson = "hang" })
	s.waitFor("lab:~#", "Wait for a command")
	s.keys("enter")
	s.waitFor("⋯ running…", "sleep inf")
	s.keys("m")
	s.waitFor("cloison · Course")
	if !eventually(func() bool { return s.machine.open() == 0 }) {
		t.Error("the lab of a running command stays open")
	}
}

func TestSeveralTerminals(t *testing.T) {
	s := start(t, 120, 36, sandbox.English, func(o *Options) { o.Lesson = "memory" })
	s.waitFor("lab:~#")
	s.playUntil("step 2 of 4")
	s.waitFor("Terminal a [b]", "Mem:")
	s.keys("f5")
	s.waitFor("Terminal [a] b", "kthreadd")
}

func TestTypingByHand(t *testing.T) {
	s := start(t, 80, 24, sandbox.English, func(o *Options) { o.Lesson = "memory" })
	s.waitFor("lab:~#")
	s.keys("tab", "i", "d", "enter")
	if !eventually(func() bool {
		s.machine.mu.Lock()
		defer s.machine.mu.Unlock()
		return len(s.machine.labs) == 1 && s.machine.labs[0].shells[0].keys() == "id\r"
	}) {
		t.Error("the shell does not get what was typed")
	}
	s.program.Send(tea.PasteMsg{Content: "pwd"})
	if !eventually(func() bool { return strings.Contains(s.machine.labs[0].shells[0].keys(), "pwd") }) {
		t.Error("the shell does not get what was pasted")
	}
}

func TestALabThatDoesNotOpenIsTold(t *testing.T) {
	machine := sampleMachine()
	machine.refuses = errLacking{errPlain}
	s := start(t, 80, 24, sandbox.French, func(o *Options) {
		o.Lesson, o.Explain = "memory", explain
		o.Machine = func(context.Context) (sandbox.Machine, error) { return machine, nil }
	})
	s.waitFor("Cela n’a pas marché", "Activez-les.")
	s.keys("enter")
	s.waitFor("Un conteneur est un processus")
}

// checkRestored demands that the output ends by giving the terminal back.
func checkRestored(t *testing.T, s *screen) {
	t.Helper()
	out := s.output()
	left := strings.LastIndex(out, "\x1b[?1049l")
	if left < 0 || left < strings.LastIndex(out, "\x1b[?1049h") {
		t.Error("the alternate screen is not left")
	}
	if shown := strings.LastIndex(out, "\x1b[?25h"); shown < 0 || shown < strings.LastIndex(out, "\x1b[?25l") {
		t.Error("the cursor stays hidden")
	}
	for _, mouse := range []string{"\x1b[?1002", "\x1b[?1006"} {
		if strings.LastIndex(out, mouse+"l") < strings.LastIndex(out, mouse+"h") {
			t.Errorf("the mouse mode %q stays on", mouse)
		}
	}
}

func TestQuittingRestoresTheTerminal(t *testing.T) {
	s := start(t, 80, 24, sandbox.English)
	s.waitFor("local")
	s.keys("q")
	if err := s.end(); err != nil {
		t.Errorf("quit: %v", err)
	}
	checkRestored(t, s)
}

// bomb is a Model that blows up when it is told to.
type bomb struct{ Model }

type (
	panicInUpdate struct{}
	panicInCmd    struct{}
)

func (b bomb) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg.(type) {
	case panicInUpdate:
		panic("in Update")
	case panicInCmd:
		return b, func() tea.Msg { panic("in a Cmd") }
	}
	next, cmd := b.Model.Update(msg)
	return bomb{next.(Model)}, cmd
}

func TestAPanicRestoresTheTerminal(t *testing.T) {
	for name, msg := range map[string]tea.Msg{"update": panicInUpdate{}, "cmd": panicInCmd{}} {
		t.Run(name, func(t *testing.T) {
			machine := sampleMachine()
			m := New(t.Context(), Options{
				Course: sampleCourse(), Lang: sandbox.English, Lesson: "memory",
				Machine: func(context.Context) (sandbox.Machine, error) { return machine, nil },
			})
			s := run(t, 80, 24, bomb{m})
			s.waitFor("lab:~#")
			s.program.Send(msg)
			if err := s.end(); !errors.Is(err, tea.ErrProgramPanic) {
				t.Errorf("the program ends with %v", err)
			}
			checkRestored(t, s)
			if err := m.held.close(patience); err != nil || machine.open() != 0 || !machine.closed {
				t.Errorf("after the panic: %v, %d labs open, machine closed: %v", err, machine.open(), machine.closed)
			}
		})
	}
}

// runWith is Run with a terminal of its own that nobody looks at.
func runWith(ctx context.Context, t *testing.T, o Options) error {
	t.Helper()
	return Run(ctx, o, tea.WithInput(strings.NewReader("")), tea.WithOutput(&strings.Builder{}),
		tea.WithWindowSize(80, 24), tea.WithoutSignals())
}

func TestRunClosesWhatItOpened(t *testing.T) {
	machine := sampleMachine()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- runWith(ctx, t, Options{
			Course: sampleCourse(), Lesson: "hang",
			Machine: func(context.Context) (sandbox.Machine, error) { return machine, nil },
		})
	}()
	if !eventually(func() bool { return machine.open() == 1 }) {
		t.Fatal("the lesson does not open")
	}
	cancel()
	<-ended
	if machine.open() != 0 || !machine.closed {
		t.Errorf("%d labs open, machine closed: %v", machine.open(), machine.closed)
	}
}

func TestAMachineThatOpensTooLateIsClosedToo(t *testing.T) {
	machine := sampleMachine()
	opening := make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- runWith(ctx, t, Options{Course: sampleCourse(), Machine: func(ctx context.Context) (sandbox.Machine, error) {
			close(opening)
			<-ctx.Done() // and yet it opens
			return machine, nil
		}})
	}()
	<-opening
	cancel()
	<-ended
	if !machine.closed {
		t.Error("the machine stays open")
	}
}

func TestARefusalEndsTheScreen(t *testing.T) {
	err := runWith(t.Context(), t, Options{
		Course:  sampleCourse(),
		Machine: func(context.Context) (sandbox.Machine, error) { return nil, errPlain },
		Refused: func(err error) bool { return errors.Is(err, errPlain) },
	})
	if !errors.Is(err, errPlain) {
		t.Errorf("Run returns %v", err)
	}
}
