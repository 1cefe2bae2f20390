//go:build linux

package runtime

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/creack/pty"

	"cloison/sandbox"
)

// initProgram is cloison itself, linked statically as it is for everybody; the
// test's own program is not.
func initProgram(t *testing.T) string {
	t.Helper()
	bin := os.Getenv("CLOISON_BIN")
	if bin == "" {
		dir, err := os.MkdirTemp("", "cloison-init")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.RemoveAll(dir) })
		bin = filepath.Join(dir, "cloison")
		build := exec.Command("go", "build", "-o", bin, "cloison/cmd/cloison")
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	if err := checkStatic(bin); err != nil {
		t.Fatal(err)
	}
	return readable(t, bin)
}

func TestInitMustBeStatic(t *testing.T) {
	if err := checkStatic("/bin/sh"); err == nil || !strings.Contains(err.Error(), "CGO_ENABLED=0") {
		t.Errorf("got %v for a shell that is linked dynamically", err)
	}
}

func TestInitForReal(t *testing.T) {
	self := initProgram(t)
	for user, plain := range users(t) {
		for name, c := range map[string]struct {
			args []string
			code int
			out  string
		}{
			"is number 1":        {[]string{"sh", "-c", "cut -d ' ' -f 2 /proc/1/stat; [ $$ != 1 ] && echo other"}, 0, "(cloison-init)\nother\n"},
			"its command's code": {[]string{"sh", "-c", "exit 7"}, 7, ""},
			"its signal":         {[]string{"sh", "-c", "kill -9 $$"}, 137, ""},
			"no such command":    {[]string{"nosuch"}, 127, ""},
			"not executable":     {[]string{"/etc/passwd"}, 126, ""},
			"reaps":              {[]string{"sh", "-c", "sh -c 'true & exec true'; sh -c '(sleep 0.01) &'; sleep 0.2; grep -l '^State:.Z' /proc/[0-9]*/status; echo none"}, 0, "none\n"},
			"cannot be changed":  {[]string{"sh", "-c", "echo x >/dev/cloison-init || echo refused"}, 0, "refused\n"},
		} {
			got := order{Spec: sandbox.Spec{Args: c.args, Init: true}, Self: self}.give(t, plain)
			if got.code != c.code || got.out != c.out {
				t.Errorf("%s, %s: exit code %d, said %q and %q; want %d and %q", user, name, got.code, got.out, got.told, c.code, c.out)
			}
		}
	}
}

// TestInitSaysWhyInBothLanguages has init refuse what is not there, in the
// words in which the container itself does.
func TestInitSaysWhyInBothLanguages(t *testing.T) {
	self := initProgram(t)
	for user, plain := range users(t) {
		for name, c := range map[string]struct {
			lang sandbox.Lang
			args []string
			want string
		}{
			"nothing there":     {sandbox.English, []string{"nosuch"}, "cloison-init: run nosuch: ENOENT (no such file or directory): the container has no such program"},
			"rien là":           {sandbox.French, []string{"nosuch", "x"}, "cloison-init: lancer nosuch : ENOENT (no such file or directory) : le conteneur n’a pas ce programme"},
			"rien sous ce nom":  {sandbox.French, []string{"/no/such"}, "cloison-init: lancer /no/such : ENOENT (no such file or directory) : le conteneur n’a pas ce programme"},
			"un dossier":        {sandbox.French, []string{"/etc"}, "cloison-init: lancer /etc : EACCES (permission denied) : le fichier est là, mais c’est un dossier"},
			"pas un exécutable": {sandbox.French, []string{"/etc/passwd"}, "cloison-init: lancer /etc/passwd : EACCES (permission denied) : le fichier est là"},
		} {
			got := order{Spec: sandbox.Spec{Args: c.args, Init: true, Lang: c.lang}, Self: self}.give(t, plain)
			if !strings.HasPrefix(got.told, c.want) {
				t.Errorf("%s, %s: said %q, want %q", user, name, got.told, c.want)
			}
		}
		got := order{Spec: sandbox.Spec{Args: []string{"echo", "oui"}, Init: true, Lang: sandbox.French}, Self: self}.give(t, plain)
		if got.out != "oui\n" || got.told != "" {
			t.Errorf("%s: said %q and %q", user, got.out, got.told)
		}
	}
}

// TestInitForwardsSignals ends a command that handles nothing, which number 1
// itself could not be ended by.
func TestInitForwardsSignals(t *testing.T) {
	self := initProgram(t)
	for user, plain := range users(t) {
		cmd := order{Spec: sandbox.Spec{Args: []string{"sh", "-c", "echo ready; exec sleep 1000"}, Init: true}, Self: self}.command(t, plain)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		if code := cmd.ProcessState.ExitCode(); code != 128+15 {
			t.Errorf("%s: exit code %d, want 143", user, code)
		}
	}
}

// TestInitOnATerminal sends Ctrl-C, which must come once.
func TestInitOnATerminal(t *testing.T) {
	self := initProgram(t)
	for user, plain := range users(t) {
		cmd := order{Spec: sandbox.Spec{Args: []string{"sh", "-c", "n=0; trap 'n=$((n+1))' INT; echo ready; while [ $n = 0 ]; do sleep 0.05; done; sleep 0.3; echo count $n"}, Init: true}, Self: self, Terminal: true}.command(t, plain)
		tty := onTerminal(t, cmd)
		lines := bufio.NewReader(tty)
		for line := ""; !strings.Contains(line, "ready"); {
			var err error
			if line, err = lines.ReadString('\n'); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := tty.Write([]byte{3}); err != nil {
			t.Fatal(err)
		}
		var said strings.Builder
		_, _ = lines.WriteTo(&said)
		_ = cmd.Wait()
		if !strings.Contains(said.String(), "count 1") || !strings.Contains(said.String(), "in the foreground: true") {
			t.Errorf("%s: said %q", user, said.String())
		}
	}
}

func onTerminal(t *testing.T, cmd *exec.Cmd) *os.File {
	t.Helper()
	tty, err := pty.Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tty.Close() })
	return tty
}
