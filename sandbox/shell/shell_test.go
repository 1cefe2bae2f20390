package shell

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"cloison/sandbox"
)

// start runs a real marked shell on a terminal of 80 columns; what it shows is
// drained.
func start(t *testing.T, args ...string) *Shell {
	t.Helper()
	if _, err := exec.LookPath(args[0]); err != nil {
		t.Skipf("no %s on this machine", args[0])
	}
	key, home := NewKey(), t.TempDir()
	if err := os.WriteFile(filepath.Join(home, ".bashrc"), []byte(Rc(key)), 0o644); err != nil {
		t.Fatal(err)
	}
	master, slave, err := Terminal(80, 24)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = home
	cmd.Env = append(Env(key, home), "PATH="+os.Getenv("PATH"))
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	slave.Close()
	tty, err := Master(master)
	if err != nil {
		t.Fatal(err)
	}
	s := New(tty, Options{Key: key, PID: cmd.Process.Pid, Close: func() error {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		return nil
	}})
	t.Cleanup(func() { s.Close() })
	go func() {
		for range s.Output() {
		}
	}()
	return s
}

func soon(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func run(t *testing.T, s *Shell, command string) sandbox.Outcome {
	t.Helper()
	o, err := s.Run(soon(t), command)
	if err != nil {
		t.Fatalf("%q: %v; output %q", command, err, o.Output)
	}
	return o
}

func expect(t *testing.T, s *Shell, command, output string, exit int) {
	t.Helper()
	if o := run(t, s, command); o.Output != output || o.Exit != exit {
		t.Errorf("%q gave %q, exit %d; want %q, exit %d", command, o.Output, o.Exit, output, exit)
	}
}

var shells = map[string][]string{
	"bash":    {"bash"},
	"dash":    {"dash"},
	"busybox": {"busybox", "ash"},
}

func TestRun(t *testing.T) {
	long := "echo " + strings.Repeat("x", 100)
	for name, args := range shells {
		t.Run(name, func(t *testing.T) {
			s := start(t, args...)
			expect(t, s, "echo hello", "hello\n", 0)
			expect(t, s, "printf 'no newline'", "no newline", 0)
			expect(t, s, "false", "", 1)
			expect(t, s, "sh -c 'exit 42'", "", 42)
			expect(t, s, "(sh -c 'kill -TERM $$; true')", "Terminated\n", 143)
			expect(t, s, long, strings.TrimPrefix(long, "echo ")+"\n", 0)
			expect(t, s, `printf '10%%\r50%%\r\033[1mdone\033[0m\n'`, "done\n", 0)
			expect(t, s, "echo one\necho two\nfalse", "one\ntwo\n", 1)
			expect(t, s, "cat <<E\nhello\n  there\nE\n", "hello\n  there\n", 0)
			expect(t, s, "for i in 1 2\ndo echo $i\ndone", "1\n2\n", 0)
			expect(t, s, "printf '\\033]133;D;7\\a'", "", 0)
		})
	}
}

func TestNestedShells(t *testing.T) {
	for name, args := range shells {
		t.Run(name, func(t *testing.T) {
			if _, err := exec.LookPath(args[0]); err != nil {
				t.Skipf("no %s on this machine", args[0])
			}
			s := start(t, "bash")
			run(t, s, strings.Join(args, " "))
			expect(t, s, "echo $PPID | grep -c .", "1\n", 0)
			run(t, s, "bash")
			expect(t, s, "echo in bash", "in bash\n", 0)
			run(t, s, "dash")
			expect(t, s, "echo in dash", "in dash\n", 0)
			expect(t, s, "exit 3", "", 3)
			run(t, s, "exit 4")
			expect(t, s, "(exit 5)", "", 5)
			run(t, s, "exit 6")
			expect(t, s, "echo back", "back\n", 0)
		})
	}
}

func TestShellInNamespaces(t *testing.T) {
	if out, err := exec.Command("unshare", "--user", "--map-root-user", "true").CombinedOutput(); err != nil {
		t.Skipf("user namespaces are refused here: %s", out)
	}
	s := start(t, "bash")
	run(t, s, "unshare --user --map-root-user --pid --fork bash")
	expect(t, s, "echo $$", "1\n", 0)
	expect(t, s, "exit 9", "exit\n", 9)
}

func TestRunEndsWithContext(t *testing.T) {
	s := start(t, "bash")
	ctx, cancel := context.WithCancel(soon(t))
	until := regexp.MustCompile("started")
	if _, err := s.RunUntil(ctx, "echo started; exec env -i bash --norc", until); err != nil {
		t.Fatal(err)
	}
	go func() { cancel() }()
	if _, err := s.Run(ctx, "echo never marked"); !errors.Is(err, context.Canceled) {
		t.Errorf("a shell without marks ended a Run: %v", err)
	}
}

func TestRunUntil(t *testing.T) {
	s := start(t, "bash")
	until := regexp.MustCompile(`(?m)^\$ $`)
	o, err := s.RunUntil(soon(t), "env -i PS1='$ ' dash", until)
	if err != nil || o.Output != "$ " {
		t.Fatalf("entering: %q, %v", o.Output, err)
	}
	o, err = s.RunUntil(soon(t), "echo $0", until)
	if err != nil || o.Output != "dash\n$ " {
		t.Errorf("inside: %q, %v", o.Output, err)
	}
	expect(t, s, "exit 2", "", 2)
	o, err = s.RunUntil(soon(t), "echo hi", regexp.MustCompile("never"))
	if err != nil || o.Output != "hi\n" {
		t.Errorf("a prompt ends it too: %q, %v", o.Output, err)
	}
}

func TestBusy(t *testing.T) {
	s := start(t, "bash")
	run(t, s, "true")
	if _, err := s.Write([]byte("cat\r")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Run(soon(t), "echo"); !errors.Is(err, sandbox.ErrBusy) {
		t.Errorf("Run while cat has the terminal: %v", err)
	}
	waitForeground(t, s, func(pgid int) bool {
		comm, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pgid))
		return string(comm) == "cat\n"
	})
	if _, err := s.Write([]byte("\x03")); err != nil {
		t.Fatal(err)
	}
	waitForeground(t, s, func(pgid int) bool { return pgid == s.PID() })
	eventually(t, func() bool { o, err := s.Run(soon(t), "echo free"); return err == nil && o.Output == "free\n" })
}

