package terminal

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// TestRandomSequences writes well-formed but senseless control sequences, which
// random bytes seldom make, with resizes in between.
func TestRandomSequences(t *testing.T) {
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 1))
		s := drained(t, 40, 12)
		m := modelOn(s)
		var log []string
		for i := range 4000 {
			p, feed := sequence(r), s.feed
			log = append(log, p)
			s.write([]byte(p))
			if s.feed != feed {
				t.Fatalf("seed %d: the emulator panicked after %q", seed, log[max(0, len(log)-8):])
			}
			if i%50 == 0 {
				cols, rows := 1+r.IntN(60), 1+r.IntN(20)
				log = append(log, fmt.Sprint("resize ", cols, rows))
				s.resize(cols, rows)
				m.cache.drop()
				checkView(t, m)
			}
		}
	}
}

// TestPanicStartsAfresh makes the emulator panic, by an 8-bit tab stop outside
// the screen, and goes on.
func TestPanicStartsAfresh(t *testing.T) {
	s := drained(t, 60, 4)
	feed := s.feed
	s.write([]byte("past\r\n\n\n\n\x1b[55C\x1b7"))
	s.resize(10, 4)
	s.write([]byte("\x1b8\x88 more"))
	if s.feed == feed {
		t.Fatal("no panic: another way to make one is needed")
	}
	s.write([]byte("after"))
	if got := s.text(); got != "after" || s.past.len() == 0 {
		t.Errorf("%q, %d lines in the past", got, s.past.len())
	}
}

// sequence is one random piece of output.
func sequence(r *rand.Rand) string {
	const finals = "@ABCDEFGHIJKLMPSTXZ`abcdefghlmnqrstu"
	pick := func(s ...string) string { return s[r.IntN(len(s))] }
	number := func() string {
		return pick("", "0", "1", "2", "3", "7", fmt.Sprint(r.IntN(70)), "999", "2147483647", "99999999999999999999")
	}
	switch r.IntN(6) {
	case 0:
		return pick("text", "a", "漢字", "e\u0301", "\u0301", "👩‍👧", "\t", "\b\b", "\r\n", "\n\n\n", "\v", "\x0e", "\x0f", "\u0085", "\u009b")
	case 1:
		return "\x1b" + pick("7", "8", "D", "H", "M", "c", "E", "=", ">", "(0", ")B", "*A", "n", "o", "|", "}", "~", "N", "O", "#8")
	case 2:
		return "\x1b[?" + pick("1", "6", "7", "25", "47", "66", "69", "1000", "1003", "1006", "1047", "1048", "1049", "2004", "2048") + pick("h", "l")
	case 3:
		return "\x1b]" + pick("0;t\x07", "2;a;b\x1b\\", "8;;http://x\x07", "11;?\x07", "52;c;aGk=\x07", "133;A\x07", "7;file://x/\x07", "104\x07")
	}
	return "\x1b[" + pick("", "", "?", ">") + number() + pick("", ";"+number(), ";"+number()+":"+number()) + pick("", "", "", "$", " ") + string(finals[r.IntN(len(finals))])
}
