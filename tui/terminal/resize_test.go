package terminal

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestShrinkKeepsThePrompt(t *testing.T) {
	s := drained(t, 20, 10)
	for i := range 9 {
		s.write(fmt.Appendf(nil, "line %d\r\n", i))
	}
	s.write([]byte("$ 漢字 \x1b[31mtyped"))
	s.resize(20, 4)
	if got := s.text(); got != "line 6\nline 7\nline 8\n$ 漢字 typed" {
		t.Fatalf("after shrinking: %q", got)
	}
	if got := s.cursor(); got.X != 12 || got.Y != 3 {
		t.Errorf("cursor at %d,%d", got.X, got.Y)
	}
	if n := s.past.len(); n != 6 || plain(s.past.line(6)) != "line 0" || plain(s.past.line(1)) != "line 5" {
		t.Errorf("%d lines in the past", n)
	}
	s.write([]byte(" on"))
	s.resize(30, 10)
	s.write([]byte("\r\nnext"))
	if got := s.text(); got != "line 6\nline 7\nline 8\n$ 漢字 typed on\nnext" {
		t.Errorf("after growing: %q", got)
	}
	if view := modelOn(s).View(); !strings.Contains(view, "\x1b[31mtyped on") {
		t.Errorf("the colour is lost: %q", view)
	}
}

// TestShrinkWithRoomBelow keeps everything when the rows that go are blank.
func TestShrinkWithRoomBelow(t *testing.T) {
	s := drained(t, 20, 10)
	s.write([]byte("one\r\n$ "))
	s.resize(20, 3)
	if got := s.text(); got != "one\n$" || s.past.len() != 0 {
		t.Errorf("%q, %d in the past", got, s.past.len())
	}
}

// TestShrinkUnderAFullScreenProgram shrinks while an editor runs: the screen
// below has its prompt when the editor ends, and the editor's is cut.
func TestShrinkUnderAFullScreenProgram(t *testing.T) {
	s := drained(t, 20, 10)
	for i := range 9 {
		s.write(fmt.Appendf(nil, "line %d\r\n", i))
	}
	s.write([]byte("$ vi"))
	s.write([]byte("\x1b[?1049h\x1b[H\x1b[32mfirst\x1b[10;1Hlast\x1b[2;3H\x1b[?25l\x1b[")) // in the middle of a sequence
	s.resize(16, 5)
	if got := s.text(); got != "first" {
		t.Errorf("the editor's screen: %q", got)
	}
	if s.cursor() != nil || !s.alt() {
		t.Error("the editor's modes are lost")
	}
	s.write([]byte("1Cgreen\x1b[?25h"))
	if got := s.text(); got != "first\n   green" {
		t.Errorf("the editor goes on: %q", got)
	}
	if view := modelOn(s).View(); !strings.Contains(view, "\x1b[32mgreen") {
		t.Errorf("the editor's colour is lost: %q", view)
	}
	s.write([]byte("\x1b[?1049l\r\n$ "))
	if got := s.text(); got != "line 6\nline 7\nline 8\n$ vi\n$" {
		t.Errorf("after the editor: %q", got)
	}
	checkView(t, modelOn(s))
}

// TestRenderOnlyWhatChanged holds the rows rendered bit by bit to those
// rendered afresh.
func TestRenderOnlyWhatChanged(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 5))
	s := drained(t, 30, 8)
	for i := range 3000 {
		p := sequence(r)
		s.write([]byte(p))
		if i%97 == 0 {
			s.resize(1+r.IntN(50), 1+r.IntN(12))
		}
		got := strings.Join(s.render(), "\n")
		s.stale = true
		if want := strings.Join(s.render(), "\n"); got != want {
			t.Fatalf("after %q: got %q, want %q", p, got, want)
		}
	}
}

// TestScrollAhead holds what is shown and kept to what an emulator that never
// scrolls ahead shows.
func TestScrollAhead(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 9))
	fast, slow := drained(t, 20, 6), drained(t, 20, 6)
	pieces := []string{
		"\r\n", "\r\n", "\r\n", "\n", "\n", "word", "word and word", "a line that is too long for it", "漢字", "\t", "\r",
		"\x1b[31m", "\x1b[m", "\x1b[K", "\x1b[44m", "\x1b[49m", "\x1b[38;5;0;44m", "\x1b[7m", "\x1b]0;t\x07", "\x1b]133;A\x1b\\",
		"\x1b[A", "\x1b[H", "\x1b[2;5r", "\x1b[r", "\x1b7", "\x1b8", "\x1b[J", "\x1b[6;1H", "\x1b[?1049h", "\x1b[?1049l", "\x1bM", "\x1b(0", "\x1b(B",
	}
	for i := range 2000 {
		var b strings.Builder
		for range 1 + r.IntN(60) {
			n := len(pieces)
			if r.IntN(4) > 0 {
				n = 18 // mostly those that scroll
			}
			b.WriteString(pieces[r.IntN(n)])
		}
		fast.write([]byte(b.String()))
		slow.feed.most = 0
		slow.write([]byte(b.String()))
		if got, want := strings.Join(fast.render(), "\n"), strings.Join(slow.render(), "\n"); got != want {
			t.Fatalf("round %d, %q:\ngot  %q\nwant %q", i, b.String(), got, want)
		}
		if got, want := fast.emu, slow.emu; got.CursorPosition() != want.CursorPosition() {
			t.Fatalf("round %d: cursor at %v, want %v", i, got.CursorPosition(), want.CursorPosition())
		}
		if fast.past.len() != slow.past.len() {
			t.Fatalf("round %d: %d lines in the past, want %d", i, fast.past.len(), slow.past.len())
		}
		for back := 1; back <= min(200, fast.past.len()); back++ {
			if got, want := fast.past.line(back), slow.past.line(back); got != want {
				t.Fatalf("round %d: past %q, want %q", i, got, want)
			}
		}
	}
}
