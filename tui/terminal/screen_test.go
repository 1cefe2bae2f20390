package terminal

import (
	"io"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// drained is a screen whose answers to queries are read and dropped.
func drained(t testing.TB, cols, rows int) *screen {
	s := newScreen(cols, rows)
	done := make(chan struct{})
	go func() { _, _ = io.Copy(io.Discard, s.answers()); close(done) }()
	t.Cleanup(func() { s.close(); <-done })
	return s
}

// model is a Model on s that shows it and cannot type.
func modelOn(s *screen) Model { return Model{screen: s, cache: &cache{}} }

// checkView fails unless every line of the view is as wide as the screen.
func checkView(t *testing.T, m Model) {
	t.Helper()
	lines := strings.Split(m.View(), "\n")
	if len(lines) != m.screen.rows() {
		t.Fatalf("view has %d lines, want %d", len(lines), m.screen.rows())
	}
	for i, line := range lines {
		if w := ansi.StringWidth(line); w != m.screen.cols() {
			t.Errorf("line %d is %d columns wide, want %d: %q", i, w, m.screen.cols(), line)
		}
	}
}

// FuzzScreen feeds anything in pieces of any size, resizing in between: no
// panic, and the view keeps its size.
func FuzzScreen(f *testing.F) {
	f.Add([]byte("plain\r\ntext"), byte(3), byte(40), byte(10))
	f.Add([]byte("\x1b[1;500r\x1b[999S\x1b[500;1H\n\n\x1b[2147483647b"), byte(5), byte(9), byte(3))
	f.Add([]byte("\x1b[?69h\x1b[5;999s\x1b[?6h\x1b[9L\x1b[?1049h\x1b[3J\x1b7"), byte(2), byte(20), byte(6))
	f.Add([]byte("漢字e\u0301\u200d👩‍👧\x1b]0;a;b\x07\x1bPq\x1b\\\xc3"), byte(1), byte(3), byte(2))
	f.Add([]byte("\x1b[c\x1b[6n\x1b]10;?\x07\x1b]11;?\x1b\\\x1b[?1;2c\x9b\x9d\x90\xff\x00"), byte(7), byte(80), byte(24))
	f.Fuzz(func(t *testing.T, data []byte, step, cols, rows byte) {
		s := drained(t, 20, 8)
		m := modelOn(s)
		for i, n := 0, 1+int(step); i < len(data); i += n {
			s.write(data[i:min(len(data), i+n)])
			if i/n%3 == 1 {
				s.resize(1+int(cols)%100, 1+int(rows)%40)
			} else if i/n%3 == 2 {
				s.resize(20, 8)
			}
			m.cache.drop()
			checkView(t, m)
		}
	})
}

func TestWideCharacters(t *testing.T) {
	for in, want := range map[string]string{
		"漢字ab":               "漢字\nab",
		"a漢字b":               "a漢\n字b",
		"abc漢":               "abc\n漢",
		"abcd漢":              "abcd\n漢",
		"漢字\r\nb":            "漢字\nb",
		"漢字\rx":              "x 字",
		"漢字\x1b[Hx":          "x 字",
		"漢字漢字漢字漢字z":          "漢字\n漢字\nz",
		"\x1b[?7l漢字ab":       "漢 b",
		"e\u0301x":           "e\u0301x",
		"漢\u3099字x":          "漢\u3099字\nx",
		"ab👩\u200d👧y":        "ab👩\u200d👧\ny",
		"👍🏽👍🏽z":              "👍🏽👍🏽\nz",
		"\x1b[31m漢字\x1b[mab": "漢字\nab",
	} {
		for _, n := range []int{1, 2, 3, 5, 100} { // in pieces of n bytes
			if n < 100 && strings.ContainsAny(in, "\u0301\u3099\u200d🏽") {
				continue // the emulator joins characters within one piece only
			}
			s := drained(t, 4, 3)
			for i := 0; i < len(in); i += n {
				s.write([]byte(in[i:min(len(in), i+n)]))
			}
			if got := s.text(); got != want {
				t.Errorf("%q in pieces of %d: got %q, want %q", in, n, got, want)
			}
			checkView(t, modelOn(s))
		}
	}
}
