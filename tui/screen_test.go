package tui

import (
	"bytes"
	"context"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/vt"

	"cloison/sandbox"
	"cloison/tui/lesson"
)

var update = flag.Bool("update", false, "rewrite testdata/*.golden from what the screen shows")

// screen is the whole program on a terminal emulator.
type screen struct {
	t       *testing.T
	program *tea.Program
	machine *fakeMachine
	ended   chan error

	mu       sync.Mutex
	emulator *vt.Emulator
	raw      bytes.Buffer
}

// start runs the program at a size. model, if any, stands in for the usual one.
func start(t *testing.T, width, height int, lang sandbox.Lang, change ...func(*Options)) *screen {
	t.Helper()
	machine := sampleMachine()
	o := Options{
		Course: sampleCourse(), Lang: lang, Capabilities: capabilityNames,
		Machine: func(context.Context) (sandbox.Machine, error) { return machine, nil },
	}
	for _, c := range change {
		c(&o)
	}
	s := run(t, width, height, watched{Model: New(t.Context(), o)})
	s.machine = machine
	return s
}

func run(t *testing.T, width, height int, m tea.Model) *screen {
	t.Helper()
	s := &screen{t: t, emulator: vt.NewEmulator(width, height), ended: make(chan error, 1)}
	keyboard, typed := io.Pipe()
	go func() { _, _ = io.Copy(typed, s.emulator) }() // the terminal answers queries
	s.program = tea.NewProgram(m, tea.WithInput(keyboard), tea.WithOutput(s), tea.WithWindowSize(width, height),
		tea.WithEnvironment([]string{"TERM=xterm-256color"}), tea.WithColorProfile(colorprofile.TrueColor), tea.WithoutSignals())
	go func() {
		_, err := s.program.Run()
		s.ended <- err
	}()
	t.Cleanup(func() {
		s.program.Kill()
		_ = keyboard.Close()
		if pipe, ok := s.emulator.InputPipe().(io.Closer); ok { // Emulator.Close races with its Read
			_ = pipe.Close()
		}
	})
	return s
}

// Write is the terminal's side: what the program draws.
func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.raw.Write(p)
	_, err := s.emulator.Write(bytes.ReplaceAll(p, []byte("\n"), []byte("\r\n")))
	return len(p), err
}

// text is what the screen shows, without the blanks at the ends of lines.
func (s *screen) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	lines := strings.Split(s.emulator.String(), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " \r")
	}
	return strings.Join(lines, "\n")
}

func (s *screen) output() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.raw.String()
}

// keys presses keys by name.
func (s *screen) keys(names ...string) {
	for _, name := range names {
		s.program.Send(press(name))
	}
}

// press is the message of a key.
func press(name string) tea.KeyPressMsg {
	special := map[string]tea.KeyPressMsg{
		"enter": {Code: tea.KeyEnter}, "esc": {Code: tea.KeyEscape}, "tab": {Code: tea.KeyTab}, "space": {Code: tea.KeySpace, Text: " "},
		"down": {Code: tea.KeyDown}, "up": {Code: tea.KeyUp}, "left": {Code: tea.KeyLeft}, "right": {Code: tea.KeyRight},
		"home": {Code: tea.KeyHome}, "end": {Code: tea.KeyEnd}, "pgdown": {Code: tea.KeyPgDown}, "pgup": {Code: tea.KeyPgUp},
		"f2": {Code: tea.KeyF2}, "f3": {Code: tea.KeyF3}, "f4": {Code: tea.KeyF4}, "f5": {Code: tea.KeyF5},
		"ctrl+c": {Code: 'c', Mod: tea.ModCtrl}, "ctrl+q": {Code: 'q', Mod: tea.ModCtrl}, "ctrl+]": {Code: ']', Mod: tea.ModCtrl},
	}
	if k, ok := special[name]; ok {
		return k
	}
	return tea.KeyPressMsg{Code: []rune(name)[0], Text: name}
}

// eventually polls until ok or the deadline.
func eventually(ok func() bool) bool {
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if ok() {
			return true
		}
	}
	return ok()
}

// waitFor waits until the screen shows every one of want.
func (s *screen) waitFor(want ...string) {
	s.t.Helper()
	if !eventually(func() bool {
		text := s.text()
		for _, w := range want {
			if !strings.Contains(text, w) {
				return false
			}
		}
		return true
	}) {
		s.t.Fatalf("waited for %q; the screen shows:\n%s", want, s.text())
	}
}

// watched is a Model that can be asked whether it is idle.
type watched struct {
	Model
	rendered bool // the prose of a lesson is there
}

// idleMsg asks; the answer is also what the screen is to show.
type (
	idleMsg    chan idleAnswer
	idleAnswer struct {
		idle bool
		text string
	}
)

func (w watched) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case idleMsg:
		msg <- idleAnswer{w.idle(), lastBlanks.ReplaceAllString(text(w.Model), "")}
		return w, nil
	case lesson.RenderedMsg:
		w.rendered = true
	}
	next, cmd := w.Model.Update(msg)
	w.Model = next.(Model)
	return w, cmd
}

// idle says whether nothing is being opened, rendered, played or checked.
func (w watched) idle() bool {
	s := w.session
	return s == nil || w.rendered && s.ready && !s.page.Busy() && !s.checks.flying
}

var lastBlanks = regexp.MustCompile("(?m) +$")

// waitUntilIdle waits until what the keys so far have asked for is done, and
// can be seen.
func (s *screen) waitUntilIdle() {
	s.t.Helper()
	if !eventually(func() bool {
		answer := make(idleMsg, 1)
		s.program.Send(answer)
		select {
		case a := <-answer:
			return a.idle && a.text == s.text()
		case <-time.After(time.Second): // the program has ended
			return false
		}
	}) {
		s.t.Fatalf("the program does not come to rest; the screen shows:\n%s", s.text())
	}
}

// playUntil presses Enter, as a reader does, until the screen shows want.
func (s *screen) playUntil(want string) {
	s.t.Helper()
	for range 40 {
		if strings.Contains(s.text(), want) {
			return
		}
		s.keys("enter")
		s.waitUntilIdle()
	}
	s.t.Fatalf("Enter never leads to %q; the screen shows:\n%s", want, s.text())
}

// golden compares the screen with testdata/NAME.golden, giving it time to
// become so.
func (s *screen) golden(name string) {
	s.t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		s.settle(120)
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			s.t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(s.text()+"\n"), 0o644); err != nil {
			s.t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		s.t.Fatal(err)
	}
	if !eventually(func() bool { return s.text()+"\n" == string(want) }) {
		s.t.Errorf("%s: the screen shows\n%s\nwant\n%s", file, s.text(), want)
	}
}

// settle waits until the screen has been the same for so many looks.
func (s *screen) settle(looks int) {
	same, last := 0, ""
	eventually(func() bool {
		text := s.text()
		if text != last {
			same, last = 0, text
		}
		same++
		return same > looks
	})
}

// end waits until the program has ended.
func (s *screen) end() error {
	s.t.Helper()
	select {
	case err := <-s.ended:
		return err
	case <-time.After(10 * time.Second):
		s.t.Fatalf("the program does not end; the screen shows:\n%s", s.text())
		return nil
	}
}
