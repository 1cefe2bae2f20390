package main

import (
	"bytes"
	"io"
	"os/exec"
	"strings"
	"testing"

	"github.com/creack/pty"
)

// TestStepOnATerminal presses keys on a real one, and then talks with the
// program, which must find the terminal as it was.
func TestStepOnATerminal(t *testing.T) {
	if _, err := exec.LookPath("busybox"); err != nil {
		t.Skip("there is no busybox to make a root file system of")
	}
	if out, err := exec.Command(program(t), "run", "--", "true").CombinedOutput(); err != nil {
		t.Skipf("no container can be started here: %s", out)
	}
	for name, c := range map[string]struct {
		keys, typed string
		code        int
		want        string
	}{
		"to the end": {"\r\rc", "hello\n", 5, "heard hello"},
		"left":       {"\r\r\r\rq", "", 125, "you left; what was made is gone again"},
		"Ctrl-C":     {"\r\x03", "", 125, "you left; what was made is gone again"},
	} {
		cmd := exec.Command(program(t), "--lang", "en", "run", "--step", "--", "sh", "-c", "read line; echo heard $line; exit 5")
		tty, err := pty.Start(cmd)
		if err != nil {
			t.Fatal(err)
		}
		var said bytes.Buffer
		for _, key := range c.keys {
			readUntil(t, tty, &said, "q leaves] ")
			if _, err := tty.WriteString(string(key)); err != nil {
				t.Fatal(err)
			}
		}
		if c.typed != "" {
			readUntil(t, tty, &said, "waitpid($PID)")
			if _, err := tty.WriteString(c.typed); err != nil {
				t.Fatal(err)
			}
		}
		_, _ = io.Copy(&said, tty)
		_ = cmd.Wait()
		_ = tty.Close()
		if code := cmd.ProcessState.ExitCode(); code != c.code || !strings.Contains(said.String(), c.want) {
			t.Errorf("%s: exit code %d, said\n%s\nwant %d and %s", name, code, said.String(), c.code, c.want)
		}
	}
}

// readUntil reads until what is new ends with or holds want.
func readUntil(t *testing.T, in io.Reader, said *bytes.Buffer, want string) {
	t.Helper()
	var fresh []byte
	buf := make([]byte, 4096)
	for !bytes.Contains(fresh, []byte(want)) {
		n, err := in.Read(buf)
		fresh = append(fresh, buf[:n]...)
		said.Write(buf[:n])
		if err != nil {
			t.Fatalf("waited for %q in\n%s", want, said.String())
		}
	}
}
