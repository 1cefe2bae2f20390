package dialog

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"cloison/tui/theme"
)

func question() Model {
	return New("reset", "Start afresh?", Text(strings.Repeat("all is lost ", 60)),
		Choice{Keys: []string{"y", "enter"}, Label: "yes", Answer: Yes}, Choice{Keys: []string{"n", "esc"}, Label: "no", Answer: No})
}

func press(name rune) tea.KeyPressMsg { return tea.KeyPressMsg{Code: name, Text: string(name)} }

func TestKeysAnswer(t *testing.T) {
	for key, want := range map[tea.KeyPressMsg]Answer{
		press('y'):            Yes,
		{Code: tea.KeyEnter}:  Yes,
		press('n'):            No,
		{Code: tea.KeyEscape}: No,
		press('x'):            None,
	} {
		if _, got := question().Update(key, theme.New(true), 40, 12); got != want {
			t.Errorf("%s answers %v, want %v", key, got, want)
		}
	}
}

func TestViewFitsAndScrolls(t *testing.T) {
	th := theme.New(true)
	m := question()
	first := m.View(th, 40, 12)
	if w, h := lipgloss.Size(first); w > 40 || h > 12 {
		t.Errorf("the box is %d×%d, more than 40×12", w, h)
	}
	if !strings.Contains(ansi.Strip(first), "y yes   n no") {
		t.Errorf("no answers in\n%s", first)
	}
	m, _ = m.Update(tea.KeyPressMsg{Code: tea.KeyPgDown}, th, 40, 12)
	if m.View(th, 40, 12) == first {
		t.Error("page down shows the same text")
	}
}

// Who has scrolled on at the end goes up with the first key.
func TestTheEndIsTheEnd(t *testing.T) {
	th := theme.New(true)
	m := question()
	for range 20 {
		m, _ = m.Update(tea.KeyPressMsg{Code: tea.KeyPgDown}, th, 40, 12)
	}
	end := m.View(th, 40, 12)
	m, _ = m.Update(tea.KeyPressMsg{Code: tea.KeyUp}, th, 40, 12)
	if m.View(th, 40, 12) == end {
		t.Error("one line up from the end shows the end")
	}
}

func TestShortQuestionGetsASmallBox(t *testing.T) {
	m := New("", "Sure?", Text("Really."), Choice{Keys: []string{"y"}, Label: "yes", Answer: Yes})
	if w := lipgloss.Width(m.View(theme.New(false), 100, 30)); w > 20 {
		t.Errorf("a box of %d cells for one word", w)
	}
}
