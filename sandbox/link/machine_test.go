package link

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"cloison/sandbox"
)

func TestAboutIsTheGuests(t *testing.T) {
	g := (&guest{}).withLabs(t)
	about := machine(t, dial(t, serve(t, g), Options{})).About()
	want := g.machine.About()
	if about.Name != "vm" || about.Kernel != want.Kernel || len(about.Lacks) != len(want.Lacks) {
		t.Errorf("got %+v, want %+v under another name", about, want)
	}
}

func TestLabHasItsFilesAndVariables(t *testing.T) {
	lab := openLab(t, connect(t), sandbox.LabOptions{
		Lesson: "files",
		Env:    map[string]string{"LIMIT": "64M"},
		Files: fstest.MapFS{
			"run.sh":      {Data: []byte("#!/bin/sh\necho it runs\n")},
			"deep/er.txt": {Data: []byte("text\n")},
		},
	})
	o, err := lab.Exec(t.Context(), `~/files/run.sh; cat ~/files/deep/er.txt; echo $LIMIT $MORE; exit 7`, []string{"MORE=more"})
	if want := "it runs\ntext\n64M more\n"; err != nil || o.Output != want || o.Exit != 7 {
		t.Errorf("got %+v, %v", o, err)
	}
}

func TestExecKeepsEveryByte(t *testing.T) {
	lab := openLab(t, connect(t), sandbox.LabOptions{})
	o, err := lab.Exec(t.Context(), `printf 'a\xff\x00\x80b\n'`, nil)
	if want := "a\xff\x00\x80b\n"; err != nil || o.Output != want {
		t.Errorf("got %q, %v", o.Output, err)
	}
}

func TestExecStopsWithItsContext(t *testing.T) {
	lab := openLab(t, connect(t), sandbox.LabOptions{})
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	o, err := lab.Exec(ctx, `echo before; echo $$ > ~/pid; sleep 1000; echo after`, nil)
	if !errors.Is(err, context.DeadlineExceeded) || o.Output != "before\n" {
		t.Errorf("got %+v, %v", o, err)
	}
	eventually(t, "the script is killed", func() bool {
		o, err := lab.Exec(t.Context(), `kill -0 $(cat ~/pid) 2>/dev/null`, nil)
		return err == nil && o.Exit == 1
	})
}

// What a guest has to say in both languages arrives in both, with what it is.
func TestErrorsOfTheGuestAreInFrenchToo(t *testing.T) {
	lab := openLab(t, connect(t), sandbox.LabOptions{})
	_, err := lab.Inspect(t.Context(), 1<<30)
	if err == nil || !strings.Contains(err.Error(), "no such process") || !strings.Contains(sandbox.Say(err, sandbox.French), "ce processus n’existe pas") {
		t.Errorf("of a process that is not there: %v, %s", err, sandbox.Said(err).FR)
	}
	busy := newFailure(sandbox.Errorf("type: %w", "taper\u00a0: %w", sandbox.ErrBusy)).err()
	if !errors.Is(busy, sandbox.ErrBusy) || !strings.HasPrefix(sandbox.Say(busy, sandbox.French), "taper\u00a0: un programme tourne encore") {
		t.Errorf("of a shell that is busy: %v, %s", busy, sandbox.Said(busy).FR)
	}
	if err := (&failure{Said: sandbox.Text{EN: "no"}}).err(); sandbox.Say(err, sandbox.French) != "no" {
		t.Errorf("of a guest that speaks English only: %q", sandbox.Say(err, sandbox.French))
	}
}

func TestShellRuns(t *testing.T) {
	s := openShell(t, openLab(t, connect(t), sandbox.LabOptions{}))
	drain(s)
	if got := typeIn(t, s, "echo hello; stty size"); got != "hello\n30 100" {
		t.Errorf("got %q", got)
	}
	o, err := s.Run(t.Context(), "(exit 3)")
	if err != nil || o.Exit != 3 {
		t.Errorf("got %+v, %v", o, err)
	}
	o, err = s.RunUntil(t.Context(), "echo $((6*7)) ready; exec cat", regexp.MustCompile(`(?m)^42 ready$`))
	if err != nil || o.Output != "42 ready\n" {
		t.Errorf("got %+v, %v", o, err)
	}
}

func TestShellResizesInOrder(t *testing.T) {
	s := openShell(t, openLab(t, connect(t), sandbox.LabOptions{}))
	drain(s)
	for i := range 20 {
		if err := s.Resize(60+i, 20+i); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "the last size", func() bool { return typeIn(t, s, "stty size") == "39 79" })
}

