package tui

import (
	"context"
	"errors"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"cloison/lessons/play"
	"cloison/sandbox"
)

// still is a Model of a size whose machine is there; no Cmd has been run.
func still(t *testing.T, width, height int) Model {
	t.Helper()
	m := New(t.Context(), Options{
		Course: sampleCourse(), Lang: sandbox.English, Capabilities: capabilityNames, Explain: explain,
	})
	return with(with(m, tea.WindowSizeMsg{Width: width, Height: height}), machineMsg{machine: sampleMachine()})
}

// with is m after messages whose Cmds are not run.
func with(m Model, msgs ...tea.Msg) Model {
	for _, msg := range msgs {
		next, _ := m.Update(msg)
		m = next.(Model)
	}
	return m
}

// pressed is m after keys.
func pressed(m Model, names ...string) Model {
	for _, name := range names {
		m = with(m, press(name))
	}
	return m
}

func text(m Model) string { return ansi.Strip(m.View().Content) }

func has(t *testing.T, m Model, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(text(m), w) {
			t.Errorf("no %q in\n%s", w, text(m))
		}
	}
}

// quits says whether a key ends the program.
func quits(m Model, name string) bool {
	_, cmd := m.Update(press(name))
	if cmd == nil {
		return false
	}
	_, ok := cmd().(tea.QuitMsg)
	return ok
}

// TestEverySizeDrawsItsWholeRectangle opens every kind of screen at many
// sizes: the frame must be exactly as large as the window.
func TestEverySizeDrawsItsWholeRectangle(t *testing.T) {
	for width := 1; width <= 210; width += 7 {
		for height := 1; height <= 60; height += 3 {
			m := still(t, width, height)
			lesson := pressed(m, "enter")
			for name, shown := range map[string]Model{
				"map": m, "help": pressed(m, "?"), "lesson": lesson, "terminal": pressed(lesson, "f3"),
				"xray": pressed(lesson, "f4"), "zoomed": pressed(lesson, "f4", "f4"), "question": pressed(lesson, "r"),
			} {
				lines := strings.Split(text(shown), "\n")
				if len(lines) != height {
					t.Fatalf("%s at %d×%d has %d lines", name, width, height, len(lines))
				}
				for _, line := range lines {
					if w := ansi.StringWidth(line); w > width {
						t.Fatalf("%s at %d×%d has a line of %d cells: %q", name, width, height, w, line)
					}
				}
			}
		}
	}
}

func TestASmallWindowSaysSo(t *testing.T) {
	has(t, still(t, 39, 24), "make the window larger")
	has(t, still(t, 80, 11), "make the window larger")
	if m := still(t, 20, 5); !strings.HasPrefix(text(m), "make the window la") {
		t.Errorf("20×5 shows %q", text(m))
	}
	has(t, with(still(t, 20, 5), tea.WindowSizeMsg{Width: 80, Height: 24}), "cloison · Course")
}

func TestLockedLessonSaysWhyAndWhatHelps(t *testing.T) {
	m := pressed(still(t, 80, 24), "end", "enter")
	has(t, m, "This lesson is locked here", "no Docker daemon answers", "sudo apt install docker.io")
	if m.session != nil {
		t.Error("a locked lesson opens")
	}
	if pressed(m, "enter").dialog != nil {
		t.Error("enter does not close it")
	}
}

func TestALessonWantedBeforeTheMachineIsThere(t *testing.T) {
	m := New(t.Context(), Options{Course: sampleCourse(), Lang: sandbox.English})
	m = pressed(with(m, tea.WindowSizeMsg{Width: 80, Height: 24}), "down", "enter")
	has(t, m, "not ready yet")
	if m = with(m, machineMsg{machine: sampleMachine()}); m.session == nil || m.session.lesson.ID != "hang" {
		t.Error("the lesson does not open when the machine is there")
	}
}

