package main

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/creack/pty"
)

// talk is the real program on a terminal, line by line.
type talk struct {
	t        *testing.T
	terminal *os.File
	process  *os.Process
	ended    chan struct{}

	mu   sync.Mutex
	said strings.Builder
	read int // how much of it has been waited for
}

// newTalk starts a shell command on a terminal that is called dumb.
func newTalk(t *testing.T, command string) *talk {
	t.Helper()
	cmd := exec.Command("sh", "-c", "exec "+command)
	cmd.Env = append(os.Environ(), "TERM=dumb", "LANG=C.UTF-8", "XDG_STATE_HOME="+t.TempDir())
	terminal, err := pty.Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	k := &talk{t: t, terminal: terminal, process: cmd.Process, ended: make(chan struct{})}
	go func() {
		defer close(k.ended)
		buffer := make([]byte, 4096)
		for {
			n, err := terminal.Read(buffer)
			k.mu.Lock()
			k.said.Write(buffer[:n])
			k.mu.Unlock()
			if err != nil { // EIO: the program has ended
				return
			}
		}
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		terminal.Close()
	})
	return k
}

// say types a line.
func (k *talk) say(line string) {
	k.t.Helper()
	if _, err := k.terminal.WriteString(line + "\r"); err != nil {
		k.t.Fatal(err)
	}
}

// hear waits until the program has said all of want, in order, since it was
// last waited for.
func (k *talk) hear(want ...string) {
	k.t.Helper()
	for _, w := range want {
		if !eventually(patience, func() bool { return k.heard(w) }) {
			k.mu.Lock()
			defer k.mu.Unlock()
			k.t.Fatalf("waited for %q; it was said:\n%s", w, k.said.String()[k.read:])
		}
	}
}

func (k *talk) heard(want string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	i := strings.Index(k.said.String()[k.read:], want)
	if i < 0 {
		return false
	}
	k.read += i + len(want)
	return true
}

// A lesson is learned on a dumb terminal: the course comes line by line by
// itself, programs in the shell take lines and Ctrl-C, and nothing that is
// written moves a cursor.
func TestLearnerOnADumbTerminal(t *testing.T) {
	if err := canOpenLab(); err != nil {
		t.Skip("no lab can be opened here:", err)
	}
	folder := t.TempDir()
	if out, err := exec.Command(program(t), "new", "lesson", folder+"/course/10-chapter/10-first").CombinedOutput(); err != nil {
		t.Fatalf("cloison new lesson: %v\n%s", err, out)
	}
	k := newTalk(t, course(t)+" --course "+folder+"/course first")
	k.hear("line by line, as with --plain", "your answer, 1 to 2> ")
	k.say("2")
	k.hear("Enter plays it> ")
	k.say("")
	k.hear("inside: box", "You said 2: right", "Enter goes to terminal a> ")
	k.say("")
	k.hear("a$ ")

	k.say(`printf '\033[2J\033[31mred\033[0m\a\n'; ls --color=always -d /proc`)
	k.hear("red", "/proc", "a$ ")
	k.say(`echo begin; read -r x; echo "got $x"`)
	k.hear("It still runs", "begin")
	k.say("a line")
	k.hear("got a line", "a$ ")
	k.say("exec 3<&0; sh")
	k.hear("a$ ")
	k.say("sleep 1000")
	k.hear("It still runs")
	k.say("\x03")
	k.hear("a$ ")
	k.say("exit")
	k.hear("a$ ")
	k.say("hostname workshop")
	k.hear("Passed.", "Enter goes on with the lesson.")
	k.say("")
	k.hear("This lesson is done.", "Enter goes to the list of lessons> ")
	if _, err := k.terminal.WriteString("\x03"); err != nil {
		t.Fatal(err)
	}
	k.hear("Ctrl-C once more leaves the course", "Enter goes to the list of lessons> ")
	k.say("")
	k.hear("1. Change a host name that nobody else sees: done.", "course> ")
	k.say("q")
	<-k.ended
	k.mu.Lock()
	defer k.mu.Unlock()
	if strings.ContainsAny(k.said.String(), "\x1b\a\b") {
		t.Errorf("it wrote control characters: %q", k.said.String())
	}
}

// The machine dies under a lesson that is read line by line, and a fresh one
// leads on.
func TestLearnerLosesTheMachineLineByLine(t *testing.T) {
	if err := canOpenLab(); err != nil {
		t.Skip("no lab can be opened here:", err)
	}
	k := newTalk(t, course(t)+" container-is-a-process")
	k.hear("your answer, 1 to 3> ")
	k.say("3")
	k.hear("Enter plays it> ")
	k.say("")
	k.hear("Passed.", "your answer, 1 to 3> ")
	k.say("1")
	k.hear("Enter plays it> ")
	keeper := keeperBelow(strconv.Itoa(k.process.Pid))
	if keeper == 0 {
		t.Fatal("no keeper can be found")
	}
	if err := syscall.Kill(keeper, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	k.say("")
	k.hear("The machine is gone: ", "“reset” gives", "Enter plays it> ")
	k.say("reset")
	k.hear("You stopped here.", "Enter plays it> ")
	k.say("")
	k.hear("Passed.", "Twice the same line.", "Enter plays it> ")
	k.say("q")
	<-k.ended
}
