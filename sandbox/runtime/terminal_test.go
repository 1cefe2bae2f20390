//go:build linux

package runtime

import (
	"io"
	"strings"
	"testing"

	"github.com/creack/pty"

	"cloison/sandbox"
)

// TestTerminalComesBack runs an interactive shell, which takes the terminal
// for its own process group.
func TestTerminalComesBack(t *testing.T) {
	for user, plain := range users(t) {
		cmd := order{Spec: sandbox.Spec{Args: []string{"sh", "-i"}}, Terminal: true}.command(t, plain)
		if cmd.SysProcAttr != nil {
			cmd.SysProcAttr.Setsid, cmd.SysProcAttr.Setctty = true, true
		}
		terminal, err := pty.Start(cmd)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := terminal.WriteString("exit 3\n"); err != nil {
			t.Fatal(err)
		}
		said, _ := io.ReadAll(terminal) // ends with EIO when the last process has gone
		_ = cmd.Wait()
		_ = terminal.Close()
		if code := cmd.ProcessState.ExitCode(); code != 3 || !strings.Contains(string(said), "in the foreground: true") {
			t.Errorf("%s: exit code %d, said %q; want 3 and the terminal back", user, code, said)
		}
	}
}
