package tui

import (
	"slices"
	"testing"
	"time"

	"cloison/lessons/progress"
)

func TestTheOutlineNamesTasksAndQuestions(t *testing.T) {
	o := still(t, 80, 24).outline()[0]
	if !slices.Equal(o.Tasks, []string{"own"}) || !slices.Equal(o.Quizzes, []string{"which"}) || o.Title == "" {
		t.Errorf("the outline has %+v", o)
	}
}

// allDone is a state in which every lesson of the sample is done.
func allDone() progress.State {
	state := progress.State{Lessons: map[string]progress.Lesson{}}
	for _, id := range []string{"memory", "hang", "docker"} {
		state.Lessons[id] = progress.Lesson{Begun: time.Unix(1, 0), Done: time.Unix(2, 0)}
	}
	state.Lessons["memory"] = progress.Lesson{Begun: time.Unix(1, 0), Done: time.Unix(2, 0), Blocks: map[string]progress.Mark{
		"own": {Status: progress.Passed, Tries: 3}, "which": {Status: progress.Passed, Tries: 1},
	}}
	return state
}

func TestThatAllIsDoneIsNoDialogInALesson(t *testing.T) {
	m, _ := working(t)
	m = with(pressed(m, "f3"), savedMsg{state: allDone()})
	if m.dialog != nil {
		t.Fatal("a dialog takes the keys from the terminal")
	}
	has(t, m, "all done: 3 lessons", "F2: back to the lesson")
	m = pressed(m, "f2", "m")
	has(t, m, "You have worked through every lesson here: 3", "Tasks passed: 1 of 1", "at the first try: 1 of 1")
	if m = with(pressed(m, "enter"), savedMsg{state: allDone()}); m.dialog != nil {
		t.Error("it is told twice")
	}
}

func TestTheMapGoesOnWithTheNextLesson(t *testing.T) {
	m, _ := working(t)
	state := allDone()
	delete(state.Lessons, "hang")
	m = pressed(with(m, savedMsg{state: state}), "m")
	if got := m.course.Selected().ID; got != "hang" {
		t.Errorf("the map is at %s", got)
	}
	has(t, m, "5 min left")
}
