package terminal

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/creack/pty"
)

// ptyShell is a real program on a pseudo-terminal.
type ptyShell struct {
	*fakeShell
	file *os.File
}

func (s *ptyShell) Write(p []byte) (int, error) { return s.file.Write(p) }

func (s *ptyShell) Resize(cols, rows int) error {
	return pty.Setsize(s.file, &pty.Winsize{Cols: uint16(cols), Rows: uint16(rows)})
}

// startBash starts a plain bash of 60 by 12 cells in an empty folder.
func startBash(t *testing.T) (*driver, string) {
	t.Helper()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash here")
	}
	cmd := exec.Command(bash, "--norc", "--noprofile", "-i")
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), "TERM=xterm-256color", "PS1=$ ", "LC_ALL=C.UTF-8", "HOME="+cmd.Dir, "LINES=", "COLUMNS=")
	file, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: 60, Rows: 12})
	if err != nil {
		t.Skipf("no pseudo-terminal here: %v", err)
	}
	shell := &ptyShell{newFakeShell(), file}
	go func() {
		defer close(shell.out)
		for {
			buf := make([]byte, 8<<10)
			n, err := file.Read(buf)
			if n > 0 {
				shell.out <- buf[:n]
			}
			if err != nil {
				return
			}
		}
	}()
	d := &driver{t: t, m: newTestModel(t, shell).SetSize(60, 12), msgs: make(chan tea.Msg, 1)}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = file.Close()
		for range shell.out { // the reader ends when nothing is left to read
		}
		_ = cmd.Wait()
	})
	d.wait(d.m.Init())
	d.until("a prompt", func() bool { return strings.HasSuffix(d.m.Text(), "$") })
	return d, cmd.Dir
}

// driver runs a Model as Bubble Tea would.
type driver struct {
	t    *testing.T
	m    Model
	msgs chan tea.Msg
}

// wait runs a Cmd beside the test.
func (d *driver) wait(cmd tea.Cmd) {
	if cmd != nil {
		go func() { d.msgs <- cmd() }()
	}
}

// until shows output until ok, or fails.
func (d *driver) until(what string, ok func() bool) {
	d.t.Helper()
	deadline := time.After(20 * time.Second)
	for !ok() {
		select {
		case msg := <-d.msgs:
			var cmd tea.Cmd
			d.m, cmd = d.m.Update(msg)
			d.wait(cmd)
		case <-deadline:
			d.t.Fatalf("never %s; the screen:\n%s", what, d.m.Text())
		}
	}
	checkView(d.t, d.m)
}

// shows waits for text on the screen.
func (d *driver) shows(text string) {
	d.t.Helper()
	d.until("shows "+text, func() bool { return strings.Contains(d.m.Text(), text) })
}

// prompts waits for a prompt on the last line.
func (d *driver) prompts() {
	d.t.Helper()
	d.until("prompts", func() bool { return strings.HasSuffix("\n"+d.m.Text(), "\n$") })
}

func (d *driver) press(text string) { d.m = press(d.m, text) }

func (d *driver) key(code rune) { d.m, _ = d.m.Update(tea.KeyPressMsg{Code: code}) }

func TestBash(t *testing.T) {
	d, _ := startBash(t)
	d.press("echo one tw")
	d.key(tea.KeyLeft)
	d.key(tea.KeyLeft)
	d.press("[")
	d.key(tea.KeyEnd)
	d.press("o]")
	d.key(tea.KeyEnter)
	d.shows("\none [two]\n")
	d.key(tea.KeyUp)
	d.key(tea.KeyHome)
	d.press("printf '\\e[31m%s\\e[m\\n' é漢; ")
	d.key(tea.KeyEnter)
	d.shows("\né漢\none [two]\n$")
	if !strings.Contains(d.m.View(), "\x1b[31mé漢") {
		t.Errorf("no colour: %q", d.m.View())
	}
	d.m = d.m.SetSize(50, 5)
	d.press("stty size")
	d.key(tea.KeyEnter)
	d.shows("\n5 50\n$")
	d.m, _ = d.m.Update(tea.PasteMsg{Content: "echo pasted\necho lines"})
	d.shows("\necho lines")
	if strings.Contains(d.m.Text(), "\npasted") {
		t.Error("a pasted line runs by itself")
	}
	d.key(tea.KeyEnter)
	d.shows("pasted\nlines\n$")
	d.press("exit")
	d.key(tea.KeyEnter)
	d.until("ends", func() bool { return d.m.Ended() })
}

func TestVi(t *testing.T) {
	need(t, "vi")
	d, dir := startBash(t)
	d.press("vi file.txt")
	d.key(tea.KeyEnter)
	d.until("opens", func() bool { return d.m.screen.alt() && strings.Contains(d.m.Text(), "~") })
	d.press("ihello")
	d.key(tea.KeyEnter)
	d.press("w\u00f6rld")
	d.shows("hello\nw\u00f6rld\n~")
	d.m = d.m.SetSize(40, 6)
	d.until("is drawn afresh", func() bool { return strings.Count(d.m.Text(), "\n~") == 3 })
	d.key(tea.KeyEscape)
	d.press(":wq")
	d.key(tea.KeyEnter)
	d.until("closes", func() bool { return !d.m.screen.alt() })
	d.prompts()
	if !strings.Contains(d.m.Text(), "$ vi file.txt") {
		t.Errorf("the screen from before is not back:\n%s", d.m.Text())
	}
	if got, err := os.ReadFile(filepath.Join(dir, "file.txt")); err != nil || string(got) != "hello\nw\u00f6rld\n" {
		t.Errorf("the file: %q, %v", got, err)
	}
}

func TestTop(t *testing.T) {
	need(t, "top")
	d, _ := startBash(t)
	d.press("top")
	d.key(tea.KeyEnter)
	d.shows("PID")
	d.press("q")
	d.prompts()
}

// TestFlood types Ctrl+C into a flood, which must end it.
func TestFlood(t *testing.T) {
	d, _ := startBash(t)
	d.press("yes flood")
	d.key(tea.KeyEnter)
	d.until("fills the past", func() bool { return d.m.screen.past.len() > 2000 })
	d.m, _ = d.m.Update(tea.KeyPressMsg{Code: 'c', Mod: tea.ModCtrl})
	d.prompts()
}

func need(t *testing.T, name string) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skipf("no %s here", name)
	}
}
