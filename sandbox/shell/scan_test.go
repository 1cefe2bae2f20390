package shell

import (
	"fmt"
	"slices"
	"testing"
)

// describe scans the parts and tells each piece in one word; neighbouring text
// is joined, since where it is cut has no meaning.
func describe(parts ...[]byte) []string {
	var s scanner
	var all []string
	joins := false
	for _, part := range parts {
		s.scan(part, func(p piece) {
			if p.kind == printed && joins {
				all[len(all)-1] += string(p.text)
				return
			}
			joins = p.kind == printed
			all = append(all, tell(p))
		})
	}
	return all
}

func tell(p piece) string {
	switch p.kind {
	case printed:
		return "text " + string(p.text)
	case control:
		return fmt.Sprintf("control %#x", p.final)
	case sequence:
		return fmt.Sprintf("sequence %s %c", p.text, p.final)
	}
	return "command " + string(p.text)
}

func TestScan(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     []string
	}{
		{"text", "añb", []string{"text añb"}},
		{"lines", "a\r\nb", []string{"text a", "control 0xd", "control 0xa", "text b"}},
		{"colour", "\x1b[1;36mx\x1b[m", []string{"sequence 1;36 m", "text x", "sequence  m"}},
		{"private mode", "\x1b[?2004h", []string{"sequence ?2004 h"}},
		{"OSC ended by BEL", "\x1b]133;D;0\ax", []string{"command 133;D;0", "text x"}},
		{"OSC ended by ST", "\x1b]0;title\x1b\\x", []string{"command 0;title", "text x"}},
		{"empty OSC", "\x1b]\ax", []string{"command ", "text x"}},
		{"OSC cut short by another", "\x1b]junk\x1b]133;A\a", []string{"command 133;A"}},
		{"OSC cut short by a sequence", "\x1b]junk\x1b[Kx", []string{"sequence  K", "text x"}},
		{"OSC cancelled", "\x1b]junk\x18x", []string{"text x"}},
		{"device string passed over", "\x1bPq\a#1\x1b\\x", []string{"text x"}},
		{"character set", "\x1b(Bx", []string{"text x"}},
		{"keypad", "\x1b=x\x1b>", []string{"text x"}},
		{"control within a sequence", "\x1b[3\nA", []string{"control 0xa", "sequence 3 A"}},
		{"escape starts again", "\x1b\x1b[Kx", []string{"sequence  K", "text x"}},
		{"unfinished", "a\x1b[12", []string{"text a"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := describe([]byte(c.in)); !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestScanBoundsWhatItHolds(t *testing.T) {
	var s scanner
	s.scan([]byte("\x1b]"), nil)
	for range 100 {
		s.scan(make([]byte, 1000), nil)
	}
	if len(s.held) > longest {
		t.Errorf("holds %d bytes of an endless OSC", len(s.held))
	}
}

// FuzzSplit checks that it does not matter how the stream is cut.
func FuzzSplit(f *testing.F) {
	for _, seed := range []string{
		"plain é text\r\n",
		osc("D;1", "k") + "\x1b[1m/tmp\x1b[0m $ ",
		"\x1bP1$r0m\x1b\\\x1b]0;t\x1b\\\x1b(B\x1b[?1049h\x1b[2J",
		"\x1b]\x1b\x1b]x\x18\x1a\a\x1b",
	} {
		f.Add([]byte(seed), 3, 7)
	}
	f.Fuzz(func(t *testing.T, in []byte, a, b int) {
		i := abs(a) % (len(in) + 1)
		j := i + abs(b)%(len(in)-i+1)
		whole, cut := describe(in), describe(in[:i], in[i:j], in[j:])
		if !slices.Equal(whole, cut) {
			t.Errorf("%q cut at %d and %d:\ngot  %q\nwant %q", in, i, j, cut, whole)
		}
	})
}

func abs(n int) int {
	if n < 0 {
		return -(n + 1)
	}
	return n
}
