package lessons

import (
	"fmt"
	"slices"
	"strings"
)

// order checks what the lessons say of one another: "after" names lessons, and
// no lesson comes after itself.
func (l *loader) order() {
	all := l.course.Lessons()
	for _, lesson := range all {
		for _, id := range lesson.After {
			if _, ok := l.course.Lesson(id); !ok {
				l.afterProblem(lesson, fmt.Sprintf("after names %q, which is no lesson", id))
			}
		}
	}
	for _, lesson := range all {
		if round := cycle(l.course, []string{lesson.ID}, map[string]bool{}); round != nil && lesson.ID == slices.Min(round) {
			l.afterProblem(lesson, "after goes round in a circle: "+strings.Join(append(round, lesson.ID), " → "))
		}
	}
}

func (l *loader) afterProblem(lesson *Lesson, message string) {
	at := l.after[lesson.ID]
	l.problems = append(l.problems, Problem{File: at.file, Line: at.line, Message: message})
}

// cycle follows "after" from the end of walked and gives the way back to its
// first lesson; nil when there is none. What is in dead leads nowhere.
func cycle(c *Course, walked []string, dead map[string]bool) []string {
	here := walked[len(walked)-1]
	lesson, ok := c.Lesson(here)
	if !ok || dead[here] {
		return nil
	}
	dead[here] = true
	for _, id := range lesson.After {
		if id == walked[0] {
			return walked
		}
		if round := cycle(c, append(slices.Clip(walked), id), dead); round != nil {
			return round
		}
	}
	return nil
}
