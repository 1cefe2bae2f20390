package terminal

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

func TestTypingKeepsItsOrder(t *testing.T) {
	shell := newFakeShell()
	m := newTestModel(t, shell)
	var want strings.Builder
	for i := range 3000 {
		word := fmt.Sprintf("%d ", i)
		want.WriteString(word)
		m = press(m, word)
		if i%10 == 0 {
			m, _ = m.Update(tea.PasteMsg{Content: "<p>"})
			want.WriteString("<p>")
		}
	}
	eventually(t, "everything typed arrives", func() bool { return len(shell.typed()) >= want.Len() })
	if shell.typed() != want.String() {
		t.Error("what was typed arrives in another order")
	}
}

func TestKeysNeedTheFocus(t *testing.T) {
	shell := newFakeShell()
	m := newTestModel(t, shell).SetFocus(false)
	m = press(m, "no")
	m, _ = m.Update(tea.PasteMsg{Content: "no"})
	if m.Cursor() != nil {
		t.Error("a cursor without the focus")
	}
	press(m.SetFocus(true), "yes")
	eventually(t, "a key arrives", func() bool { return shell.typed() != "" })
	eventually(t, "all keys arrive", func() bool { return shell.typed() == "yes" })
}

func TestQueriesAreAnswered(t *testing.T) {
	for query, want := range map[string]string{
		"\x1b[c":               "\x1b[?62;",
		"\x1b[5n":              "\x1b[0n",
		"ab\x1b[6n":            "\x1b[1;3R",
		"\x1b]10;?\x07":        "\x1b]10;rgb:",
		"\x1b]11;?\x1b\\":      "\x1b]11;rgb:",
		"\x1b[?2004h\x1b[c":    "\x1b[?62;",
		"\x1b[?2004$p":         "\x1b[?2004;2$y",
		"\x1b]52;c;?\x07\x1bc": "",
	} {
		shell := newFakeShell()
		m := newTestModel(t, shell)
		show(t, m, query)
		if want == "" {
			press(m, "!")
			want = "!"
		}
		eventually(t, fmt.Sprintf("an answer to %q", query), func() bool { return len(shell.typed()) >= len(want) })
		if got := shell.typed(); !strings.HasPrefix(got, want) {
			t.Errorf("%q answers %q, want %q", query, got, want)
		}
	}
}

// TestQueriesNeverBlock floods a terminal whose shell reads nothing.
func TestQueriesNeverBlock(t *testing.T) {
	shell := newFakeShell()
	shell.block = make(chan struct{})
	defer close(shell.block)
	m := newTestModel(t, shell)
	m = show(t, m, strings.Repeat("\x1b[c\x1b[6n\x1b]11;?\x07", 50_000))
	m = press(m, "x")
	m.writer.mu.Lock()
	defer m.writer.mu.Unlock()
	if n := len(m.writer.queue); n > maxAnswers+4<<10+1 {
		t.Errorf("%d bytes wait, want no more than about %d", n, maxAnswers)
	}
}

