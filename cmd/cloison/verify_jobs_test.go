package main

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cloison/lessons"
)

func TestJobsFor(t *testing.T) {
	usual := min(runtime.NumCPU(), 4)
	for _, c := range []struct {
		asked   uint
		machine string
		want    int
		refused bool
	}{
		{0, localName, 1, false},
		{1, localName, 1, false},
		{2, localName, 0, true},
		{0, vmName, usual, false},
		{1, vmName, 1, false},
		{7, vmName, 7, false},
	} {
		got, err := jobsFor(c.asked, c.machine)
		if got != c.want || (err != nil) != c.refused || err != nil && exitCode(err) != exitUsage {
			t.Errorf("jobsFor(%d, %q) = %d, %v", c.asked, c.machine, got, err)
		}
	}
}

// TestVerifyTellsInOrder has the first lesson take longest.
func TestVerifyTellsInOrder(t *testing.T) {
	texts := map[string]string{}
	var want []string
	for i := range 6 {
		texts[fmt.Sprintf("%d0-lesson-%d", i+1, i)] = fmt.Sprintf("---\ntitle: Count\nminutes: 5\n---\n```sh {run id=one}\nsleep 0.%d\n```\n", 6-i)
		want = append(want, fmt.Sprintf("lesson-%d", i))
	}
	var got []string
	err := inEnglish.verifyEach(t.Context(), &plainMachine{}, readCourse(t, texts).Lessons(), 3, func(p played) {
		got = append(got, p.lesson.ID)
	})
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
}

func TestSlowestAreNamedOfMany(t *testing.T) {
	var all []played
	for i := range slow + 1 {
		all = append(all, played{lesson: &lessons.Lesson{ID: fmt.Sprintf("l%d", i)}, took: time.Duration(i) * time.Second})
	}
	var out strings.Builder
	inEnglish.printSlowest(&out, all[:slow], 0)
	if out.String() != "" {
		t.Errorf("of ten: %q", out.String())
	}
	inEnglish.printSlowest(&out, all, 90*time.Second)
	if got := out.String(); !strings.HasPrefix(got, "slowest: l10 10.0s, l9 9.0s, ") || strings.Contains(got, "l0 ") || !strings.HasSuffix(got, "11 lessons, 1m30s\n") {
		t.Error(got)
	}
}

func TestNeeding(t *testing.T) {
	all := readCourse(t, map[string]string{"10-good": goodLesson, "20-bad": badLesson, "30-locked": lockedLesson}).Lessons()
	for need, want := range map[string]int{"": 3, "docker": 1, "apparmor": 1, "runc": 0} {
		if got := len(needing(all, need)); got != want {
			t.Errorf("%d need %q, want %d", got, need, want)
		}
	}
}

func TestSharded(t *testing.T) {
	var all []*lessons.Lesson
	for _, id := range strings.Fields("a b c d e") {
		all = append(all, &lessons.Lesson{ID: id})
	}
	for shard, want := range map[string]string{"": "abcde", "1/1": "abcde", "1/2": "ace", "2/2": "bd", "3/3": "c", "0/2": "-", "3/2": "-", "1": "-", "x/y": "-"} {
		some, err := sharded(all, shard)
		got := ""
		for _, l := range some {
			got += l.ID
		}
		if err != nil {
			got = "-"
		}
		if got != want {
			t.Errorf("%q: %s, want %s", shard, got, want)
		}
	}
}

// TestVerifyAgain plays a lesson that passes from the second time on, and one
// that never does.
func TestVerifyAgain(t *testing.T) {
	flag := filepath.Join(t.TempDir(), "second")
	texts := map[string]string{
		"10-late":  "---\ntitle: Late\nminutes: 5\n---\n```sh {run id=one}\n[ -e " + flag + " ] || { touch " + flag + "; false; }\n```\n",
		"20-never": "---\ntitle: Never\nminutes: 5\n---\n```sh {run id=one}\nfalse\n```\n",
	}
	var out strings.Builder
	err := inEnglish.verifyOn(t.Context(), &out, &plainMachine{}, readCourse(t, texts).Lessons(), verifying{jobs: 1, retry: true})
	text := out.String()
	if exitCode(err) != exitFailed || !strings.Contains(text, "again late\nok    late") || !strings.Contains(text, "again never\nFAIL  never") || !strings.HasSuffix(text, "1 passed, 1 failed, 0 skipped\n") {
		t.Errorf("%v\n%s", err, text)
	}
}