func TestErrorsSayWhatToTry(t *testing.T) {
	m := still(t, 80, 24)
	has(t, m.fail(errPlain), "That did not work", "clone: operation not permitted", "What to try", "cloison doctor")
	has(t, m.fail(errors.Join(errPlain, errLacking{errPlain})), "User namespaces are off.", "Turn them on.")
	french, _ := m.toggleLanguage()
	has(t, french.fail(errLacking{errPlain}), "Cela n’a pas marché", "coupés", "Activez-les.")
	if m.fail(context.Canceled).dialog != nil {
		t.Error("an end that was asked for is told as an error")
	}
}

func TestMachineThatFailsLeavesACourseToRead(t *testing.T) {
	m := New(t.Context(), Options{Course: sampleCourse(), Lang: sandbox.English})
	m = with(m, tea.WindowSizeMsg{Width: 80, Height: 24}, machineMsg{err: errPlain})
	has(t, m, "operation not permitted", "no machine")
	m = pressed(m, "enter", "enter")
	has(t, m, "operation not permitted")
}

func TestKeysInTheTerminalGoToTheShell(t *testing.T) {
	m := pressed(still(t, 80, 24), "enter")
	shell := &fakeShell{out: make(chan []byte, 1)}
	m = with(m, startedMsg{generation: m.generation}, shellMsg{generation: m.generation, name: "a", shell: shell})
	m = pressed(m, "q") // in the lesson, q would quit
	m = pressed(m, "f3")
	if quits(m, "q") || quits(m, "ctrl+c") || !quits(m, "ctrl+q") {
		t.Error("q, ctrl+c or ctrl+q mean the wrong thing in the terminal")
	}
	m = pressed(m, "q", "m", "tab", "l", "?")
	if !eventually(func() bool { return strings.HasSuffix(shell.keys(), "qm\tl?") }) {
		t.Errorf("the shell got %q", shell.keys())
	}
	for _, way := range []string{"f2", "ctrl+]"} {
		if out := pressed(m, way); out.focus != lessonPane {
			t.Errorf("%s does not lead out of the terminal", way)
		}
	}
	has(t, m, "F2 ctrl+] leave the terminal")
}

func TestFocusAndZoom(t *testing.T) {
	m := pressed(still(t, 80, 24), "enter")
	for _, step := range []struct {
		key   string
		focus pane
		seen  [3]bool
	}{
		{"tab", terminalPane, [3]bool{true, true, false}},
		{"f4", xrayPane, [3]bool{false, true, true}},
		{"f4", xrayPane, [3]bool{false, false, true}},
		{"f4", xrayPane, [3]bool{false, true, true}},
		{"f3", terminalPane, [3]bool{false, true, true}},
		{"f3", terminalPane, [3]bool{false, true, false}},
		{"f2", lessonPane, [3]bool{true, true, false}},
		{"f4", xrayPane, [3]bool{false, true, true}},
		{"esc", lessonPane, [3]bool{true, true, false}},
		{"t", terminalPane, [3]bool{true, true, false}},
	} {
		m = pressed(m, step.key)
		for p, want := range step.seen {
			if m.layout.shows(pane(p)) != want || m.focus != step.focus {
				t.Fatalf("after %s: focus %d, panes %v", step.key, m.focus, m.layout.panes)
			}
		}
	}
}

func TestStaleAnswersAreDropped(t *testing.T) {
	m := pressed(still(t, 120, 36), "enter")
	old := m.generation
	m = pressed(m, "m", "enter")
	if m.generation == old {
		t.Fatal("two sessions have one generation")
	}
	shell := &fakeShell{out: make(chan []byte, 1)}
	before := text(m)
	after := with(m, startedMsg{old, errPlain}, shellMsg{generation: old, name: "a", shell: shell}, shellMsg{generation: old, err: errPlain},
		verdictMsg{generation: old, block: "list", verdict: play.Verdict{Block: "list", Status: play.Failed}},
		verdictMsg{generation: old, block: "list", err: errPlain},
		seenMsg{watch: watch{generation: old, shell: 812}, xray: sampleXray(1)}, watchMsg{watch: watch{generation: old, shell: 812}})
	if text(after) != before {
		t.Errorf("a stale answer changes the screen:\n%s", text(after))
	}
	if _, cmd := m.Update(seenMsg{watch: watch{generation: old, shell: 812}}); cmd != nil {
		t.Error("a stale watch goes on")
	}
}

