package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/creack/pty"
)

// A learner's first minutes, in the real program in a real terminal: opens a
// lesson from the map, plays blocks with Enter, reads a verdict, types a
// command by hand, changes the language, leaves.
func TestLearnerWalksThroughALesson(t *testing.T) {
	if err := canOpenLab(); err != nil {
		t.Skip("no lab can be opened here:", err)
	}
	for _, size := range [][2]int{{80, 24}, {120, 36}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			s := newScreen(t, size[0], size[1], "sh", "-c", course(t)+"; echo ended with $?; stty -a; cat")
			s.waitFor("What a container is", "enter open")
			s.keys("Enter")
			s.waitFor("step 0 of", "lesson $")
			s.enterUntil("step 1 of", "✓ passed", "source", "1 root     ps")

			s.keys("F3")
			s.waitFor("ctrl+]")
			s.write("echo by hand: $((6 * 7))")
			s.keys("Enter")
			s.waitFor("by hand: 42")

			s.keys("F2")
			s.enterUntil("step 2 of", "✓ passed")
			s.keys("l")
			s.waitFor("étape 2 sur", "réussi")

			s.keys("q")
			s.waitFor("ended with 0", " echo ")
			if shown := s.text(); strings.Contains(shown, "étape") {
				t.Errorf("the lesson is still on the screen:\n%s", shown)
			}
		})
	}
}

// enterUntil presses Enter, as a learner who reads on does, until the screen
// shows every one of want.
func (s *screen) enterUntil(want ...string) {
	s.t.Helper()
	for range 20 {
		shown := s.text()
		if showsAll(shown, want) {
			return
		}
		s.keys("Enter")
		// What Enter does next depends on what it has done: wait for that.
		eventually(settle, func() bool { now := s.text(); return now != shown && !strings.Contains(now, "running…") })
	}
	s.waitFor(want...)
}

// course is the shell command that opens the course in English.
func course(t *testing.T) string {
	command := program(t) + " --lang en --machine local"
	if os.Geteuid() == 0 {
		command += " --on-this-machine"
	}
	return command
}

// An error is one line of plain text: cloison asks the terminal nothing, since
// where nobody answers, such as in a lesson's own shell, it would wait.
func TestErrorsAskTheTerminalNothing(t *testing.T) {
	for _, args := range [][]string{{"--no-such-flag"}, {"run"}, {"lint", "/no/such/folder"}, {"--help"}} {
		terminal, err := pty.Start(exec.Command(program(t), args...))
		if err != nil {
			t.Fatal(err)
		}
		// The slave's end is an EIO, after all that was written.
		said := readAll(terminal)
		terminal.Close()
		if said == "" || strings.Contains(said, "\x1b") {
			t.Errorf("cloison %s wrote %q", strings.Join(args, " "), said)
		}
	}
}

func readAll(terminal *os.File) string {
	var all strings.Builder
	buffer := make([]byte, 4096)
	for {
		n, err := terminal.Read(buffer)
		all.Write(buffer[:n])
		if err != nil {
			return all.String()
		}
	}
}

// A whole lesson is learned: a guess, the command that settles it, a task that
// passes by itself while the learner types, and the place found again the next
// day. The lesson is the one that cloison new lesson writes.
func TestLearnerLearnsALesson(t *testing.T) {
	if err := canOpenLab(); err != nil {
		t.Skip("no lab can be opened here:", err)
	}
	folder, state := t.TempDir(), t.TempDir()
	if out, err := exec.Command(program(t), "new", "lesson", folder+"/course/10-chapter/10-first").CombinedOutput(); err != nil {
		t.Fatalf("cloison new lesson: %v\n%s", err, out)
	}
	command := "XDG_STATE_HOME=" + state + " " + course(t) + " --course " + folder + "/course"

	s := newScreen(t, 80, 24, "sh", "-c", command+" first; echo ended with $?; cat")
	s.waitFor("step 0 of 2", "lesson $")
	s.enterUntil("1 ○ everybody")
	s.keys("2")
	s.waitFor("your answer")
	s.enterUntil("step 1 of 2", "✓ passed", "inside: box")
	s.enterUntil("Your turn", "not there yet")
	s.keys("F3")
	s.waitFor("ctrl+]")
	s.write("hostname workshop")
	s.keys("Enter")
	s.waitFor("step 2 of 2", "✓ passed", "all done: 1", "F2: back to the lesson") // no dialog takes what is being typed
	s.write("echo still $((6 * 7))")
	s.keys("Enter")
	s.waitFor("still 42")
	s.keys("F2")
	s.enterUntil("enter back to the course")
	s.keys("Enter")
	s.waitFor("You have worked through every lesson here: 1", "Tasks passed: 1 of 1", "at the first try: 1 of 1")
	s.keys("Enter")
	s.waitFor("q quit")
	s.keys("q")
	s.waitFor("ended with 0")

	again := newScreen(t, 80, 24, "sh", "-c", command)
	again.waitFor("✓ done", "all done: 1")
}

