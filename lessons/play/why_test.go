package play

import (
	"strings"
	"testing"

	"cloison/sandbox"
)

func TestQuestionScript(t *testing.T) {
	for name, c := range map[string]struct {
		q    question
		want string // the last line
	}{
		"a container":                {question{command: "cloison run --cap-drop ALL -- sh -c 'touch /f; chown 5 /f'", pid: 7}, `exec "$cloison" why --cap-drop ALL -- sh -c 'touch /f; chown 5 /f'`},
		"Docker's":                   {question{command: "docker run --rm image true", pid: 7}, `exec "$cloison" why -- docker run --rm image true`},
		"a command of the shell":     {question{command: "echo 'x' > /f", pid: 7, shell: "bash"}, `exec "$cloison" why --pid 7 -- bash -c 'echo '\''x'\'' > /f'`},
		"more than a container":      {question{command: "cloison run -- true; false", pid: 7, shell: "sh"}, `exec "$cloison" why --pid 7 -- sh -c 'cloison run -- true; false'`},
		"with the shell's variables": {question{command: "echo > $P", pid: 7, shell: "bash", exports: "declare -x P=\"/a b\"\ndeclare -rx Q=\"c\nd\"\n"}, `exec "$cloison" why --pid 7 -e P -e Q -- bash -c 'echo > $P'`},
		"with busybox's":             {question{command: "echo > $P", pid: 7, shell: "sh", exports: "export P='/a'\n"}, `exec "$cloison" why --pid 7 -e P -- sh -c 'echo > $P'`},
	} {
		lines := strings.Split(c.q.script(""), "\n")
		if got := lines[len(lines)-1]; got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
		if c.q.exports != "" && !strings.Contains(c.q.script(""), strings.TrimSpace(c.q.exports)) {
			t.Errorf("%s: the variables are not set:\n%s", name, c.q.script(""))
		}
	}
}

func TestBlame(t *testing.T) {
	const one = `{"ways": [[{"layer": "capabilities"}, {"layer": "seccomp"}], [{"layer": "userns"}]], "free": ""}`
	for name, c := range map[string]struct {
		layer  string
		o      sandbox.Outcome
		status Status
		reason string
	}{
		"the layer":         {"capabilities", sandbox.Outcome{Output: one}, Passed, ""},
		"the one behind it": {"seccomp", sandbox.Outcome{Output: one}, Passed, ""},
		"another way":       {"userns", sandbox.Outcome{Output: one}, Passed, ""},
		"another layer":     {"dac", sandbox.Outcome{Output: one}, Failed, "refused by capabilities+seccomp, userns, not by dac"},
		"no layer":          {"dac", sandbox.Outcome{Output: `{"ways": [], "free": "EINVAL"}`}, Failed, "not sure which layer refused: with everything relaxed that can be relaxed, it ends with EINVAL"},
		"no answer":         {"dac", sandbox.Outcome{Exit: 1, Output: "nothing refused"}, Failed, "cloison why has no answer"},
		"half an answer":    {"dac", sandbox.Outcome{Output: `{"ways": [`}, Failed, "cloison why has no answer"},
	} {
		v := blame(c.layer, c.o, true, Verdict{Status: Passed})
		if v.Status != c.status || v.Reason.EN != c.reason || len(v.Expected) != 1 {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

// TestNothingIsProvedWithoutRoot: what an ordinary user can't relax says
// nothing about the layer that a lesson names.
func TestNothingIsProvedWithoutRoot(t *testing.T) {
	none := sandbox.Outcome{Output: `{"ways": [], "free": "EPERM"}`}
	for root, want := range map[bool]Status{true: Failed, false: Passed} {
		if v := blame("userns", none, root, Verdict{Status: Passed}); v.Status != want {
			t.Errorf("root %v: %+v", root, v)
		}
	}
}
