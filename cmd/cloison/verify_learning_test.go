package main

import (
	"path/filepath"
	"strings"
	"testing"

	"cloison/lessons/play"
)

func TestTaskVerdict(t *testing.T) {
	passed, failed, unwell := play.Verdict{Status: play.Passed}, play.Verdict{Status: play.Failed}, play.Verdict{Status: play.Unwell}
	for name, test := range map[string]struct {
		before, after, again play.Verdict
		want                 play.Status
		reason               string
	}{
		"proven":               {failed, passed, failed, play.Passed, ""},
		"passes before":        {passed, passed, passed, play.Failed, "although nothing has been done"},
		"fails after":          {failed, failed, failed, play.Failed, "the check still fails"},
		"is not undone":        {failed, passed, passed, play.Failed, "on a fresh machine"},
		"unwell before":        {unwell, passed, failed, play.Unwell, ""},
		"unwell after":         {failed, unwell, failed, play.Unwell, ""},
		"unwell again":         {failed, passed, unwell, play.Unwell, ""},
		"the machine lacks it": {play.Verdict{Status: play.Skipped}, passed, passed, play.Skipped, ""},
	} {
		v := taskVerdict(test.before, test.after, test.again)
		if v.Status != test.want || !strings.Contains(v.Reason.EN, test.reason) {
			t.Errorf("%s: %s because %q, want %s because %q", name, v.Status, v.Reason.EN, test.want, test.reason)
		}
	}
}

// TestVerifyNoticesWhatIsLeftBehind has a solution that outlives its lab.
func TestVerifyNoticesWhatIsLeftBehind(t *testing.T) {
	mark := filepath.Join(t.TempDir(), "mark")
	lesson := "---\ntitle: Leave\nminutes: 5\ntasks:\n  leave: {check: \"[ -e " + mark + " ]\", solve: \"touch " + mark + "\"}\n---\n" +
		"```sh {run id=one}\ntrue\n```\n```task {id=leave}\nLeave a mark.\n```\n"
	got, code := verifyText(t, inEnglish, map[string]string{"10-leave": lesson}, false)
	if code != exitFailed || !strings.Contains(got, "FAIL  leave  1 of 1 block, 0 of 1 task passed") ||
		!strings.Contains(got, "leave: on a fresh machine, the check passes without the solution\n") {
		t.Errorf("exit %d\n%s", code, got)
	}
}
