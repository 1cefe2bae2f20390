package shell

import "testing"

func TestRead(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     event
	}{
		{"our prompt", osc("D;0", "0a1b"), event{kind: prompted}},
		{"our prompt after a failure", osc("D;130", "0a1b"), event{kind: prompted, exit: 130}},
		{"our continuation", osc("P", "0a1b"), event{kind: continued}},
		{"no status", osc("D", "0a1b"), event{}},
		{"a prompt's beginning", osc("A", "0a1b"), event{}},
		{"a program's own mark", "\x1b]133;D;0\a", event{}},
		{"a mark with another key", osc("D;0", "ffff"), event{}},
		{"another OSC with our key", "\x1b]1337;D;0;k=0a1b\a", event{}},
		{"paste on", "\x1b[?2004h", event{kind: pasteOn}},
		{"paste off", "\x1b[?2004l", event{kind: pasteOff}},
		{"full screen", "\x1b[?1049h", event{kind: altOn}},
		{"full screen over", "\x1b[?1049l", event{kind: altOff}},
		{"another mode", "\x1b[?25h", event{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got event
			new(scanner).scan([]byte(c.in), func(p piece) { got = p.read("0a1b") })
			if got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}
