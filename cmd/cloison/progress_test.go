package main

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cloison/lessons"
	"cloison/lessons/progress"
	"cloison/sandbox"
)

// someCourse has three lessons in two chapters.
func someCourse() *lessons.Course {
	lesson := func(chapter, id string) *lessons.Lesson {
		return &lessons.Lesson{ID: id, Chapter: chapter, Title: map[string]string{"en": strings.ToUpper(id)}, Minutes: 5}
	}
	return &lessons.Course{Chapters: []*lessons.Chapter{
		{ID: "x", Title: map[string]string{"en": "X"}, Lessons: []*lessons.Lesson{lesson("x", "a"), lesson("x", "b")}},
		{ID: "y", Title: map[string]string{"en": "Y"}, Lessons: []*lessons.Lesson{lesson("y", "c")}},
	}}
}

func TestProgressSaysWhyALessonIsLocked(t *testing.T) {
	course := someCourse()
	all := listed(course, sandbox.English, func(l *lessons.Lesson) (string, sandbox.Lack, bool) {
		return "cgroup", sandbox.Lack{Why: sandbox.Text{EN: "no " + l.ID}, Remedy: sandbox.Text{EN: "take it"}}, l.ID != "c"
	})
	done := progress.State{Lessons: map[string]progress.Lesson{"a": {Begun: time.Now(), Done: time.Now()}}}
	told := tellProgress(course, all, done, nil)
	var b strings.Builder
	(&globals{langFlag: "en"}).printProgress(&b, told)
	want := "X\n" +
		"  done    a            A\n" +
		"  locked  b            B\n      no b\n      take it\n" +
		"\nY\n" +
		"  open    c     5 min  C\n" +
		"\n1 of 3 lessons done\nAbout 5 min left\nLocked on this computer: 1\nGo on: cloison c\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}

// A machine that is refused as a whole hides nothing of what was done.
func TestProgressOnARefusedMachine(t *testing.T) {
	course := someCourse()
	told := tellProgress(course, listed(course, sandbox.English, refusal(io.EOF)), progress.State{}, nil)
	if told.Open != 3 || told.Locked != 0 || told.Next != "a" {
		t.Errorf("%+v", told.Report)
	}
}

func TestConfirmed(t *testing.T) {
	for answer, want := range map[string]bool{
		"y\n": true, "YES\r\n": true, "o\n": true, " oui ": true, "": false, "\n": false, "n\n": false, "yesterday\n": false,
	} {
		var asked strings.Builder
		if got := confirmed(strings.NewReader(answer), &asked, "Sure? "); got != want || !strings.HasPrefix(asked.String(), "Sure? ") {
			t.Errorf("%q: %v, asked %q", answer, got, asked.String())
		}
	}
}

func TestParsePath(t *testing.T) {
	tests := map[string]struct {
		text string
		want learningPath
	}{
		"nothing": {"", learningPath{}},
		"named": {
			"\ufeff\r\n#  Our path\r\n# of spring\r\n a # first\r\n\r\nb",
			learningPath{"Our path", []pathLine{{"a", 4}, {"b", 6}}},
		},
		"named late, and an empty comment": {"#\na\n## Ours\n", learningPath{"Ours", []pathLine{{"a", 2}}}},
		"a remark is no name":              {"a # first\n", learningPath{"", []pathLine{{"a", 1}}}},
	}
	for name, test := range tests {
		if diff := cmp.Diff(test.want, parsePath(test.text), cmp.AllowUnexported(learningPath{}, pathLine{})); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// A path that comes back to a chapter has it twice, and the course stays whole.
func TestNarrowed(t *testing.T) {
	course := someCourse()
	var got []string
	for _, c := range narrowed(course, []string{"b", "c", "gone", "a"}).Chapters {
		for _, l := range c.Lessons {
			got = append(got, c.Title["en"]+l.ID)
		}
	}
	if diff := cmp.Diff([]string{"Xb", "Yc", "Xa"}, got); diff != "" {
		t.Error(diff)
	}
	if n := len(course.Lessons()); n != 3 {
		t.Errorf("the course has %d lessons now", n)
	}
}

func TestDate(t *testing.T) {
	for lang, want := range map[string]string{"en": "1 August 2026", "fr": "1er août 2026"} {
		if got := (&globals{langFlag: lang}).date(time.Date(2026, 8, 1, 12, 0, 0, 0, time.Local)); got != want {
			t.Errorf("%s: %s", lang, got)
		}
	}
}
