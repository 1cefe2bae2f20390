package tui

import (
	"strings"
	"testing"

	"cloison/lessons"
	"cloison/sandbox"
)

// rewritten is a lesson of the sample course after change.
func rewritten(m Model, change func(*lessons.Lesson)) changeMsg {
	c := *m.options.Course
	chapter := *c.Chapters[0]
	l := *chapter.Lessons[0]
	change(&l)
	chapter.Lessons = append([]*lessons.Lesson{&l}, chapter.Lessons[1:]...)
	c.Chapters = append([]*lessons.Chapter{&chapter}, c.Chapters[1:]...)
	return changeMsg{Course: &c}
}

func TestAChangedCourseIsShownWhereTheLearnerIs(t *testing.T) {
	m := with(still(t, 120, 36), rewritten(still(t, 120, 36), func(l *lessons.Lesson) {
		l.Title = map[lessons.Lang]string{lessons.English: "Another title"}
	}))
	has(t, m, "Another title")

	m = pressed(m, "enter")
	lab := m.session.generation
	again := rewritten(m, func(l *lessons.Lesson) {
		l.Title = map[lessons.Lang]string{lessons.English: "A third title"}
	})
	m = with(m, again)
	has(t, m, "A third title")
	if m.session.generation != lab {
		t.Error("the lab was made afresh although only prose has changed")
	}

	m = with(m, rewritten(m, func(l *lessons.Lesson) { l.Setup = "true" }))
	if m.session.generation == lab {
		t.Error("the lab is the old one although the setup has changed")
	}
}

func TestABrokenCourseLeavesTheGoodOne(t *testing.T) {
	m := with(still(t, 120, 36), changeMsg{Notice: "lesson.md:3: no title"})
	has(t, m, "lesson.md:3: no title")
	if m.options.Course == nil {
		t.Error("the course is gone")
	}
}

func TestChangesAreHeardOneAfterTheOther(t *testing.T) {
	changes := make(chan Change, 2)
	m := New(t.Context(), Options{Course: sampleCourse(), Lang: sandbox.English, Changes: changes})
	changes <- Change{Notice: "one"}
	changes <- Change{Notice: "two"}
	var heard []string
	for next := m.nextChange(); len(heard) < 2; {
		msg := next().(changeMsg)
		heard = append(heard, msg.Notice)
		_, next = m.changed(msg)
	}
	if got := strings.Join(heard, " "); got != "one two" {
		t.Errorf("heard %s", got)
	}
}