func TestShellErrors(t *testing.T) {
	s := openShell(t, openLab(t, connect(t), sandbox.LabOptions{}))
	drain(s)
	if _, err := s.Run(t.Context(), `echo "open`); !errors.Is(err, sandbox.ErrUnfinished) {
		t.Errorf("an open quote: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	o, err := s.Run(ctx, "echo begun; sleep 1000")
	if !errors.Is(err, context.DeadlineExceeded) || o.Output != "begun\n" {
		t.Errorf("a command that goes on: %+v, %v", o, err)
	}
	if _, err := s.Run(t.Context(), "true"); !errors.Is(err, sandbox.ErrBusy) {
		t.Errorf("beside a command that goes on: %v", err)
	}
	if _, err := s.Write([]byte("\x03")); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the shell prompts again", func() bool {
		_, err := s.Run(t.Context(), "true")
		return err == nil
	})
	if _, err := s.Run(t.Context(), "exit"); !errors.Is(err, sandbox.ErrEnded) {
		t.Errorf("exit: %v", err)
	}
	eventually(t, "the shell has ended", func() bool {
		_, err := s.Run(t.Context(), "true")
		return errors.Is(err, sandbox.ErrEnded)
	})
}

// What was written before a command is typed before it; what was shown before
// an outcome is in Output before the outcome is there.
func TestShellKeepsTheOrder(t *testing.T) {
	s := openShell(t, openLab(t, connect(t), sandbox.LabOptions{}))
	for i := range 30 {
		typeIn(t, s, fmt.Sprintf("seq %d000 %d100", i+1, i+1))
		last := fmt.Sprintf("%d100", i+1)
		if got := taken(s); !strings.Contains(got, last+"\r\n") {
			t.Fatalf("when the outcome was there, %s was not in Output: %q", last, got[max(0, len(got)-200):])
		}
	}
}

// taken is what Output holds now.
func taken(s sandbox.Shell) string {
	var all strings.Builder
	for {
		select {
		case data := <-s.Output():
			all.Write(data)
		default:
			return all.String()
		}
	}
}

func TestForegroundAndInspect(t *testing.T) {
	lab := openLab(t, connect(t), sandbox.LabOptions{})
	s := openShell(t, lab)
	drain(s)
	typeIn(t, s, "true")
	if pid, err := s.Foreground(); err != nil || pid != s.PID() {
		t.Errorf("at a prompt: %d, %v; the shell is %d", pid, err, s.PID())
	}
	facts, err := lab.Inspect(t.Context(), s.PID())
	if err != nil || facts.PID != s.PID() || facts.Command != "bash" || len(facts.Namespaces) == 0 {
		t.Errorf("got %+v, %v", facts, err)
	}
	if _, err := lab.Inspect(t.Context(), 1<<22+1); err == nil {
		t.Error("a process that is not there has facts")
	}
}

func TestWatchTellsWhatChanges(t *testing.T) {
	lab := openLab(t, connect(t), sandbox.LabOptions{})
	s := openShell(t, lab)
	drain(s)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	subjects := sandbox.NewLatest[sandbox.Subject]()
	xrays, err := lab.Watch(ctx, s.PID(), subjects.C())
	if err != nil {
		t.Fatal(err)
	}
	until := func(what string, ok func(sandbox.Xray) bool) {
		t.Helper()
		within(t, what, func() {
			for x := range xrays {
				if ok(x) {
					return
				}
			}
			t.Errorf("no more X-rays before %s", what)
		})
	}
	var shell sandbox.Subject
	until("the shell", func(x sandbox.Xray) bool {
		for _, p := range x.Processes {
			if p.PID == s.PID() {
				shell = sandbox.Subject{PID: p.PID, Started: p.Started}
			}
		}
		return x.Facts.PID == s.PID() && shell.PID != 0
	})
	if _, err := s.Write([]byte("sleep 1000\r")); err != nil {
		t.Fatal(err)
	}
	until("the program in front", func(x sandbox.Xray) bool { return x.Facts.Command == "sleep" && !x.Follows() })
	subjects.Put(shell)
	until("the shell, which was asked for", func(x sandbox.Xray) bool { return x.Facts.PID == s.PID() && x.Follows() && x.Asked == shell })
	subjects.Put(sandbox.Subject{})
	until("who is in front again", func(x sandbox.Xray) bool { return x.Facts.Command == "sleep" && !x.Follows() })
	cancel()
	within(t, "the end of the watch", func() {
		for range xrays {
		}
	})
	if _, err := lab.Watch(t.Context(), 1, nil); err == nil {
		t.Error("process 1 is watched, which is no shell of the lab")
	}
}

