package link

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// printed collects what a program of the guest writes, while it writes.
type printed struct {
	mu   sync.Mutex
	text strings.Builder
}

func (p *printed) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.Write(b)
}

func (p *printed) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}

func TestRunGivesTheExitStatus(t *testing.T) {
	c := dial(t, serve(t, &guest{}), Options{})
	for _, cse := range []struct {
		script string
		want   int
	}{
		{"exit 0", 0},
		{"exit 3", 3},
		{"kill -TERM $$", 128 + 15},
		{"kill -KILL $$", 128 + 9},
		{"kill -SYS $$", 128 + 31}, // not among SSH's signals
		{"exec no-such-program-here", 127},
	} {
		exit, err := c.Run(t.Context(), Command{Args: []string{"bash", "-c", cse.script}})
		if err != nil || exit != cse.want {
			t.Errorf("%s: %d, %v; want %d", cse.script, exit, err, cse.want)
		}
	}
}

func TestRunConnectsStreams(t *testing.T) {
	c := dial(t, serve(t, &guest{}), Options{})
	var out, errs printed
	exit, err := c.Run(t.Context(), Command{
		Args:  []string{"bash", "-c", `cat; echo "$WORD|$1|$PWD" >&2`, "bash", `it's "quoted" $HOME`},
		Env:   []string{"WORD=a b"},
		Dir:   "/tmp",
		Stdin: strings.NewReader("typed"), Stdout: &out, Stderr: &errs,
	})
	if err != nil || exit != 0 || out.String() != "typed" || errs.String() != "a b|it's \"quoted\" $HOME|/tmp\n" {
		t.Errorf("exit %d, %v; out %q, errors %q", exit, err, out.String(), errs.String())
	}
}

func TestRunHasATerminal(t *testing.T) {
	c := dial(t, serve(t, &guest{}), Options{})
	sizes := make(chan Size)
	var out printed
	in, typed := io.Pipe()
	result := make(chan int, 1)
	go func() {
		exit, err := c.Run(t.Context(), Command{
			Stdin: in, Stdout: &out,
			Terminal: &Terminal{Term: "xterm", Cols: 90, Rows: 33, Resize: sizes},
		})
		if err != nil {
			t.Error(err)
		}
		result <- exit
	}()
	shows := func(what string) {
		t.Helper()
		eventually(t, what, func() bool { return strings.Contains(out.String(), what) })
	}
	send := func(keys string) { t.Helper(); _, _ = io.WriteString(typed, keys) }
	shows("> ")
	send("stty size; echo $TERM\r")
	shows("33 90\r\nxterm\r\n")
	sizes <- Size{70, 22}
	eventually(t, "the new size", func() bool {
		send("stty size\r")
		return strings.Contains(out.String(), "22 70\r\n")
	})
	send("echo re''ady; cat\r")
	shows("ready\r\n")
	send("ab\r")
	shows("ab\r\nab\r\n")
	send("\x03")
	eventually(t, "the prompt after Ctrl-C", func() bool {
		_, after, _ := strings.Cut(out.String(), "^C")
		return strings.Contains(after, "> ")
	})
	send("exit 5\r")
	within(t, "the shell's end", func() {
		if exit := <-result; exit != 5 {
			t.Errorf("exit %d", exit)
		}
	})
}

func TestRunPassesSignals(t *testing.T) {
	c := dial(t, serve(t, &guest{}), Options{})
	signals := make(chan os.Signal, 1)
	var out printed
	go func() {
		eventually(t, "the trap is set", func() bool { return out.String() == "ready\n" })
		signals <- syscall.SIGUSR1
	}()
	exit, err := c.Run(t.Context(), Command{
		Args:    []string{"bash", "-c", `trap 'exit 9' USR1; echo ready; while :; do read -t 0.01 <> <(:); done`},
		Stdout:  &out,
		Signals: signals,
	})
	if err != nil || exit != 9 {
		t.Errorf("exit %d, %v", exit, err)
	}
}

