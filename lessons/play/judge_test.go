package play

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"cloison/lessons"
	"cloison/sandbox"
)

func TestJudge(t *testing.T) {
	out := func(exit int, output string) sandbox.Outcome { return sandbox.Outcome{Exit: exit, Output: output} }
	for name, test := range map[string]struct {
		run     lessons.RunBlock
		outcome sandbox.Outcome
		err     error
		want    Status
		reason  string // in English
	}{
		"exit 0 is the default":      {lessons.RunBlock{}, out(0, ""), nil, Passed, ""},
		"another exit":               {lessons.RunBlock{}, out(1, ""), nil, Failed, "exit status 1 instead of 0"},
		"the exit that is expected":  {lessons.RunBlock{Exit: 137}, out(137, "Killed"), nil, Passed, ""},
		"any exit":                   {lessons.RunBlock{Exit: lessons.AnyExit}, out(7, ""), nil, Passed, ""},
		"lines are matched":          {lessons.RunBlock{Expect: []string{"^b$"}}, out(0, "a\r\nb  \r\nc\r\n"), nil, Passed, ""},
		"every expect must match":    {lessons.RunBlock{Expect: []string{"a", "d"}}, out(0, "a\nb"), nil, Failed, "the output does not match /d/"},
		"over lines only if asked":   {lessons.RunBlock{Expect: []string{"a.b"}}, out(0, "a\nb"), nil, Failed, "the output does not match /a.b/"},
		"over lines when asked":      {lessons.RunBlock{Expect: []string{"(?s)a.b"}}, out(0, "a\nb"), nil, Passed, ""},
		"empty lines at the end":     {lessons.RunBlock{Expect: []string{`b\z`}}, out(0, "a\nb\n\n"), nil, Passed, ""},
		"reject":                     {lessons.RunBlock{Reject: []string{"^b$"}}, out(0, "a\nb"), nil, Failed, "the output matches /^b$/"},
		"nothing to reject":          {lessons.RunBlock{Reject: []string{"^c$"}}, out(0, "a\nb"), nil, Passed, ""},
		"the exit is told first":     {lessons.RunBlock{Expect: []string{"x"}}, out(2, ""), nil, Failed, "exit status 2 instead of 0"},
		"denied-by changes nothing":  {lessons.RunBlock{DeniedBy: "seccomp"}, out(1, ""), nil, Failed, "exit status 1 instead of 0"},
		"until, reached":             {lessons.RunBlock{Until: "# $"}, out(0, "hello\r\n# "), nil, Passed, ""},
		"until, ended before":        {lessons.RunBlock{Until: "# $"}, out(1, "no such file\n"), nil, Failed, "the command ended with status 1 before its output matched /# $/"},
		"until, and more":            {lessons.RunBlock{Until: "# $", Expect: []string{"hullo"}}, out(0, "hello\n# "), nil, Failed, "the output does not match /hullo/"},
		"no prompt":                  {lessons.RunBlock{Timeout: 10 * time.Second}, out(0, "so far"), context.DeadlineExceeded, Failed, "no prompt came back within 10s"},
		"no prompt, though it fits":  {lessons.RunBlock{Timeout: time.Second, Expect: []string{"so"}}, out(0, "so far"), fmt.Errorf("run: %w", context.DeadlineExceeded), Failed, "no prompt came back within 1s"},
		"until is never reached":     {lessons.RunBlock{Timeout: time.Second, Until: "#"}, out(0, ""), context.DeadlineExceeded, Failed, "the output did not match /#/ within 1s"},
		"the terminal is taken":      {lessons.RunBlock{Shell: "b"}, out(0, ""), sandbox.ErrBusy, Failed, "a program is still running in terminal b: end it first, for example with Ctrl-C or q"},
		"the shell is gone":          {lessons.RunBlock{Shell: "b"}, out(0, ""), sandbox.ErrEnded, Failed, "the shell of terminal b has ended; the next command opens a new one"},
		"the command is half a word": {lessons.RunBlock{}, out(0, ""), sandbox.ErrUnfinished, Failed, "the shell waits for the rest of the command: a quote or a keyword is left open"},
	} {
		t.Run(name, func(t *testing.T) {
			v, err := Judge(test.run, test.outcome, test.err)
			if err != nil {
				t.Fatal(err)
			}
			if v.Status != test.want || v.Reason.EN != test.reason {
				t.Errorf("%s because %q, want %s because %q", v.Status, v.Reason.EN, test.want, test.reason)
			}
			if (v.Reason.EN == "") != (v.Reason.FR == "") || v.Reason.EN != "" && v.Reason.EN == v.Reason.FR {
				t.Errorf("the reason is not in both languages: %+v", v.Reason)
			}
		})
	}
}

func TestJudgeTellsAll(t *testing.T) {
	run := lessons.RunBlock{Shell: "a", Exit: 1, Expect: []string{"^no"}, Reject: []string{"yes"}}
	v, err := Judge(run, sandbox.Outcome{Exit: 1, Output: "no  \r\n\r\n"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"lesson":"","block":"","status":"passed","expected":[` +
		`{"en":"exit status 1","fr":"code de retour 1"},` +
		`{"en":"the output matches /^no/","fr":"la sortie correspond à /^no/"},` +
		`{"en":"the output does not match /yes/","fr":"la sortie ne correspond pas à /yes/"}],` +
		`"observed":"no","source":{"en":"terminal a, exit status 1","fr":"terminal a, code de retour 1"},"took_ns":0}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestJudgeReturnsWhatIsNoVerdict(t *testing.T) {
	broken := errors.New("the connection broke")
	if _, err := Judge(lessons.RunBlock{}, sandbox.Outcome{}, broken); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	for _, run := range []lessons.RunBlock{{Expect: []string{"("}}, {Reject: []string{"("}}, {Until: "("}} {
		if _, err := Judge(run, sandbox.Outcome{}, nil); err == nil || !strings.Contains(err.Error(), "pattern of the block") {
			t.Errorf("%+v: got %v", run, err)
		}
	}
}