func TestTheTerminalInFrontIsWatched(t *testing.T) {
	m, _ := working(t)
	if m.session.watched != 812 {
		t.Fatalf("watches the shell %d", m.session.watched)
	}
	mine := watch{generation: m.generation, shell: 812, seen: make(chan sandbox.Xray)}
	if _, cmd := m.Update(watchMsg{watch: mine}); cmd == nil {
		t.Error("nobody waits for what the watch sees")
	}
	next, cmd := m.Update(seenMsg{watch: mine, xray: sampleXray(7)})
	if cmd == nil {
		t.Error("nobody waits for what the watch sees next")
	}
	has(t, next.(Model), "bash 7")
	// A watch that fails or ends by itself is begun again, after a while.
	for name, msg := range map[string]tea.Msg{"fails": watchMsg{watch: mine, err: errPlain}, "ends": seenMsg{watch: mine, over: true}} {
		if next, cmd := m.Update(msg); cmd == nil || next.(Model).session.watched != 812 {
			t.Errorf("a watch that %s is not begun again after a while", name)
		}
	}
	again, cmd := m.Update(rewatchMsg{mine})
	if begun, ok := cmd().(watchMsg); !ok || begun.err != nil || again.(Model).session.watched != 812 {
		t.Errorf("it is not begun again: %+v", begun)
	}
}

func TestMarksOfChangesGoAway(t *testing.T) {
	m, _ := working(t)
	mine := watch{generation: m.generation, shell: 812, seen: make(chan sandbox.Xray)}
	changed := sampleXray(812)
	changed.Facts.NoNewPrivs = false
	m = pressed(with(m, seenMsg{watch: mine, xray: sampleXray(812)}), "f4", "f4")
	if m.settling {
		t.Error("the first X-ray changes something")
	}
	m = with(m, seenMsg{watch: mine, xray: changed})
	has(t, m, "• no_new_privs off")
	if !m.settling {
		t.Error("nobody looks at the marks again")
	}
	if next, cmd := m.Update(settleMsg{}); cmd == nil || !next.(Model).settling {
		t.Error("they are fresh still, and nobody looks again")
	}
}

func TestTheWheelScrollsTheXray(t *testing.T) {
	m, _ := working(t)
	m = with(m, seenMsg{watch: watch{generation: m.generation, shell: 812, seen: make(chan sandbox.Xray)}, xray: sampleXray(812)})
	r := m.layout.panes[xrayPane].body()
	turn := func(m Model, b tea.MouseButton) Model {
		return with(m, tea.MouseWheelMsg{X: r.x + 1, Y: r.y + 1, Button: b})
	}
	down := turn(m, tea.MouseWheelDown)
	if text(down) == text(m) {
		t.Error("the wheel does not scroll the X-ray")
	}
	if text(turn(down, tea.MouseWheelUp)) != text(m) {
		t.Error("and back does not lead back")
	}
}

func TestKeysOfTheXray(t *testing.T) {
	m, _ := working(t)
	m = with(m, seenMsg{watch: watch{generation: m.generation, shell: 812, seen: make(chan sandbox.Xray)}, xray: sampleXray(812)})
	m = pressed(m, "f4", "right")
	has(t, m, "▶ processes", "explain")
	m = pressed(m, "right", "e")
	has(t, m, "▶ namespaces", "Network interfaces, addresses, routes")
	if m = pressed(m, "e", "left"); strings.Contains(text(m), "Network interfaces, addresses") {
		t.Error("e does not take the explanations away")
	}
	has(t, m, "▶ processes")
}

