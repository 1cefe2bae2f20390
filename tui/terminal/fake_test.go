package terminal

import (
	"context"
	"errors"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"cloison/sandbox"
)

// fakeShell is a shell in memory: it records what is written to it.
type fakeShell struct {
	out chan []byte

	mu      sync.Mutex
	written []byte
	sizes   []string
	block   chan struct{} // Write waits for it when not nil
}

func newFakeShell() *fakeShell { return &fakeShell{out: make(chan []byte, 64)} }

func (s *fakeShell) Output() <-chan []byte { return s.out }

func (s *fakeShell) Write(p []byte) (int, error) {
	if s.block != nil {
		<-s.block
		return 0, io.ErrClosedPipe
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.written = append(s.written, p...)
	return len(p), nil
}

func (s *fakeShell) Resize(cols, rows int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sizes = append(s.sizes, strconv.Itoa(cols)+"x"+strconv.Itoa(rows))
	return nil
}

var errNotHere = errors.New("a pane has no business with this")

func (s *fakeShell) Run(context.Context, string) (sandbox.Outcome, error) {
	return sandbox.Outcome{}, errNotHere
}

func (s *fakeShell) RunUntil(context.Context, string, *regexp.Regexp) (sandbox.Outcome, error) {
	return sandbox.Outcome{}, errNotHere
}
func (s *fakeShell) PID() int                 { return os.Getpid() }
func (s *fakeShell) Foreground() (int, error) { return 0, errNotHere }
func (s *fakeShell) Close() error             { close(s.out); return nil }

// typed is what was written so far.
func (s *fakeShell) typed() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return string(s.written)
}

// resized is the sizes that the shell was told so far.
func (s *fakeShell) resized() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.sizes, " ")
}

// newTestModel is a focused terminal on shell, closed with the test.
func newTestModel(t testing.TB, shell sandbox.Shell) Model {
	m := New(t.Context(), shell, "a", Look{Back: func(n int) string { return "↑ " + strconv.Itoa(n) + " lines" }})
	t.Cleanup(m.Close)
	return m.SetFocus(true)
}

// show gives m output as its shell would.
func show(t testing.TB, m Model, output string) Model {
	t.Helper()
	m, cmd := m.Update(OutputMsg{ID: m.id, Data: []byte(output), from: m.reader})
	if cmd == nil {
		t.Fatal("no Cmd waits for more output")
	}
	return m
}

// press types keys that have a character.
func press(m Model, text string) Model {
	for _, r := range text {
		m, _ = m.Update(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
	return m
}

// eventually fails unless ok becomes true within ten seconds.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-deadline:
			t.Fatal("never: " + what)
		case <-tick.C:
		}
	}
}
