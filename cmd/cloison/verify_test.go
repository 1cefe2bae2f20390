package main

import (
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cloison/lessons"
	"cloison/lessons/play"
	"cloison/sandbox"
)

const (
	goodLesson = "---\ntitle: Count\nminutes: 5\nvars:\n  N: [3, 4]\n---\n" +
		"Some *prose* with {{N}}.\n\n" +
		"```sh {run id=count expect=\"^1$\" expect=\"^{{N}}$\"}\nseq {{N}}\n```\n" +
		"```quiz {id=q}\nHow many?\n- [ ] two\n- [x] {{N}}\nSee above.\n```\n" +
		"```note\nOnly for the trainer.\n```\n" +
		"```sh {run id=refused exit=1}\nfalse\n```\n"
	badLesson = "---\ntitle: Fail\nminutes: 5\n---\n" +
		"```sh {run id=wrong expect=\"^b$\"}\necho a\n```\n" +
		"```sh {run id=special needs=apparmor}\ntrue\n```\n" +
		"```sh {run id=right}\ntrue\n```\n"
	lockedLesson = "---\ntitle: Locked\nminutes: 5\nneeds: [docker]\n---\n" +
		"```sh {run id=one}\ntrue\n```\n```sh {run id=two}\ntrue\n```\n"
	liveLesson = "---\ntitle: Live\nminutes: 5\n---\n" +
		"```sh {run id=keep}\ncd /proc; it=kept\n```\n" +
		"```sh {run id=kept expect=\"^/proc kept$\"}\necho $PWD $it\n```\n" +
		"```sh {run id=other in=b reject=kept}\necho $it\n```\n" +
		"```sh {run id=endless timeout=1s}\necho tick; sleep 1000\n```\n" +
		"```sh {run id=after expect=\"^still here$\"}\necho still here\n```\n" +
		"```sh {run id=enter until=\"^your name: $\"}\nread -p \"your name: \" name; echo hello $name\n```\n" +
		"```sh {run id=answer expect=\"^hello kernel$\"}\nkernel\n```\n" +
		"```sh {run id=gone in=b}\nexit\n```\n" +
		"```sh {run id=back in=b expect=fresh}\necho fresh\n```\n"
	brokenLesson = "---\ntitle: Broken\nminutes: 5\nsetup: echo no space; exit 3\n---\n" +
		"```sh {run id=never}\ntrue\n```\n"
)

var lacks = map[string]sandbox.Lack{
	"docker":   {Why: sandbox.Text{EN: "no Docker", FR: "pas de Docker"}, Remedy: sandbox.Text{EN: "install it", FR: "installez-le"}},
	"apparmor": {Why: sandbox.Text{EN: "no AppArmor", FR: "pas d’AppArmor"}},
}

// inEnglish and inFrench are flags that do not look at the caller's locale.
var (
	inEnglish = &globals{langFlag: "en"}
	inFrench  = &globals{langFlag: "fr"}
)

func verifyText(t *testing.T, g *globals, texts map[string]string, asJSON bool) (string, int) {
	t.Helper()
	var out strings.Builder
	course := readCourse(t, texts)
	err := g.verifyOn(t.Context(), &out, &plainMachine{lacks: lacks}, course.Lessons(), verifying{jobs: 2, asJSON: asJSON})
	return regexp.MustCompile(`\d+\.\ds`).ReplaceAllString(out.String(), "0.0s"), exitCode(err)
}

func TestVerifyPasses(t *testing.T) {
	got, code := verifyText(t, inEnglish, map[string]string{"10-good": goodLesson}, false)
	want := "ok    good  2 of 2 blocks passed, 0.0s\n2 passed, 0 failed, 0 skipped\n"
	if diff := cmp.Diff(want, got); diff != "" || code != exitDone {
		t.Errorf("exit %d\n%s", code, diff)
	}
}

