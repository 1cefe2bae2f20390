package plain

import (
	"strings"
	"testing"
	"time"
)

const aPrompt = "\x1b]133;D;0;k=abc\a\x1b]133;A;k=abc\a\x1b[1m~\x1b[0m $ \x1b[?2004h"

func TestUnderstood(t *testing.T) {
	for name, test := range map[string]struct {
		raw, echo string
		want      hearing
	}{
		"nothing":             {"", "", hearing{}},
		"output":              {"one\r\ntwo\r\n", "", hearing{text: "one\ntwo"}},
		"a prompt":            {"late\r\n" + aPrompt, "", hearing{text: "late", prompted: true}},
		"the echo":            {"answer\r\ngot answer\r\n", "answer", hearing{text: "got answer"}},
		"no echo":             {"got answer\r\n", "answer", hearing{text: "got answer"}},
		"only the echo":       {"answer\r\n", "answer", hearing{}},
		"a screenful":         {"\x1b[?1049h\x1b[2Jhello", "", hearing{text: "hello", screenful: true}},
		"a prompt without us": {"Password: ", "", hearing{text: "Password:"}},
	} {
		if got := understood([]byte(test.raw), test.echo); got != test.want {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
	}
}

func TestEarForgetsTyping(t *testing.T) {
	for name, test := range map[string]struct{ raw, want string }{
		"readline":    {"sleep 2\r\n\x1b[?2004l\rout", "out"},
		"no readline": {"sleep 2\r\nout", "out"},
		"nothing yet": {"sleep", "sleep"},
	} {
		e := &ear{raw: []byte(test.raw)}
		e.forgetTyping()
		if got := understood(e.raw, "").text; got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

// An ear keeps the end of what nobody asks for, and hears the end.
func TestEarKeepsTheEnd(t *testing.T) {
	shell := newFakeShell(nil)
	e := listen("a", shell)
	go func() {
		for range 20 {
			shell.out <- []byte(strings.Repeat("x", most/10) + "\r\n")
		}
		shell.out <- []byte("the end\r\n")
		close(shell.out)
	}()
	for deadline := time.Now().Add(10 * time.Second); !e.hasEnded(); {
		if time.Now().After(deadline) {
			t.Fatal("the end was not heard")
		}
		<-e.news
	}
	h := e.hear(t.Context(), time.Millisecond)
	if !strings.HasSuffix(h.text, "the end") || len(h.text) > most {
		t.Errorf("heard %d bytes, ending in %q", len(h.text), h.text[max(0, len(h.text)-20):])
	}
}