// Who has no more signals and sizes to send closes the channels.
func TestRunOutlivesItsChannels(t *testing.T) {
	c := dial(t, serve(t, &guest{}), Options{})
	signals, sizes := make(chan os.Signal), make(chan Size)
	close(signals)
	close(sizes)
	var out printed
	exit, err := c.Run(t.Context(), Command{
		Args: []string{"bash", "-c", "stty size"}, Stdout: &out, Signals: signals,
		Terminal: &Terminal{Term: "xterm", Cols: 90, Rows: 33, Resize: sizes},
	})
	if err != nil || exit != 0 || out.String() != "33 90\r\n" {
		t.Errorf("exit %d, %v, %q", exit, err, out.String())
	}
}

// When ctx ends, so does the program, whatever it thinks of SIGHUP.
func TestRunEndsWithItsContext(t *testing.T) {
	c := dial(t, serve(t, &guest{}), Options{})
	ctx, cancel := context.WithCancel(t.Context())
	var out printed
	go func() {
		eventually(t, "the program tells its process id", func() bool { return strings.HasSuffix(out.String(), "\n") })
		cancel()
	}()
	_, err := c.Run(ctx, Command{Args: []string{"bash", "-c", `trap '' HUP TERM; echo $$; while :; do sleep 1; done`}, Stdout: &out})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(out.String()))
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the program is killed", func() bool { return unix.Kill(pid, 0) == unix.ESRCH })
}

// Who leaves something in the background that holds the streams still ends.
func TestRunDoesNotWaitForTheBackground(t *testing.T) {
	c := dial(t, serve(t, &guest{}), Options{})
	var out printed
	began := time.Now()
	exit, err := c.Run(t.Context(), Command{Args: []string{"bash", "-c", `sleep 1000 & echo $!`}, Stdout: &out})
	pid, _ := strconv.Atoi(strings.TrimSpace(out.String()))
	defer func() { _ = unix.Kill(pid, unix.SIGKILL) }()
	if err != nil || exit != 0 || pid == 0 || time.Since(began) > limit/2 {
		t.Errorf("exit %d, %v after %v; it printed %q", exit, err, time.Since(began), out.String())
	}
}

func TestCopies(t *testing.T) {
	c := dial(t, serve(t, &guest{}), Options{})
	big := bytes.Repeat([]byte("0123456789abcdef"), 1<<18) // 4 MiB, twice SSH's window
	var packed bytes.Buffer
	w := tar.NewWriter(&packed)
	if err := w.WriteHeader(&tar.Header{Name: "sub/big", Mode: 0o640, Size: int64(len(big))}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(big); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "it's new")
	if err := c.CopyTo(t.Context(), dir, &packed); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(dir, "sub/big")); err != nil || !bytes.Equal(got, big) {
		t.Errorf("%d bytes arrived, %v", len(got), err)
	}
	var back bytes.Buffer
	if err := c.CopyFrom(t.Context(), filepath.Join(dir, "sub"), &back); err != nil {
		t.Fatal(err)
	}
	found := map[string]int64{}
	for r := tar.NewReader(&back); ; {
		h, err := r.Next()
		if err != nil {
			break
		}
		found[h.Name] = h.Size
	}
	if found["sub/big"] != int64(len(big)) {
		t.Errorf("back came %v", found)
	}
	if err := c.CopyFrom(t.Context(), filepath.Join(dir, "not there"), io.Discard); err == nil || !strings.Contains(err.Error(), "not there") {
		t.Errorf("copying what is not there: %v", err)
	}
}

func TestCommandLine(t *testing.T) {
	for _, c := range []struct {
		cmd  Command
		want string
	}{
		{Command{Args: []string{"id"}}, `exec 'id'`},
		{Command{Args: []string{"echo", "it's"}}, `exec 'echo' 'it'\''s'`},
		{Command{Args: []string{"ls"}, Dir: "/a b"}, `cd '/a b' && exec 'ls'`},
		{Command{Dir: "/"}, `cd '/' && exec bash -l`},
	} {
		if got := commandLine(c.cmd); got != c.want {
			t.Errorf("%+v: %s, want %s", c.cmd, got, c.want)
		}
	}
}
