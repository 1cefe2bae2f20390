package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// screen is the real program in a real terminal: a tmux server of its own, on a
// private socket, that runs one command.
type screen struct {
	t      *testing.T
	socket string
}

// newScreen starts args in a terminal of that size, with a state folder of its own.
func newScreen(t *testing.T, cols, rows int, args ...string) *screen {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("no tmux on this machine (package tmux)")
	}
	s := &screen{t: t, socket: filepath.Join(t.TempDir(), "tmux")}
	start := append([]string{
		"-f", "/dev/null", "new-session", "-d",
		"-x", fmt.Sprint(cols), "-y", fmt.Sprint(rows),
		"-e", "LANG=C.UTF-8", "-e", "XDG_STATE_HOME=" + t.TempDir(),
	}, args...)
	s.tmux(start...)
	t.Cleanup(func() { _ = exec.Command("tmux", "-S", s.socket, "kill-server").Run() })
	return s
}

func (s *screen) tmux(args ...string) string {
	s.t.Helper()
	cmd := exec.Command("tmux", append([]string{"-S", s.socket}, args...)...)
	cmd.Env = append(os.Environ(), "LANG=C.UTF-8")
	out, err := cmd.CombinedOutput()
	if err != nil {
		s.t.Fatalf("tmux %s: %v\n%s", args[0], err, out)
	}
	return string(out)
}

// keys presses keys by their tmux names ("Enter", "C-c", "Tab", "x").
func (s *screen) keys(names ...string) {
	s.t.Helper()
	s.tmux(append([]string{"send-keys"}, names...)...)
}

// write types text as it is.
func (s *screen) write(text string) {
	s.t.Helper()
	s.tmux("send-keys", "-l", text)
}

// click clicks on the first place where the screen shows what.
func (s *screen) click(what string) {
	s.t.Helper()
	for y, line := range strings.Split(s.text(), "\n") {
		if before, _, shown := strings.Cut(line, what); shown {
			x := utf8.RuneCountInString(before) + 1
			s.write(fmt.Sprintf("\x1b[<0;%d;%dM\x1b[<0;%[1]d;%[2]dm", x, y+1)) // as xterm tells of it, in its mode 1006
			return
		}
	}
	s.t.Fatalf("there is no %q to click on:\n%s", what, s.text())
}

// text is what the screen shows.
func (s *screen) text() string {
	s.t.Helper()
	return s.tmux("capture-pane", "-p")
}

// waitFor waits until the screen shows every one of want.
func (s *screen) waitFor(want ...string) {
	s.t.Helper()
	if !eventually(patience, func() bool { return showsAll(s.text(), want) }) {
		s.t.Fatalf("waited for %q; the screen shows:\n%s", want, s.text())
	}
}

// waitForLong is waitFor for what begins with a VM that may have to be made ready.
func (s *screen) waitForLong(want ...string) {
	s.t.Helper()
	if !eventually(vmPatience, func() bool { return showsAll(s.text(), want) }) {
		s.t.Fatalf("waited for %q; the screen shows:\n%s", want, s.text())
	}
}

func showsAll(shown string, want []string) bool {
	return !slices.ContainsFunc(want, func(w string) bool { return !strings.Contains(shown, w) })
}

// How long to wait for what must come, and for what may come.
const (
	patience   = 20 * time.Second
	settle     = 2 * time.Second
	vmPatience = 3 * time.Minute
)

// eventually polls until ok or the deadline.
func eventually(limit time.Duration, ok func() bool) bool {
	for deadline := time.Now().Add(limit); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if ok() {
			return true
		}
	}
	return ok()
}

// program is the built binary: CLOISON_BIN when the caller has built one, else
// a build of this package.
func program(t testing.TB) string {
	t.Helper()
	if bin := os.Getenv("CLOISON_BIN"); bin != "" {
		return bin
	}
	bin := filepath.Join(t.TempDir(), "cloison")
	if out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return bin
}