func TestVerifyTellsFailuresAndSkips(t *testing.T) {
	all := map[string]string{"10-good": goodLesson, "20-bad": badLesson, "30-locked": lockedLesson, "40-broken": brokenLesson}
	got, code := verifyText(t, inEnglish, all, false)
	want := `ok    good  2 of 2 blocks passed, 0.0s
FAIL  bad  1 of 3 blocks passed, 0.0s
      wrong: the output does not match /^b$/
        expected: exit status 0; the output matches /^b$/
        observed:
          a
        source: terminal a, exit status 0
skip  locked  0 of 2 blocks passed, 0.0s
FAIL  broken  0 of 1 block passed, 0.0s
      (lesson): run the setup of lesson broken: exit status 3
      no space
        expected: the lesson can be played
skip  no AppArmor
      bad/special
skip  no Docker
      locked/one locked/two
3 passed, 2 failed, 3 skipped
`
	if diff := cmp.Diff(want, got); diff != "" || code != exitFailed {
		t.Errorf("exit %d\n%s", code, diff)
	}
}

func TestVerifyInALiveShell(t *testing.T) {
	got, code := verifyText(t, inEnglish, map[string]string{"10-live": liveLesson}, false)
	want := `FAIL  live  7 of 9 blocks passed, 0.0s
      endless: no prompt came back within 1s
        expected: exit status 0
        observed:
          tick
        source: terminal a
      gone: the shell of terminal b has ended; the next command opens a new one
        expected: exit status 0
        observed:
          exit
        source: terminal b
7 passed, 2 failed, 0 skipped
`
	if diff := cmp.Diff(want, got); diff != "" || code != exitFailed {
		t.Errorf("exit %d\n%s", code, diff)
	}
}