func TestCopyPutsTheCommandOnTheClipboard(t *testing.T) {
	m := pressed(still(t, 80, 24), "enter")
	next, cmd := m.Update(press("y"))
	if cmd == nil {
		t.Fatal("y does nothing")
	}
	has(t, next.(Model), "copied")
	if got := cmd(); !strings.Contains(strings.TrimSpace(strings.ReplaceAll(stringOf(got), "\n", " ")), "ps -e -o pid,args") {
		t.Errorf("the clipboard gets %v", got)
	}
}

func TestMouse(t *testing.T) {
	m := pressed(still(t, 120, 36), "enter")
	in := func(p pane) (int, int) { r := m.layout.panes[p]; return r.x + 2, r.y + 2 }
	for _, p := range []pane{terminalPane, xrayPane, lessonPane} {
		x, y := in(p)
		if m = with(m, tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft}); m.focus != p {
			t.Errorf("a click on pane %d focuses %d", p, m.focus)
		}
	}
	if m = with(m, tea.MouseClickMsg{X: 15, Y: 0, Button: tea.MouseLeft}); m.focus != terminalPane {
		t.Errorf("a click on the terminal's tab focuses %d", m.focus)
	}
	x, y := in(lessonPane)
	small := pressed(still(t, 80, 24), "enter")
	if scrolled := with(small, tea.MouseWheelMsg{X: x, Y: y, Button: tea.MouseWheelDown}); text(scrolled) == text(small) {
		t.Error("the wheel does not scroll the lesson")
	}
	opened := with(still(t, 80, 24), tea.MouseClickMsg{X: 5, Y: 3, Button: tea.MouseLeft}, tea.MouseClickMsg{X: 5, Y: 3, Button: tea.MouseLeft})
	if opened.session == nil || opened.session.lesson.ID != "hang" {
		t.Error("a second click does not open the lesson")
	}
}

func TestLanguageSwitchesInPlace(t *testing.T) {
	m := pressed(still(t, 120, 36), "enter")
	m = with(m, startedMsg{generation: m.generation})
	verdict := play.Verdict{Lesson: "memory", Block: "list", Status: play.Passed, Source: sandbox.Text{EN: "terminal a", FR: "terminal a"}}
	m = pressed(with(m, verdictMsg{generation: m.generation, block: "list", verdict: verdict}), "l")
	has(t, m, "Leçon", "✓ réussi", "étape 1 sur 4", "Limiter la mémoire")
	if err := m.saver.write(); err != nil {
		t.Fatal(err)
	}
	m = pressed(with(m, savedMsg{state: m.saver.store.State()}), "m")
	has(t, m, "Cours", "commencée")
	if m = pressed(m, "l"); !strings.Contains(text(m), "begun") {
		t.Error("back in English, the lesson has not been begun")
	}
}

func TestThemeFollowsTheBackground(t *testing.T) {
	m := still(t, 80, 24)
	light := with(m, tea.BackgroundColorMsg{Color: ansi.BrightWhite})
	if light.theme.Dark || m.View().Content == light.View().Content {
		t.Error("a light background changes nothing")
	}
}

func TestTheLastLineAlwaysTellsTheWayOut(t *testing.T) {
	for _, width := range []int{80, 120, 200} {
		m := still(t, width, 24)
		for name, shown := range map[string]Model{"map": m, "lesson": pressed(m, "enter"), "xray": pressed(m, "enter", "f4")} {
			for _, lang := range []string{"en", "fr"} {
				if lang == "fr" {
					shown, _ = shown.toggleLanguage()
				}
				last := ansi.Strip(shown.lastLine())
				if !strings.Contains(last, " ? ") || !strings.Contains(last, " q ") {
					t.Errorf("%s at %d in %s: %q", name, width, lang, last)
				}
			}
		}
	}
}
