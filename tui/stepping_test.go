package tui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"cloison/lessons"
	"cloison/lessons/play"
	"cloison/sandbox"
)

func TestStepwise(t *testing.T) {
	for command, want := range map[string]string{
		"cloison run -- sh":                        "cloison run --step -- sh",
		"cloison run":                              "cloison run --step",
		"cloison exec 5 true\n":                    "cloison exec --step 5 true",
		"X=1\ncloison run -m 5m -- sh -c '\ntrue'": "X=1\ncloison run --step -m 5m -- sh -c '\ntrue'",
		"sudo cloison run true":                    "sudo cloison run --step true",
		"cloison runs":                             "",
		"echo cloison run":                         "",
		"ps":                                       "",
	} {
		got, ok := stepwise(command)
		if got != want || ok != (want != "") {
			t.Errorf("%q: %q, %v; want %q", command, got, ok, want)
		}
	}
}

// onCommand is a lesson whose only command is this one, in a terminal that
// takes what is typed.
func onCommand(t *testing.T, command string) (Model, *fakeMachine) {
	t.Helper()
	machine, all := sampleMachine(), sampleCourse()
	hang := all.Lessons()[1]
	hang.Blocks[lessons.English][0].Run.Command = command
	m := New(t.Context(), Options{Course: all, Lang: sandbox.English, Capabilities: capabilityNames, Explain: explain})
	m = with(with(m, tea.WindowSizeMsg{Width: 120, Height: 36}), machineMsg{machine: machine})
	m = pressed(m, "down", "enter")
	return with(m, startedMsg{generation: m.generation}), machine
}

func TestStepsAreOfferedWhereThereAreAny(t *testing.T) {
	m, _ := onCommand(t, "cloison run -- sh\n")
	has(t, m, "v step by step")
	other, _ := onCommand(t, "ps")
	if strings.Contains(text(other), "step by step") {
		t.Errorf("ps has no steps:\n%s", text(other))
	}
	has(t, pressed(other, "v"), "Only cloison run and cloison exec")
}

func TestStepsTakeTheLearnerToTheTerminal(t *testing.T) {
	m, _ := onCommand(t, "cloison run -- sh\n")
	m = pressed(m, "v")
	if m.focus != terminalPane {
		t.Errorf("the focus is on %d", m.focus)
	}
	has(t, m, "Enter starts it")
	if done := m.session.page.Command(); done != "cloison run -- sh" && done != "cloison run -- sh\n" {
		t.Errorf("the lesson's command has become %q", done)
	}
}

func TestStepsWaitForAnswers(t *testing.T) {
	m := pressed(still(t, 120, 36), "enter")
	m = m.withSession(func(s *session) {
		for _, blocks := range s.lesson.Blocks {
			for _, b := range blocks {
				if b.Run != nil {
					b.Run.Command = "cloison run -- ps"
				}
			}
		}
	})
	m = with(m, startedMsg{generation: m.generation})
	m = with(m, verdictMsg{generation: m.generation, block: "list", verdict: play.Verdict{Block: "list", Status: play.Passed}})
	m = pressed(m, "v")
	if m.focus == terminalPane {
		t.Error("a question is answered by a command that was not due")
	}
	has(t, m, "once you have answered")
}
