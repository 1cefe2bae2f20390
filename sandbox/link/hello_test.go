package link

import (
	"bytes"
	"strings"
	"testing"
)

// scan gives what a stream holds, as it would be cut when it came in pieces of
// that size.
func scan(stream []byte, piece int) (through []byte, lines []line, broken int) {
	var s scanner
	for len(stream) > 0 {
		n := min(piece, len(stream))
		for data := stream[:n]; len(data) > 0; {
			var t []byte
			var l *line
			var b bool
			t, data, l, b = s.next(data)
			through = append(through, t...)
			if b {
				broken++
			}
			if l != nil {
				lines = append(lines, *l)
			}
		}
		stream = stream[n:]
	}
	return through, lines, broken
}

func encoded(t testing.TB, l line) string {
	t.Helper()
	text, err := l.encode()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestScannerFindsLines(t *testing.T) {
	hello := NewHello()
	h := encoded(t, line{Hello: &hello})
	flipped := strings.Replace(h, `"nonce":"`, `"nonce":"f`, 1)
	for _, c := range []struct {
		name, stream string
		lines        int
		through      string
	}{
		{"alone", h, 1, mark},
		{"after stale bytes", "SSH-2.0\x01\x01clois\x00\xff" + h, 1, "SSH-2.0\x01\x01clois\x00\xff" + mark},
		{"after half a hello", h[:len(h)/2] + h, 1, mark + mark},
		{"after half a mark", mark[:5] + h, 1, mark[:5] + mark},
		{"twice", h + "between" + h, 2, mark + "between" + mark},
		{"a flipped byte", flipped, 0, mark},
		{"too long", mark + strings.Repeat("x", 2*longest) + "\n" + h, 1, ""},
		{"a newline alone", mark + "\n" + h, 1, mark + mark},
		{"none", "nothing \x01 here", 0, "nothing \x01 here"},
	} {
		for _, piece := range []int{1, 2, 3, 7, 64, 1 << 20} {
			through, lines, _ := scan([]byte(c.stream), piece)
			if len(lines) != c.lines {
				t.Errorf("%s, pieces of %d: %d lines", c.name, piece, len(lines))
			}
			for _, l := range lines {
				if l.Hello == nil || l.Hello.Nonce != hello.Nonce || !bytes.Equal(l.Hello.Entropy, hello.Entropy) {
					t.Errorf("%s: got %+v", c.name, l)
				}
			}
			if c.through != "" && string(through) != c.through {
				t.Errorf("%s, pieces of %d: through came %q", c.name, piece, through)
			}
		}
	}
}

// A key may end with the byte that begins a mark: it must not wait for the next.
func TestScannerHoldsNothingBack(t *testing.T) {
	var s scanner
	if through, _, _, _ := s.next([]byte("a\x01")); string(through) != "a\x01" {
		t.Errorf("through came %q", through)
	}
}

func TestHellosDiffer(t *testing.T) {
	a, b := NewHello(), NewHello()
	if a.Nonce == b.Nonce || a.MachineID == b.MachineID || bytes.Equal(a.Entropy, b.Entropy) {
		t.Error("two hellos share their random numbers")
	}
	if len(a.Entropy) != 64 || len(a.MachineID) != 32 {
		t.Errorf("%d bytes of entropy, a machine id of %d digits", len(a.Entropy), len(a.MachineID))
	}
}

// FuzzScanner holds the scanner to this: however the stream is cut, the same
// comes out, and a hello at its end is always found.
func FuzzScanner(f *testing.F) {
	hello := Hello{Nonce: "n"}
	h := encoded(f, line{Hello: &hello})
	f.Add([]byte(h), 3)
	f.Add([]byte(mark+mark[:4]), 1)
	f.Add([]byte(h[:30]+h+"\x01"), 9)
	f.Fuzz(func(t *testing.T, stream []byte, piece int) {
		if piece < 1 {
			piece = 1
		}
		whole, _, _ := scan(stream, len(stream)+1)
		pieces, _, _ := scan(stream, piece)
		if !bytes.Equal(whole, pieces) {
			t.Errorf("whole %q, in pieces %q", whole, pieces)
		}
		_, lines, _ := scan(append(bytes.Clone(stream), h...), piece)
		if len(lines) == 0 || lines[len(lines)-1].Hello == nil || lines[len(lines)-1].Hello.Nonce != "n" {
			t.Errorf("the hello after %q was not found", stream)
		}
	})
}
