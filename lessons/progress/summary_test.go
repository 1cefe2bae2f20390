package progress

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var day = time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)

func minute(n int) time.Time { return day.Add(time.Duration(n) * time.Minute) }

func outline() []Outline {
	return []Outline{
		{Chapter: "kernel", Lesson: "a", Title: "A", Minutes: 10, Blocks: []string{"r", "q", "t", "u"}, Tasks: []string{"t", "u"}, Quizzes: []string{"q"}},
		{Chapter: "kernel", Lesson: "b", Title: "B", Minutes: 7, Blocks: []string{"r", "q", "t"}, Tasks: []string{"t"}, Quizzes: []string{"q"}},
		{Chapter: "docker", Lesson: "c", Title: "C", Minutes: 5},
	}
}

// marks are blocks that ended at the first try.
func marks(status string, blocks ...string) map[string]Mark {
	m := map[string]Mark{}
	for _, b := range blocks {
		m[b] = Mark{Status: status, Tries: 1}
	}
	return m
}

// totals is what a report adds up.
func totals(r Report) Report {
	r.Lessons = nil
	return r
}

func TestSummarise(t *testing.T) {
	doneA := Lesson{Begun: minute(1), Done: minute(9), Blocks: marks(Passed, "r", "q", "t", "u")}
	shownA := Lesson{Begun: minute(1), Done: minute(9), Blocks: map[string]Mark{
		"q": {Status: Passed, Tries: 2}, "t": {Status: Shown}, "u": {Status: Failed, Tries: 4}, "gone": {Status: Passed, Tries: 1},
	}}
	locked := outline()
	locked[0].Locked, locked[1].Locked = true, true
	tests := map[string]struct {
		outline []Outline
		state   State
		path    []string
		want    Report
	}{
		"nothing yet": {
			want: Report{Open: 3, Minutes: 22, Left: 22, Tasks: 3, Quizzes: 2, Next: "a"},
		},
		"a third of b": {
			state: State{Last: "b", Lessons: map[string]Lesson{"b": {Begun: minute(0), Blocks: marks(Passed, "q")}}},
			want:  Report{Begun: 1, Open: 2, Minutes: 22, Left: 20, Tasks: 3, Quizzes: 2, QuizzesFirst: 1, Next: "b", Started: minute(0)},
		},
		"all blocks, but not the end": {
			state: State{Last: "b", Lessons: map[string]Lesson{"b": {Begun: minute(0), Blocks: marks(Passed, "r", "q", "t")}}},
			want:  Report{Begun: 1, Open: 2, Minutes: 22, Left: 16, Tasks: 3, TasksPassed: 1, Quizzes: 2, QuizzesFirst: 1, Next: "b", Started: minute(0)},
		},
		"a done": {
			state: State{Last: "a", Lessons: map[string]Lesson{"a": doneA}},
			want:  Report{Done: 1, Open: 2, Minutes: 22, Left: 12, Tasks: 3, TasksPassed: 2, Quizzes: 2, QuizzesFirst: 1, Next: "b", Started: minute(1)},
		},
		"b done first: what comes after it is next, not the top": {
			state: State{Last: "b", Lessons: map[string]Lesson{"b": {Begun: minute(0), Done: minute(5)}}},
			want:  Report{Done: 1, Open: 2, Minutes: 22, Left: 15, Tasks: 3, Quizzes: 2, Next: "c", Started: minute(0)},
		},
		"c done first: round again from the top": {
			state: State{Last: "c", Lessons: map[string]Lesson{"c": {Begun: minute(0), Done: minute(5)}}},
			want:  Report{Done: 1, Open: 2, Minutes: 22, Left: 17, Tasks: 3, Quizzes: 2, Next: "a", Started: minute(0)},
		},
		"not at first try, and shown": {
			state: State{Last: "a", Lessons: map[string]Lesson{"a": shownA}},
			want:  Report{Done: 1, Open: 2, Minutes: 22, Left: 12, Tasks: 3, Quizzes: 2, Shown: 1, Next: "b", Started: minute(1)},
		},
		"last is done, another was begun": {
			state: State{Last: "a", Lessons: map[string]Lesson{"a": doneA, "c": {Begun: minute(3)}}},
			want:  Report{Done: 1, Begun: 1, Open: 1, Minutes: 22, Left: 12, Tasks: 3, TasksPassed: 2, Quizzes: 2, QuizzesFirst: 1, Next: "c", Started: minute(1)},
		},
		"what is locked is not next, and what is done stays done": {
			outline: locked,
			state:   State{Last: "b", Lessons: map[string]Lesson{"a": doneA, "b": {Begun: minute(0)}}},
			want:    Report{Done: 1, Open: 1, Locked: 1, Minutes: 22, Left: 5, Tasks: 3, TasksPassed: 2, Quizzes: 2, QuizzesFirst: 1, Next: "c", Started: minute(0)},
		},
		"a path, in its order": {
			path:  []string{"c", "gone", "a"},
			state: State{Last: "b", Lessons: map[string]Lesson{"b": {Begun: minute(0)}}},
			want:  Report{Open: 2, Minutes: 15, Left: 15, Tasks: 2, Quizzes: 1, Next: "c"},
		},
		"a path that is done": {
			path:  []string{"c", "a"},
			state: State{Lessons: map[string]Lesson{"a": doneA, "c": {Begun: minute(2), Done: minute(5)}}},
			want:  Report{Done: 2, Minutes: 15, Tasks: 2, TasksPassed: 2, Quizzes: 1, QuizzesFirst: 1, Started: minute(1), Finished: minute(9)},
		},
		"an empty path": {path: []string{}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if test.outline == nil {
				test.outline = outline()
			}
			if diff := cmp.Diff(test.want, totals(Summarise(test.outline, test.state, test.path))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSummariseLesson(t *testing.T) {
	l := Lesson{At: "t", Begun: minute(1), Blocks: map[string]Mark{
		"r": {Status: Skipped}, "q": {Status: Failed, Tries: 1}, "t": {Status: Passed, Tries: 2},
	}}
	want := LessonReport{
		Chapter: "kernel", Lesson: "a", Title: "A", Status: Begun, At: "t", Minutes: 10, Left: 5, Blocks: 4, Settled: 2,
		Tasks: 2, TasksPassed: 1, Quizzes: 1, Begun: minute(1),
	}
	got := Summarise(outline(), State{Lessons: map[string]Lesson{"a": l}}, []string{"a"})
	if diff := cmp.Diff([]LessonReport{want}, got.Lessons); diff != "" {
		t.Error(diff)
	}
}