// A container is born step by step: v puts the command with --step at the
// prompt, each Enter makes a system call, and the X-ray goes over to the new
// process as soon as there is one.
func TestLearnerTakesACommandStepByStep(t *testing.T) {
	if err := canOpenLab(); err != nil {
		t.Skip("no lab can be opened here:", err)
	}
	folder := t.TempDir()
	lesson := filepath.Join(folder, "10-chapter", "10-birth")
	if err := os.MkdirAll(lesson, 0o755); err != nil {
		t.Fatal(err)
	}
	text := "---\ntitle: See a container being born\nminutes: 5\n---\n\nA container is born.\n\n```sh {run id=birth expect=\"born\"}\ncloison run -- echo born\n```\n"
	for file, text := range map[string]string{filepath.Join(lesson, "lesson.md"): text, filepath.Join(folder, "10-chapter", "chapter.md"): "---\ntitle: Births\n---\n\nOf containers.\n"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := newScreen(t, 120, 36, "sh", "-c", course(t)+" --course "+folder+" birth; cat")
	s.waitFor("step 0 of 1", "lesson $", "v step by step")
	s.keys("v")
	s.waitFor("cloison run --step -- echo born", "Enter starts it")
	s.keys("Enter")
	for range 40 {
		s.waitFor("q leaves]")
		if strings.Contains(s.text(), "(inside 1)") {
			break
		}
		s.keys("Enter")
	}
	s.waitFor("(inside 1)")
	s.keys("c")
	s.waitFor("lesson $")
	s.keys("F2")
	s.enterUntil("step 1 of 1", "✓ passed")
}

// The machine under a lesson dies: the learner is told, and r gives a fresh
// one, in the same place.
func TestLearnerLosesTheMachine(t *testing.T) {
	if err := canOpenLab(); err != nil {
		t.Skip("no lab can be opened here:", err)
	}
	s := newScreen(t, 80, 24, "sh", "-c", course(t)+" container-is-a-process; cat")
	s.waitFor("step 0 of", "lesson $")
	s.enterUntil("step 1 of", "✓ passed")
	keeper := keeperBelow(strings.TrimSpace(s.tmux("display-message", "-p", "#{pane_pid}")))
	if keeper == 0 {
		t.Fatal("no keeper can be found")
	}
	if err := syscall.Kill(keeper, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	s.waitFor("The machine is gone", "r gives a fresh one", "What you have done is")
	s.keys("r")
	s.waitFor("step 1 of", "lesson $")
	s.enterUntil("step 2 of", "✓ passed")
	s.keys("q")
}

// keeperBelow is the process of a lab's keeper below another one; 0 for none.
func keeperBelow(pid string) int {
	var children []string
	threads, _ := filepath.Glob("/proc/" + pid + "/task/*/children") // each lists its own
	for _, thread := range threads {
		some, _ := os.ReadFile(thread)
		children = append(children, strings.Fields(string(some))...)
	}
	for _, child := range children {
		args, _ := os.ReadFile("/proc/" + child + "/cmdline")
		if strings.Contains(string(args), "\x00keeper") {
			n, _ := strconv.Atoi(child)
			return n
		}
		if found := keeperBelow(child); found != 0 {
			return found
		}
	}
	return 0
}
