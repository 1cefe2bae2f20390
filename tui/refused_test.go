package tui

import (
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"cloison/lessons/play"
	"cloison/sandbox"
)

// refusedOnce is a lesson whose first command has been refused.
func refusedOnce(t *testing.T) Model {
	m := pressed(still(t, 120, 36), "enter")
	m = with(m, startedMsg{generation: m.generation})
	return with(m, verdictMsg{generation: m.generation, block: firstBlock(m), verdict: play.Verdict{Block: firstBlock(m), Status: play.Passed, Refused: true}})
}

func firstBlock(m Model) string {
	for _, b := range m.session.lesson.Blocks["en"] {
		if b.Run != nil {
			return b.ID
		}
	}
	return ""
}

func asked(m Model, text string) tea.Msg {
	return whoMsg{generation: m.generation, block: firstBlock(m), outcome: sandbox.Outcome{Output: text}}
}

func TestWhoRefusedIsOfferedAndTold(t *testing.T) {
	m := refusedOnce(t)
	has(t, m, "w: who refused?")
	m = pressed(m, "w")
	has(t, m, "finding out who refused…")
	if again := pressed(m, "w"); again.session.asking == "" {
		t.Error("asking twice is not asking")
	}
	m = with(m, asked(m, "refused by     the seccomp filter\n  by itself    EPERM\n"))
	has(t, m, "Who refused?", "refused by     the seccomp filter", "by itself    EPERM")
	m = pressed(m, "esc")
	has(t, m, "w: who refused?")
}

// What is too long for a line goes on below itself, not below its label.
func TestWhoRefusedHangs(t *testing.T) {
	for _, c := range []struct {
		line  string
		width int
		want  []string
	}{
		{"refused by     the seccomp filter", 40, []string{"refused by     the seccomp filter"}},
		{"  à permettre  fs:read-file, ou une règle", 32, []string{"  à permettre  fs:read-file, ou", "               une règle"}},
		{"(found by running it 8 times)", 14, []string{"(found by", "running it 8", "times)"}},
		{"  evidence     a b", 12, []string{"  evidence", "a b"}},
		{"", 12, []string{""}},
	} {
		got := hang(c.line, c.width)
		for i := range got {
			got[i] = strings.TrimRight(got[i], " ")
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q in %d: %q, want %q", c.line, c.width, got, c.want)
		}
	}
}

func TestWhoRefusedTakesNoKeysFromTheTerminal(t *testing.T) {
	m := pressed(refusedOnce(t), "w")
	m, _ = m.moveTo(terminalPane)
	m = with(m, asked(m, "refused by     AppArmor"))
	if m.dialog != nil {
		t.Fatal("a dialog takes the keys")
	}
	has(t, m, "It is known who refused")
	m, _ = m.moveTo(lessonPane)
	has(t, pressed(m, "w"), "refused by     AppArmor")
}

func TestWhoRefusedIsAboutTheLastCommand(t *testing.T) {
	m := refusedOnce(t)
	m = m.withSession(func(s *session) { s.page = s.page.Running("another") })
	if m = pressed(m, "w"); m.session.asking != "" {
		t.Error("it asks about a command that was not refused")
	}
	has(t, m, "The last command was not refused.")
	stale := with(refusedOnce(t), whoMsg{generation: 99, outcome: sandbox.Outcome{Output: "stale"}})
	if stale.dialog != nil {
		t.Error("a stale answer is shown")
	}
}

func TestWhoRefusedThatCannotBeAskedIsTold(t *testing.T) {
	m := pressed(refusedOnce(t), "w")
	m = with(m, whoMsg{generation: m.generation, err: errPlain})
	has(t, m, "w: who refused?")
	m = with(m, doubtMsg{generation: m.generation, cause: errPlain})
	has(t, m, "That did not work")
}