func waitForeground(t *testing.T, s *Shell, ok func(pgid int) bool) {
	t.Helper()
	eventually(t, func() bool {
		pgid, err := s.Foreground()
		if err != nil {
			t.Fatal(err)
		}
		return ok(pgid)
	})
}

func eventually(t *testing.T, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatal("waited in vain")
}

func TestHalfTypedLineIsDropped(t *testing.T) {
	for name, args := range shells {
		t.Run(name, func(t *testing.T) {
			s := start(t, args...)
			run(t, s, "true")
			if _, err := s.Write([]byte("rm -rf not-this ")); err != nil {
				t.Fatal(err)
			}
			expect(t, s, "echo clean", "clean\n", 0)
		})
	}
}

func TestUnfinishedCommand(t *testing.T) {
	for name, args := range shells {
		t.Run(name, func(t *testing.T) {
			s := start(t, args...)
			if _, err := s.Run(soon(t), "echo 'open"); !errors.Is(err, sandbox.ErrUnfinished) {
				t.Errorf("got %v", err)
			}
			expect(t, s, "echo again", "again\n", 0)
		})
	}
}

func TestShellEnds(t *testing.T) {
	s := start(t, "bash")
	if _, err := s.Run(soon(t), "exit"); !errors.Is(err, sandbox.ErrEnded) {
		t.Errorf("exit: %v", err)
	}
	if _, err := s.Run(soon(t), "echo"); !errors.Is(err, sandbox.ErrEnded) {
		t.Errorf("Run after the end: %v", err)
	}
}

func TestResize(t *testing.T) {
	s := start(t, "bash")
	run(t, s, "true")
	if err := s.Resize(100, 30); err != nil {
		t.Fatal(err)
	}
	expect(t, s, "stty size", "30 100\n", 0)
}

// TestOutputIsUnchanged compares what is handed on with what the program wrote.
func TestOutputIsUnchanged(t *testing.T) {
	master, slave, err := Terminal(80, 24)
	if err != nil {
		t.Fatal(err)
	}
	tty, err := Master(master)
	if err != nil {
		t.Fatal(err)
	}
	s := New(tty, Options{Key: "k"})
	defer s.Close()
	want := strings.Repeat("\x1b[1mé\x1b[0m"+osc("D;0", "k")+"\r", 10_000)
	go func() {
		defer slave.Close()
		_, _ = slave.WriteString(want)
	}()
	var got strings.Builder
	for part := range s.Output() {
		got.Write(part)
	}
	if got.String() != want {
		t.Errorf("%d bytes came through changed; %d were written", got.Len(), len(want))
	}
}
