package tui

import (
	"context"
	"strings"
	"testing"

	"cloison/lessons/play"
	"cloison/sandbox"
	"cloison/tui/terminal"
)

// working is a learner at the task of the lesson, with a terminal.
func working(t *testing.T) (Model, *fakeShell) {
	t.Helper()
	m := pressed(still(t, 120, 36), "enter")
	if err := m.session.player.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	shell := &fakeShell{out: make(chan []byte, 1)}
	m = with(m, startedMsg{generation: m.generation}, shellMsg{generation: m.generation, name: "a", shell: shell})
	m = pressed(m, "right", "right", "right", "right", "right")
	if b, ok := m.session.page.Watched(); !ok || b.ID != "own" {
		t.Fatalf("watches %q", b.ID)
	}
	return m, shell
}

// due is the message of the timer that runs now.
func due(m Model) checkMsg { return checkMsg{m.generation, m.session.checks.timer} }

// found is what a check of the task finds.
func found(m Model, status play.Status, handedIn bool) checkedMsg {
	v := play.Verdict{Lesson: "memory", Block: "own", Status: status, Expected: []sandbox.Text{{EN: "a limit", FR: "une limite"}}}
	if status == play.Failed {
		v.Reason = sandbox.Text{EN: "the limit is 64 MB", FR: "la limite est de 64 Mo"}
	}
	return checkedMsg{generation: m.generation, handedIn: handedIn, verdict: v}
}

// newLine is what a shell writes when a command has ended.
func newLine(m Model) terminal.OutputMsg {
	return terminal.OutputMsg{ID: m.session.terminals[0].ID(), Data: []byte("\r\n$ ")}
}

func TestChecksNeverPileUp(t *testing.T) {
	m, _ := working(t)
	m, cmd := m.checkDue(due(m))
	if cmd == nil || !m.session.checks.flying {
		t.Fatal("no check runs when it is time")
	}
	for range 3 {
		timer := m.session.checks.timer
		m = with(m, newLine(m))
		if m, cmd = m.checkDue(due(m)); cmd != nil || m.session.checks.timer != timer {
			t.Fatal("a second check starts, or is planned, while one runs")
		}
	}
	m = pressed(m, "enter", "enter")
	if len(m.session.checks.handIn) != 1 {
		t.Fatalf("%d tasks wait to be checked", len(m.session.checks.handIn))
	}
	m = with(m, found(m, play.Failed, false))
	if c := m.session.checks; !c.flying || len(c.handIn) != 0 {
		t.Errorf("what was handed in meanwhile is not checked next: %+v", c)
	}
	m = with(m, newLine(m), found(m, play.Failed, true))
	if c := m.session.checks; c.flying || !c.soon {
		t.Errorf("output during a check does not lead to another one soon: %+v", c)
	}
	has(t, m, "tries: 1", "why      the limit is 64 MB")
}

func TestACheckComesSoonAfterACommand(t *testing.T) {
	m, _ := working(t)
	before := m.session.checks.timer
	m = with(m, terminal.OutputMsg{ID: m.session.terminals[0].ID(), Data: []byte("l")})
	if m.session.checks.timer != before {
		t.Error("the echo of a key leads to a check")
	}
	m = with(m, newLine(m))
	if c := m.session.checks; c.timer == before || !c.soon {
		t.Errorf("no check is planned after a command: %+v", c)
	}
	soon := m.session.checks.timer
	if m = with(m, newLine(m)); m.session.checks.timer != soon {
		t.Error("every line puts the check off")
	}
}

func TestStaleChecksAreDropped(t *testing.T) {
	m, _ := working(t)
	old := due(m)
	m = with(m, newLine(m))
	if _, cmd := m.checkDue(old); cmd != nil {
		t.Error("a timer that was set anew still fires")
	}
	late := found(m, play.Passed, true)
	m = pressed(m, "m", "enter")
	if m = with(m, late); m.session.page.Passed("own") {
		t.Error("a verdict of an earlier session is taken")
	}
}

func TestACheckThatCannotBeMadeIsNoFailure(t *testing.T) {
	m, _ := working(t)
	m = with(m, checkedMsg{generation: m.generation, verdict: play.Verdict{Block: "own"}, err: errPlain})
	has(t, m, "! the machine is not well: r gives a fresh one", "clone: operation not permitted")
	if c := m.session.checks; c.flying {
		t.Error("no further check can be made")
	}
	ended := checkedMsg{generation: m.generation, verdict: play.Verdict{Block: "own"}, err: context.Canceled}
	if before := text(m); text(with(m, ended)) != before {
		t.Error("a check that was given up changes the screen")
	}
}

func TestAPassTakesNoKeysFromTheTerminal(t *testing.T) {
	m, shell := working(t)
	m = with(pressed(m, "f3"), found(m, play.Passed, false))
	has(t, m, "✓ passed · F2: back to the lesson")
	pressed(m, "l", "s")
	if !eventually(func() bool { return shell.keys() == "ls" }) {
		t.Errorf("the shell got %q", shell.keys())
	}
}

func TestTheSolutionWaitsForTwoTries(t *testing.T) {
	m, _ := working(t)
	m = pressed(m, "s")
	has(t, m, "The solution opens after two tries")
	m = pressed(with(m, found(m, play.Failed, true), found(m, play.Failed, true)), "s")
	has(t, m, "A solution", "limit 32M")
	if err := m.saver.write(); err != nil {
		t.Fatal(err)
	}
	if mark := m.saver.store.State().Lessons["memory"].Blocks["own"]; mark.Status != string(shown) {
		t.Errorf("that it was looked at is kept as %+v", mark)
	}
}

func TestHintsOpenWithH(t *testing.T) {
	m, _ := working(t)
	if strings.Contains(text(m), "memory.max") {
		t.Fatal("the hint is open already")
	}
	has(t, pressed(m, "h"), "Hint 1", "Look at `memory.max`.")
}

func TestAMouseClickAnswers(t *testing.T) {
	m := pressed(still(t, 120, 36), "enter", "right")
	for y, line := range strings.Split(text(m), "\n") {
		if at := strings.Index(line, "that of the whole machine"); at >= 0 {
			m = with(m, click(at+1, y))
		}
	}
	has(t, m, "← your answer")
}