func TestEndedShellClosesItsOutput(t *testing.T) {
	lab := openLab(t, connect(t), sandbox.LabOptions{})
	s := openShell(t, lab)
	if _, err := s.Write([]byte("exit\r")); err != nil {
		t.Fatal(err)
	}
	within(t, "the end of Output", func() {
		for range s.Output() {
		}
	})
	eventually(t, "the shell has ended", func() bool {
		o, err := lab.Exec(t.Context(), fmt.Sprintf("kill -0 %d 2>/dev/null", s.PID()), nil)
		return err == nil && o.Exit == 1
	})
}

func TestClosedShellIsGone(t *testing.T) {
	lab := openLab(t, connect(t), sandbox.LabOptions{})
	s := openShell(t, lab)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the shell is killed", func() bool {
		o, err := lab.Exec(t.Context(), fmt.Sprintf("kill -0 %d 2>/dev/null", s.PID()), nil)
		return err == nil && o.Exit == 1
	})
	if _, err := s.Run(t.Context(), "true"); !errors.Is(err, sandbox.ErrEnded) {
		t.Errorf("a closed shell: %v", err)
	}
}

// A flood that nobody reads holds up its own shell, and nothing else.
func TestFloodHoldsNobodyUp(t *testing.T) {
	lab := openLab(t, connect(t), sandbox.LabOptions{})
	flooded, other := openShell(t, lab), openShell(t, lab)
	drain(other)
	if _, err := flooded.Write([]byte("yes\r")); err != nil {
		t.Fatal(err)
	}
	queued, still := 0, 0
	eventually(t, "the flood is dammed", func() bool {
		if before := queued; len(flooded.Output()) != before || before == 0 {
			queued, still = len(flooded.Output()), 0
		}
		still++
		return still > 20
	})
	for range 20 {
		if got := typeIn(t, other, "echo well"); got != "well" {
			t.Fatalf("got %q", got)
		}
		if o, err := lab.Exec(t.Context(), "exit 4", nil); err != nil || o.Exit != 4 {
			t.Fatalf("got %+v, %v", o, err)
		}
	}
	if _, err := flooded.Write([]byte("\x03")); err != nil {
		t.Fatal(err)
	}
	drain(flooded)
	eventually(t, "the flood has ended", func() bool {
		_, err := flooded.Run(t.Context(), "true")
		return err == nil
	})
}

func TestManyShellsAtOnce(t *testing.T) {
	lab := openLab(t, connect(t), sandbox.LabOptions{})
	const many = 6
	results := make(chan error, many)
	for i := range many {
		go func() {
			s, err := lab.Shell(t.Context(), sandbox.ShellOptions{Name: "a"})
			if err != nil {
				results <- err
				return
			}
			drain(s)
			for j := range 10 {
				want := fmt.Sprintf("%d-%d\n", i, j)
				o, err := s.Run(t.Context(), "echo "+strings.TrimSpace(want))
				if err != nil || o.Output != want {
					results <- fmt.Errorf("got %+v, %w", o, err)
					return
				}
			}
			results <- s.Close()
		}()
	}
	for range many {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
}

func TestClosedLabIsClear(t *testing.T) {
	c := connect(t)
	lab, err := machine(t, c).Open(t.Context(), sandbox.LabOptions{})
	if err != nil {
		t.Fatal(err)
	}
	s := openShell(t, lab)
	drain(s)
	if err := lab.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := lab.Exec(t.Context(), "true", nil); err == nil {
		t.Error("a closed lab runs scripts")
	}
	eventually(t, "its shell has ended", func() bool {
		_, err := s.Run(t.Context(), "true")
		return errors.Is(err, sandbox.ErrEnded)
	})
}

func TestLabThatDoesNotOpen(t *testing.T) {
	c := dial(t, serve(t, &guest{machine: nil}), Options{})
	if _, err := c.Machine(t.Context()); err == nil || !strings.Contains(err.Error(), "no machine") {
		t.Errorf("got %v", err)
	}
}

// A command line may have more bytes than an X-ray.
func TestWatchOfALongCommandLine(t *testing.T) {
	lab := openLab(t, connect(t), sandbox.LabOptions{})
	s := openShell(t, lab)
	drain(s)
	seen, err := lab.Watch(t.Context(), s.PID(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Write([]byte("sleep $(printf '1000000000000000000 %.0s' {1..60000})\n")); err != nil {
		t.Fatal(err)
	}
	within(t, "an X-ray of sleep", func() {
		for x := range seen {
			if x.Facts.Command == "sleep" {
				return
			}
		}
		t.Error("the watch has ended")
	})
}
