package tui

import (
	"context"
	"errors"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"cloison/lessons/play"
	"cloison/sandbox"
)

var errGone = errors.New("run a script: the lab is closed")

func click(x, y int) tea.MouseClickMsg { return tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft} }

func TestAMachineThatIsGoneIsToldAndRenewed(t *testing.T) {
	m, _ := working(t)
	m = with(m, found(m, play.Failed, true))
	m = with(m, doubtMsg{generation: m.generation, err: errGone})
	has(t, m, "The machine is gone", "the lab is closed", "r gives a fresh one", "What you have done is kept")
	old := m.generation
	next, _ := m.toggleLanguage()
	has(t, next, "la machine n’est plus là")
	m = pressed(m, "r")
	if m.generation == old || m.session.gone != nil || m.dialog != nil {
		t.Fatal("r gives no fresh machine")
	}
	if at := m.session.page.At(); at != "own" {
		t.Errorf("the learner is at %q", at)
	}
}

func TestAClosedDialogLeavesAWayToAFreshMachine(t *testing.T) {
	m, _ := working(t)
	m = pressed(with(m, doubtMsg{generation: m.generation, err: errGone}), "esc")
	has(t, m, "(the machine is gone: F2, then r)")
	if m.dialog != nil {
		t.Fatal("esc does not close it")
	}
	old := m.generation
	if m = pressed(m, "enter"); m.dialog == nil {
		t.Errorf("Enter hands a task in where there is no machine:\n%s", text(m))
	}
	if m = pressed(m, "esc", "r"); m.generation == old {
		t.Error("r gives no fresh machine")
	}
}

func TestNothingIsAskedOfAMachineThatIsGone(t *testing.T) {
	m, _ := working(t)
	m = with(m, doubtMsg{generation: m.generation, err: errGone})
	for name, msg := range map[string]tea.Msg{"check": due(m), "watch": seenMsg{watch: watch{generation: m.generation, shell: 812}}} {
		if _, cmd := m.Update(msg); cmd != nil {
			t.Errorf("a %s goes on", name)
		}
	}
	if again := with(pressed(m, "esc"), doubtMsg{generation: m.generation, err: errGone}); again.dialog != nil {
		t.Error("it is told twice")
	}
	_, stop := m.leave()
	if end := stop().(stoppedMsg); end.err != nil {
		t.Errorf("leaving it is an error: %v", end.err)
	}
}

func TestAnErrorOnAMachineThatIsThereIsToldAsOne(t *testing.T) {
	m, _ := working(t)
	m, cmd := m.judged(verdictMsg{generation: m.generation, block: "list", err: errPlain})
	doubt := cmd().(doubtMsg)
	if doubt.err != nil {
		t.Fatalf("the lab says %v", doubt.err)
	}
	m = with(m, doubt)
	has(t, m, "That did not work", "clone: operation not permitted")
	ended := with(pressed(m, "esc"), doubtMsg{generation: m.generation, err: context.Canceled})
	if ended.dialog != nil || ended.session.gone != nil {
		t.Error("a question that was given up makes the machine gone")
	}
}

// What was seen last of a shell that has ended stays, and is said to be that; a
// shell that lives is followed.
func TestTheXrayKnowsThatTheShellHasEnded(t *testing.T) {
	m := pressed(still(t, 120, 36), "enter")
	m = with(m, m.start()())
	out := make(chan []byte)
	dead, alive := shellMsg{generation: m.generation, name: "a", shell: &fakeShell{out: out}}, &fakeShell{out: make(chan []byte, 1)}
	m, listen := m.shellOpened(dead)
	m = seen(with(m, tea.WindowSizeMsg{Width: 120, Height: 36}), sampleXray(shellPID))
	has(t, m, "follows the terminal: bash 812")
	close(out)
	m = with(m, listen())
	has(t, m, "(this shell has ended: F2, then r)", "the shell has ended: this is what was seen last", "bash 812 (")
	if strings.Contains(text(m), "follows the terminal") {
		t.Errorf("it is followed still:\n%s", text(m))
	}
	m = seen(with(m, shellMsg{generation: m.generation, name: "b", shell: alive}), sampleXray(shellPID))
	has(t, m, "follows the terminal: bash 812")
}

func TestNestedShellsAreTold(t *testing.T) {
	m, _ := working(t)
	reading := func(pid int, different ...sandbox.Namespace) seenMsg {
		x := sampleXray(pid)
		facts := &x.Facts
		for i := range facts.Namespaces {
			for _, n := range different {
				if facts.Namespaces[i].Type == n {
					facts.Namespaces[i].Inode++
				}
			}
		}
		return seenMsg{watch: watch{generation: m.generation, shell: 812}, xray: x}
	}
	inside := reading(900, sandbox.PIDNS, sandbox.MountNS)
	if strings.Contains(text(with(m, inside)), "in new namespaces") {
		t.Error("what the shell itself has is not known, and yet something is new")
	}
	m = with(m, reading(812))
	if strings.Contains(text(m), "in new namespaces") {
		t.Error("the shell itself is in new namespaces")
	}
	m = with(m, inside)
	has(t, m, "Terminal [a] · in new namespaces: mnt, pid")
	if m = with(m, reading(812)); strings.Contains(text(m), "in new namespaces") {
		t.Error("after leaving, the title stays")
	}
	has(t, with(m, reading(812, sandbox.UTSNS)), "in new namespaces: uts") // exec unshare
}