func TestVerifyInFrench(t *testing.T) {
	got, _ := verifyText(t, inFrench, map[string]string{"20-bad": badLesson}, false)
	for _, want := range []string{"la sortie ne correspond pas à /^b$/", "attendu\u00a0: code de retour 0", "pas d’AppArmor", "\n1 passed, 1 failed, 1 skipped\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
}

func TestVerifyWhereNothingRuns(t *testing.T) {
	got, code := verifyText(t, inEnglish, map[string]string{"30-locked": lockedLesson}, false)
	if code != exitUnable || !strings.Contains(got, "0 passed, 0 failed, 2 skipped") {
		t.Errorf("exit %d\n%s", code, got)
	}
}

func TestVerifyJSON(t *testing.T) {
	got, code := verifyText(t, inEnglish, map[string]string{"20-bad": badLesson}, true)
	var v verification
	if err := json.Unmarshal([]byte(got), &v); err != nil {
		t.Fatalf("%v\n%s", err, got)
	}
	if code != exitFailed || v.Passed != 1 || v.Failed != 1 || v.Skipped != 1 || len(v.Verdicts) != 3 {
		t.Errorf("exit %d, %+v", code, v)
	}
	if first := v.Verdicts[0]; first.Block != "wrong" || first.Status != play.Failed || first.Observed != "a" {
		t.Errorf("got %+v", first)
	}
}

func TestChoose(t *testing.T) {
	course := readCourse(t, map[string]string{"10-good": goodLesson, "20-bad": badLesson})
	all, err := choose(course, nil)
	if err != nil || len(all) != 2 {
		t.Errorf("got %d lessons, %v", len(all), err)
	}
	one, err := choose(course, []string{"bad"})
	if err != nil || len(one) != 1 || one[0].ID != "bad" {
		t.Errorf("got %v, %v", one, err)
	}
	if _, err := choose(course, []string{"bad", "godo"}); exitCode(err) != exitUsage || !strings.Contains(err.Error(), "did you mean good?") {
		t.Errorf("got %v", err)
	}
}

func TestPlayLesson(t *testing.T) {
	course := readCourse(t, map[string]string{"10-good": goodLesson})
	var out strings.Builder
	if err := inEnglish.playLesson(t.Context(), &out, &plainMachine{}, course.Lessons()[0]); err != nil {
		t.Fatal(err)
	}
	n := play.Pick(course.Lessons()[0].Vars, seed)["N"]
	for _, want := range []string{
		"Count\n", "Some *prose* with " + n + ".", "\n  $ seq " + n + "\n  1\n  2\n",
		"  → ok: exit status 0; the output matches /^1$/; the output matches /^" + n + "$/\n",
		"Question: How many?", "- two", "Answer: " + n, "See above.", "  $ false\n  → ok: exit status 1\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "trainer") {
		t.Error("the trainer's note is shown")
	}
}

func TestPlayLessonThatFails(t *testing.T) {
	course := readCourse(t, map[string]string{"20-bad": badLesson, "30-locked": lockedLesson, "40-broken": brokenLesson})
	m := &plainMachine{lacks: lacks}
	for id, want := range map[string]struct {
		code int
		text string
	}{
		"bad":    {exitFailed, "  → FAIL: the output does not match /^b$/\n    expected: exit status 0; the output matches /^b$/\n    source: terminal a, exit status 0\n"},
		"locked": {exitUnable, "no Docker\ninstall it"},
		"broken": {exitFailed, "exit status 3\nno space"},
	} {
		var out strings.Builder
		l, _ := course.Lesson(id)
		err := inEnglish.playLesson(t.Context(), &out, m, l)
		if err == nil {
			t.Errorf("%s: no error", id)
			continue
		}
		if exitCode(err) != want.code || !strings.Contains(out.String()+err.Error(), want.text) {
			t.Errorf("%s: exit %d\n%s%v", id, exitCode(err), out.String(), err)
		}
	}
	if m.opened != 2 {
		t.Errorf("%d labs were opened, want none for the lesson that is locked", m.opened)
	}
}

func TestListOnMachine(t *testing.T) {
	course := readCourse(t, map[string]string{"10-good": goodLesson, "30-locked": lockedLesson})
	all := listed(course, sandbox.French, func(l *lessons.Lesson) (string, sandbox.Lack, bool) {
		return play.Missing(l, sandbox.About{Lacks: lacks})
	})
	var out strings.Builder
	inFrench.printList(&out, all)
	want := `The kernel
  good      5 min  prête        Count
  locked    5 min  verrouillée  Locked
      pas de Docker
      installez-le
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}

func TestListWithoutMachine(t *testing.T) {
	course := readCourse(t, map[string]string{"10-good": goodLesson, "20-bad": badLesson})
	all := listed(course, sandbox.English, refusal(errors.New("this computer is not disposable")))
	var out strings.Builder
	inEnglish.printList(&out, all)
	want := `The kernel
  good    5 min  locked  Count
  bad     5 min  locked  Fail

this computer is not disposable
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}

func TestNearest(t *testing.T) {
	names := []string{"proc-ns", "nsenter", "user-namespaces", "capabilities"}
	for word, want := range map[string]string{
		"nsentre": "nsenter", "user": "user-namespaces", "capabilites": "capabilities", "proc_ns": "proc-ns", "zebra": "", "": "",
	} {
		if got := nearest(word, names); got != want {
			t.Errorf("%q: got %q, want %q", word, got, want)
		}
	}
}

// Learners get different values of a lesson's variables: each can be verified.
func TestWithValue(t *testing.T) {
	l := &lessons.Lesson{ID: "x", Vars: []lessons.Var{{Name: "A", Values: []string{"1", "2", "3"}}, {Name: "B", Values: []string{"x", "y"}}, {Name: "C"}}}
	for n, want := range map[uint]string{1: "1x", 2: "2y", 3: "3x", 4: "1y"} {
		picked := play.Pick(withValue(l, n).Vars, 99)
		if got := picked["A"] + picked["B"]; got != want {
			t.Errorf("value %d: %s, want %s", n, got, want)
		}
	}
	if withValue(l, 0) != l || len(l.Vars[0].Values) != 3 {
		t.Error("the lesson itself is changed")
	}
}
