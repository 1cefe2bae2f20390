package shell

import (
	"strings"
	"testing"
)

func plain(out string) string {
	var g page
	new(scanner).scan([]byte(out), g.add)
	return g.text()
}

func TestPage(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"lines", "a\r\nb\r\n", "a\nb\n"},
		{"unfinished line", "a\r\nb", "a\nb"},
		{"colours", "\x1b[1;31mred\x1b[0m", "red"},
		{"progress", " 10%\r 50%\r100%\r\n", "100%\n"},
		{"shorter over longer", "loading\rdone\x1b[K\r\n", "done\n"},
		{"shorter without erasing", "loading\rdone\r\n", "doneing\n"},
		{"backspace", "abc\b\bX", "aXc"},
		{"backspace at the edge", "\b\ba", "a"},
		{"forward", "a\x1b[3Cb", "a   b"},
		{"column", "abc\x1b[2Gx", "axc"},
		{"erase to the beginning", "abc\x1b[1D\x1b[1K", "  c"},
		{"erase all", "abc\x1b[2Kd", "   d"},
		{"title", "\x1b]0;title\aa", "a"},
		{"tab", "a\tb", "a\tb"},
		{"blanks at the end", "a  \r\n", "a\n"},
		{"full screen leaves nothing", "a\r\n\x1b[?1049hvi\r\n~\x1b[?1049lb", "a\nb"},
		{"runes", "é\rè", "è"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := plain(c.in); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestPageJoinsCutRunes(t *testing.T) {
	var g page
	var s scanner
	for _, b := range []byte("é€\r\n") {
		s.scan([]byte{b}, g.add)
	}
	if got := g.text(); got != "é€\n" {
		t.Errorf("got %q", got)
	}
}

func TestPageBoundsWhatItKeeps(t *testing.T) {
	out := "first\r\n" + strings.Repeat("y\r\n", 3*maxRows) + "last\r\n"
	got := plain(out)
	if n := strings.Count(got, "\n"); n > maxRows+1 {
		t.Errorf("keeps %d lines", n)
	}
	for _, want := range []string{"first\n", "\nlast\n", " lines left out …]\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in what is kept", want)
		}
	}
}
