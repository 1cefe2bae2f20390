package plain

import (
	"strings"
	"testing"

	"cloison/lessons"
	"cloison/lessons/progress"
	"cloison/sandbox"
)

func builtinList(t *testing.T, s progress.State) list {
	t.Helper()
	course, problems := lessons.Load(lessons.Builtin())
	if lessons.Broken(problems) {
		t.Fatal(problems)
	}
	return newList(course, sandbox.About{Root: true}, s)
}

// A long course is not read out whole unless that is asked for.
func TestALongCourseIsToldShortly(t *testing.T) {
	l := builtinList(t, progress.State{})
	for _, lang := range []sandbox.Lang{sandbox.English, sandbox.French} {
		v := voice{lang: lang, width: 72}
		if short := l.short(v); strings.Count(short, "\n") > 2 {
			t.Errorf("%s: told at length:\n%s", lang, short)
		}
		whole := unbroken(l.text(v))
		for _, lesson := range l.course.Lessons() {
			if !strings.Contains(whole, unbroken(titleIn(lesson.Title, lang))) {
				t.Errorf("%s: the list leaves out %s", lang, lesson.ID)
			}
		}
	}
}

func TestFindALesson(t *testing.T) {
	l := builtinList(t, progress.State{})
	last := len(l.course.Lessons())
	for said, want := range map[string]int{"1": 1, "proc-ns": l.number("proc-ns"), "Proc-NS": l.number("proc-ns"), "0": 0, "-1": 0, "": 0, "nothing": 0} {
		lesson, ok := l.find(said)
		if ok != (want > 0) || ok && l.number(lesson.ID) != want {
			t.Errorf("%q finds %v, %v; want %d", said, lesson, ok, want)
		}
	}
	if _, ok := l.find(strings.Repeat("9", 30)); ok || last == 0 {
		t.Error("a lesson far beyond the last is found")
	}
}

// Enter goes on where the learner was, or with what comes next.
func TestGoOn(t *testing.T) {
	v := voice{lang: sandbox.English, width: 500}
	begun := progress.Lesson{Begun: someday}
	for name, test := range map[string]struct {
		state progress.State
		want  string
	}{
		"at first": {progress.State{}, "Enter opens lesson 1, “"},
		"begun":    {progress.State{Last: "proc-ns", Lessons: map[string]progress.Lesson{"proc-ns": begun, "nsenter": begun}}, "You stopped in lesson"},
		"first is done": {progress.State{Last: "container-is-a-process", Lessons: map[string]progress.Lesson{
			"container-is-a-process": {Begun: someday, Done: someday},
		}}, "Enter opens lesson 2, “"},
	} {
		l := builtinList(t, test.state)
		if got := l.goOn(v); !strings.HasPrefix(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
	all := progress.State{Lessons: map[string]progress.Lesson{}}
	for _, lesson := range builtinList(t, progress.State{}).course.Lessons() {
		all.Lessons[lesson.ID] = progress.Lesson{Begun: someday, Done: someday}
	}
	if got := builtinList(t, all).goOn(v); !strings.HasPrefix(got, "A lesson’s number opens it.") {
		t.Errorf("when all is done: %q", got)
	}
}