func TestPasteIsMarkedWhenAsked(t *testing.T) {
	shell := newFakeShell()
	m := newTestModel(t, shell)
	m, _ = m.Update(tea.PasteMsg{Content: "one\n"})
	m = show(t, m, "\x1b[?2004h")
	m.Update(tea.PasteMsg{Content: "two\n"})
	want := "one\r\x1b[200~two\r\x1b[201~"
	eventually(t, "both pastes arrive", func() bool { return len(shell.typed()) >= len(want) })
	if got := shell.typed(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestApplicationCursorKeys(t *testing.T) {
	shell := newFakeShell()
	m := show(t, newTestModel(t, shell), "\x1b[?1h")
	m, _ = m.Update(tea.KeyPressMsg{Code: tea.KeyUp})
	m = show(t, m, "\x1b[?1l")
	m, _ = m.Update(tea.KeyPressMsg{Code: tea.KeyUp})
	m = show(t, m, "\x1b[?1h\x1bc")
	m.Update(tea.KeyPressMsg{Code: tea.KeyUp})
	want := "\x1bOA\x1b[A\x1b[A"
	eventually(t, "three keys arrive", func() bool { return len(shell.typed()) >= len(want) })
	if got := shell.typed(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestScrollback(t *testing.T) {
	shell := newFakeShell()
	m := newTestModel(t, shell).SetSize(20, 5)
	for i := range 30 {
		m = show(t, m, fmt.Sprintf("line %d\r\n", i))
	}
	m = show(t, m, "$ ")
	if got := m.Text(); got != "line 26\nline 27\nline 28\nline 29\n$" {
		t.Fatalf("the present: %q", got)
	}
	up := tea.KeyPressMsg{Code: tea.KeyPgUp, Mod: tea.ModShift}
	m, _ = m.Update(up)
	if got := m.Text(); m.Back() != 4 || got != "line 22\nline 23\nline 24\nline 25\nline 26" {
		t.Fatalf("one page back is %d lines: %q", m.Back(), got)
	}
	if first, _, _ := strings.Cut(m.View(), "\n"); first != "line 22    ↑ 4 lines" {
		t.Errorf("the mark: %q", first)
	}
	checkView(t, m)
	if m.Cursor() != nil {
		t.Error("a cursor in the past")
	}
	m = show(t, m, "more\r\nand more\r\n")
	if got := m.Text(); m.Back() != 6 || !strings.HasPrefix(got, "line 22\n") {
		t.Errorf("output moves what is being read: back %d, %q", m.Back(), got)
	}
	m = m.Scroll(1000)
	if got := m.Text(); !strings.HasPrefix(got, "line 0\n") {
		t.Errorf("the beginning: %q", got)
	}
	m = press(m, "x")
	if m.Back() != 0 || m.Cursor() == nil {
		t.Error("typing does not bring back the present")
	}
	eventually(t, "the key arrives", func() bool { return shell.typed() == "x" })
}

func TestScrollbackIsBounded(t *testing.T) {
	m := newTestModel(t, newFakeShell()).SetSize(20, 5)
	m = show(t, m, strings.Repeat("old\r\n", 3000)).Scroll(2000)
	for i := range 20 {
		m = show(t, m, strings.Repeat(fmt.Sprintf("new %d\r\n", i), 1000))
	}
	if n := m.screen.past.len(); n != maxPast {
		t.Errorf("%d lines are kept, want %d", n, maxPast)
	}
	m = m.Scroll(1 << 20)
	if m.Back() != maxPast || !strings.HasPrefix(m.Text(), "new 9\n") || strings.Contains(m.Text(), "old") {
		t.Errorf("back %d: %q", m.Back(), m.Text())
	}
	m = show(t, m, "\x1b[3J")
	if m.Back() != 0 || m.screen.past.len() != 0 {
		t.Error("ED 3 does not clear the past")
	}
}

func TestWheel(t *testing.T) {
	shell := newFakeShell()
	m := newTestModel(t, shell).SetSize(20, 5)
	m = show(t, m, strings.Repeat("line\r\n", 20))
	up := tea.MouseWheelMsg{Button: tea.MouseWheelUp}
	if m = m.Mouse(up); m.Back() != wheelLines {
		t.Errorf("the wheel scrolls %d lines", m.Back())
	}
	m = m.Mouse(tea.MouseWheelMsg{Button: tea.MouseWheelDown})
	m = show(t, m, "\x1b[?1049h")
	m = m.Mouse(up)
	m = show(t, m, "\x1b[?1000h\x1b[?1006h").Mouse(up)
	m = m.Mouse(tea.MouseClickMsg{X: 19, Y: 4, Button: tea.MouseLeft})
	m = m.Mouse(tea.MouseClickMsg{X: 20, Y: 4, Button: tea.MouseLeft})
	m = show(t, m, "\x1b[?1000l\x1b[?1049l")
	if m = m.Mouse(up); m.Back() != wheelLines {
		t.Error("the wheel does not scroll again")
	}
	want := strings.Repeat("\x1b[A", wheelLines) + "\x1b[<64;1;1M" + "\x1b[<0;20;5M"
	eventually(t, "the wheel arrives", func() bool { return len(shell.typed()) >= len(want) })
	if got := shell.typed(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestStrangersAreDropped(t *testing.T) {
	shell := newFakeShell()
	m, other := newTestModel(t, shell), newTestModel(t, newFakeShell())
	got, cmd := m.Update(OutputMsg{ID: "a", Data: []byte("stale"), from: other.reader})
	if cmd != nil || got.Text() != "" {
		t.Errorf("a message of another terminal of this id shows %q", got.Text())
	}
}

func TestReadingInBatches(t *testing.T) {
	shell := newFakeShell()
	m := newTestModel(t, shell)
	sent := strings.Repeat("0123456789abcdef", 3*batch/16) + strings.Repeat("\n", 3*batchLines) + "the end"
	go func() {
		for rest := sent; rest != ""; {
			n := min(5000, len(rest))
			shell.out <- []byte(rest[:n])
			rest = rest[n:]
		}
		close(shell.out)
	}()
	var got strings.Builder
	for cmd := m.Init(); cmd != nil; {
		msg := cmd().(OutputMsg)
		if len(msg.Data) > batch || strings.Count(string(msg.Data), "\n") > batchLines {
			t.Errorf("a batch of %d bytes", len(msg.Data))
		}
		got.Write(msg.Data)
		m, cmd = m.Update(msg)
	}
	if got.String() != sent {
		t.Error("what is read is not what was sent")
	}
	if !m.Ended() || !strings.HasSuffix(m.Text(), "the end") {
		t.Errorf("ended: %v, %q", m.Ended(), m.Text())
	}
	if m.Cursor() != nil {
		t.Error("a cursor after the end")
	}
	press(m, "x")
	if shell.typed() != "" {
		t.Error("typing after the end")
	}
}

func TestSizesReachTheShell(t *testing.T) {
	shell := newFakeShell()
	m := newTestModel(t, shell).SetSize(80, 24)
	eventually(t, "the first size arrives", func() bool { return shell.resized() == "80x24" })
	m = m.SetSize(80, 24).SetSize(0, -3)
	eventually(t, "the second size arrives", func() bool { return shell.resized() == "80x24 1x1" })
	checkView(t, m)
}

func TestTitleIsTame(t *testing.T) {
	m := newTestModel(t, newFakeShell())
	for seq, want := range map[string]string{
		"\x1b]0;vi; a file\x07":                          "vi; a file",
		"\x1b]2;é\t\u009b31mred\u202e\x1b\\":             "é31mred",
		"\x1b]2;" + strings.Repeat("x", 9999) + "\x1b\\": strings.Repeat("x", maxTitle),
		"\x1b]2;\x07": "",
	} {
		if got := show(t, m, seq).Title(); got != want {
			t.Errorf("%q: got %q, want %q", seq, got, want)
		}
	}
}

// TestSilentSequences holds sequences that must show nothing and send nothing.
func TestSilentSequences(t *testing.T) {
	shell := newFakeShell()
	m := newTestModel(t, shell)
	m = show(t, m, "a\x1b]133;A;k=1\x07b\x1b]133;D;0\x1b\\c\x07\x1b]52;c;aGVsbG8=\x07d\x1b]52;c;?\x07e\x1b]8;;http://x\x07f\x1b]8;;\x07")
	if got := strings.TrimRight(strings.Split(m.View(), "\n")[0], " "); got != "abcdef" {
		t.Errorf("shows %q", got)
	}
	press(m, "!")
	eventually(t, "only the key arrives", func() bool { return shell.typed() == "!" })
}

func TestFocusIsReported(t *testing.T) {
	shell := newFakeShell()
	m := show(t, newTestModel(t, shell), "\x1b[?1004h")
	m.SetFocus(false).SetFocus(false).SetFocus(true)
	eventually(t, "one report each", func() bool { return shell.typed() == "\x1b[O\x1b[I" })
}

func TestCursor(t *testing.T) {
	m := newTestModel(t, newFakeShell())
	m = show(t, m, "ab\r\ncde\x1b[5 q")
	if c := m.Cursor(); c == nil || c.X != 3 || c.Y != 1 || c.Shape != tea.CursorBar || !c.Blink {
		t.Errorf("cursor %+v", c)
	}
	if c := show(t, m, "\x1b[?25l").Cursor(); c != nil {
		t.Errorf("hidden cursor %+v", c)
	}
}

// TestNothingIsLeftRunning opens and closes terminals, one with a shell that
// blocks, and counts goroutines.
func TestNothingIsLeftRunning(t *testing.T) {
	before := runtime.NumGoroutine()
	blocked := newFakeShell()
	blocked.block = make(chan struct{})
	for i := range 20 {
		shell := newFakeShell()
		if i == 7 {
			shell = blocked
		}
		m := New(context.Background(), shell, "a", Look{}).SetFocus(true)
		m = press(show(t, m, "\x1b[c"), "x")
		waited := make(chan tea.Msg)
		go func() { waited <- m.Init()() }()
		m.Close()
		if msg := <-waited; msg != nil {
			t.Errorf("a closed terminal reads %v", msg)
		}
		m.Close()
		show(t, press(m.SetSize(3, 3), "y"), "\x1b[c") // late messages do no harm
	}
	close(blocked.block)
	eventually(t, "all goroutines end", func() bool { return runtime.NumGoroutine() <= before })
}
