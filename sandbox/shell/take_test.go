package shell

import (
	"regexp"
	"testing"
)

// The transcripts are what bash 5.2, dash 0.5.12 and busybox 1.35 write.
func TestTake(t *testing.T) {
	prompt := func(status string) string {
		return osc("D;"+status, "k") + osc("A", "k") + "\x1b[1m/tmp\x1b[0m $ "
	}
	const on, off = "\x1b[?2004h", "\x1b[?2004l\r"
	for _, c := range []struct {
		name     string
		typed    string
		readline bool
		until    string
		back     string
		want     string
		end      ending
		exit     int
	}{
		{
			name: "bash", typed: "false", readline: true,
			back: "false\r\n" + off + on + prompt("1"),
			end:  atPrompt, exit: 1,
		},
		{
			name: "bash shows its prompt again while we paste", typed: "echo one\nfalse", readline: true,
			back: "\x1b[7mecho one\x1b[27m\r\n\r\x1b[7mfalse\x1b[27m\x1b[A\r" + prompt("0") +
				"echo one\r\n\rfalse\r\n" + off + "one\r\n" + on + prompt("1"),
			want: "one\n", end: atPrompt, exit: 1,
		},
		{
			name: "output without a newline", typed: "printf x", readline: true,
			back: "printf x\r\n" + off + "x" + on + prompt("0"),
			want: "x", end: atPrompt,
		},
		{
			name: "a shell in the shell", typed: "sh", readline: true,
			back: "sh\r\n" + off + prompt("0"),
			end:  atPrompt,
		},
		{
			name: "dash", typed: "exit 3",
			back: "\x1b[1m/tmp\x1b[0m $ exit 3\r\n" + on + prompt("3"),
			end:  atPrompt, exit: 3,
		},
		{
			name: "busybox wraps the echo", typed: "echo xxxxxxxx",
			back: "$ echo xxx\r\r\nxxxxx\r\nxxxxxxxx\r\n" + prompt("0"),
			want: "xxxxxxxx\n", end: atPrompt,
		},
		{
			name: "a program's own marks are output", typed: "printf …", readline: true,
			back: "\r\n" + off + "\x1b]133;D;0\astill running",
			want: "still running", end: goingOn,
		},
		{
			name: "an open quote", typed: "echo '", readline: true,
			back: "echo '\r\n" + off + on + osc("P", "k") + "> ",
			end:  wantsMore,
		},
		{
			name: "until, and not by the echo", typed: "cat # ready", until: "(?m)ready$",
			back: "$ cat # ready\r\n",
			end:  goingOn,
		},
		{
			name: "until", typed: "cat # ready", until: "(?m)ready$",
			back: "$ cat # ready\r\nnow ready",
			want: "now ready", end: hasMatched,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			tk := &take{typed: c.typed, readline: c.readline}
			if c.until != "" {
				tk.until = regexp.MustCompile(c.until)
			}
			new(scanner).scan([]byte(c.back), func(p piece) { tk.add(p, p.read("k")) })
			tk.look()
			if got, _ := tk.output(); got != c.want || tk.end != c.end || tk.exit != c.exit {
				t.Errorf("got %q, ending %d, exit %d; want %q, %d, %d", got, tk.end, tk.exit, c.want, c.end, c.exit)
			}
		})
	}
}

func TestCutEcho(t *testing.T) {
	for _, c := range []struct {
		out, typed, want string
		found            bool
	}{
		{"ls\na\n", "ls", "a\n", true},
		{"$ ls -l\na\n", "ls -l", "a\n", true},
		{"$ ls\n", "ls", "", true},
		{"no echo\n", "secret", "no echo\n", false},
		{"$ ls", "ls", "$ ls", false},
		{"\nout\n", "", "out\n", true},
	} {
		got, found := cutEcho(c.out, c.typed)
		if got != c.want || found != c.found {
			t.Errorf("cutEcho(%q, %q) = %q, %v; want %q, %v", c.out, c.typed, got, found, c.want, c.found)
		}
	}
}

func TestInputs(t *testing.T) {
	paste := func(s string) string { return "\x1b[200~" + s + "\x1b[201~\r" }
	for _, c := range []struct {
		name             string
		text             string
		readline, marked bool
		want             []string
	}{
		{"one line into bash", "ls\n", true, true, []string{"ls\r"}},
		{"lines into bash", "a\nb\n", true, true, []string{paste("a\nb")}},
		{"a tab would complete", "a\tb", true, true, []string{paste("a\tb")}},
		{"lines into dash", "a\nb", false, true, []string{"a\r", "b\r"}},
		{"lines into an unmarked program", "a\nb", false, false, []string{"a\rb\r"}},
		{"DOS lines", "a\r\nb\r\n", false, true, []string{"a\r", "b\r"}},
		{"nothing", "", false, true, []string{"\r"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, in := range inputs(c.text, c.readline, c.marked) {
				got = append(got, in.keys)
			}
			if len(got) != len(c.want) {
				t.Fatalf("got %q, want %q", got, c.want)
			}
			for i := range got {
				if got[i] != c.want[i] {
					t.Errorf("got %q, want %q", got, c.want)
				}
			}
		})
	}
}

func TestSubmits(t *testing.T) {
	for keys, want := range map[string]bool{
		"ls":                         false,
		"ls\r":                       true,
		"\x1b[200~a\rb\x1b[201~":     false,
		"\x1b[200~a\rb\x1b[201~\r":   true,
		"\x1b[24;80R":                false,
		"\x1b[200~a paste without e": false,
	} {
		if got := submits([]byte(keys)); got != want {
			t.Errorf("submits(%q) = %v", keys, got)
		}
	}
}
