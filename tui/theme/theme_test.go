package theme

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

func TestFitIsExact(t *testing.T) {
	for _, c := range []struct {
		in    string
		width int
		want  string
	}{
		{"abc", 5, "abc  "},
		{"abcdef", 4, "abc…"},
		{"é漢字", 4, "é漢…"},
		{"abc", 0, ""},
		{"abc", -3, ""},
	} {
		if got := Fit(c.in, c.width); got != c.want {
			t.Errorf("Fit(%q, %d) = %q, want %q", c.in, c.width, got, c.want)
		}
	}
}

func TestBlockIsARectangle(t *testing.T) {
	got := Block([]string{"one", "\x1b[31mtwo and more\x1b[m", "three"}, 6, 2)
	want := "one   \ntwo a…"
	if plain := ansi.Strip(got); plain != want {
		t.Errorf("Block = %q, want %q", plain, want)
	}
	if got := Block(nil, 3, -1); got != "" {
		t.Errorf("a block without height = %q", got)
	}
}

func TestEndsKeepsTheLeft(t *testing.T) {
	for width, want := range map[int]string{
		12: "left   right",
		9:  "left rig…",
		4:  "left",
		2:  "l…",
	} {
		if got := Ends("left", "right", width); got != want {
			t.Errorf("Ends at %d = %q, want %q", width, got, want)
		}
	}
}

func TestHeadingShowsFocusWithoutColour(t *testing.T) {
	th := New(true)
	for width := range 40 {
		for _, focused := range []bool{false, true} {
			line := ansi.Strip(th.Heading("Lesson", "1 of 3", width, focused))
			if got := ansi.StringWidth(line); got != width {
				t.Errorf("a heading of %d cells has %d: %q", width, got, line)
			}
			if width > 12 && strings.Contains(line, "▶") != focused {
				t.Errorf("focused=%v: %q", focused, line)
			}
		}
	}
}

func TestDarkAndLightDiffer(t *testing.T) {
	dark, light := New(true), New(false)
	if dark.Accent.Render("x") == light.Accent.Render("x") {
		t.Error("the accent is the same on dark and on light")
	}
}

// Lines of several panes are set side by side: a style that goes on over a break
// must end with its line and begin again with the next.
func TestWrappedLinesKeepTheirStyle(t *testing.T) {
	lines := Wrap(New(true).Accent.Render("one two three")+" four", 5)
	if len(lines) < 3 {
		t.Fatalf("not broken: %q", lines)
	}
	for i, line := range lines[:3] {
		if !strings.HasPrefix(line, "\x1b[") || !strings.HasSuffix(line, "m") {
			t.Errorf("line %d begins or ends without its style: %q", i, line)
		}
	}
	if last := lines[len(lines)-1]; strings.Contains(last, "\x1b[1") {
		t.Errorf("the style runs on: %q", last)
	}
}

func TestWrapBreaksAtSpacesAlone(t *testing.T) {
	command := "docker exec bank sh -c 'ls -ln /d' --src-tls-verify=false"
	for width := 1; width <= len(command); width++ {
		lines := Wrap(command, width)
		for _, line := range lines {
			if got := ansi.StringWidth(line); got > width {
				t.Errorf("at %d cells a line has %d: %q", width, got, line)
			}
		}
		if width < len("--src-tls-verify=false") {
			continue
		}
		if got := strings.Join(lines, " "); got != command {
			t.Errorf("Wrap at %d says %q", width, got)
		}
	}
}
