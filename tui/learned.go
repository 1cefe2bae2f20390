package tui

import (
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"cloison/lessons"
	"cloison/lessons/play"
	"cloison/lessons/progress"
	"cloison/sandbox"
	"cloison/tui/course"
	"cloison/tui/dialog"
)

// shown marks a task whose solution was looked at.
const shown play.Status = progress.Shown

// keep keeps how a block ended, and that the lesson is done when it is.
func (m Model) keep(v play.Verdict) tea.Cmd {
	lesson, block, status := m.session.lesson.ID, v.Block, string(v.Status)
	done := m.session.page.Done()
	return m.saver.later(func(p progress.Book) error {
		if err := p.Mark(lesson, block, status); err != nil || !done {
			return err
		}
		return p.Finish(lesson)
	})
}

// keepPlace keeps where the learner is, when that has changed.
func (m Model) keepPlace() (Model, tea.Cmd) {
	if m.session == nil || m.session.at == m.session.page.At() {
		return m, nil
	}
	m = m.withSession(func(s *session) { s.at = s.page.At() })
	lesson, at := m.session.lesson.ID, m.session.at
	return m, m.saver.later(func(p progress.Book) error { return p.At(lesson, at) })
}

// saved takes what is kept now. That something could not be kept is said once.
func (m Model) saved(msg savedMsg) (Model, tea.Cmd) {
	before := m.report
	m.kept = msg.state
	m = m.mapStates()
	if msg.err != nil && !m.saveFailed {
		m.saveFailed = true
		m.notice = fmt.Sprintf(m.words.Dialog.NotSaved, m.inLanguage(msg.err))
	}
	if m.complete() && before.Done < len(before.Lessons) {
		m.completed = true
		m.notice = m.summary()
		if m.session != nil && m.focus == terminalPane {
			m.notice += " · " + m.words.Page.BackToLesson
		}
	}
	return m.congratulate(), nil
}

// congratulate tells on the map that everything is done, once. In a lesson a
// dialog would take the keys that the learner is typing.
func (m Model) congratulate() Model {
	if !m.completed || m.session != nil || m.dialog != nil {
		return m
	}
	m.completed = false
	w, r := m.words.Dialog, m.report
	body := fmt.Sprintf(w.CompleteBody, len(r.Lessons), r.TasksPassed, r.Tasks, r.QuizzesFirst, r.Quizzes)
	return m.tell(w.Complete, dialog.Text(body))
}

// toMap ends the session and shows the map, at the lesson to go on with.
func (m Model) toMap() (Model, tea.Cmd) {
	last := m.session.lesson.ID
	m, stop := m.leave()
	if !m.kept.Lessons[last].Done.IsZero() && m.report.Next != "" {
		m.course = m.course.Select(m.report.Next)
	}
	return m.congratulate(), stop
}

// complete says whether every lesson is done.
func (m Model) complete() bool {
	return len(m.report.Lessons) > 0 && m.report.Done == len(m.report.Lessons)
}

// inLanguage is an error as the learner reads it.
func (m Model) inLanguage(err error) string {
	if m.options.Explain != nil {
		if lack, known := m.options.Explain(err); known {
			return lack.Why.In(m.lang)
		}
	}
	return sandbox.Say(err, m.lang)
}

// mapStates tells the map what is known of each lesson.
func (m Model) mapStates() Model {
	m.report = progress.Summarise(m.outline(), m.kept, nil)
	states := map[string]course.State{}
	for _, l := range m.report.Lessons {
		s := course.State{Begun: !l.Begun.IsZero(), Done: l.Status == progress.Done, Left: l.Left}
		if m.machine != nil {
			s.Known, s.Lacks = true, m.lacksOf(l.Lesson)
		}
		states[l.Lesson] = s
	}
	m.course = m.course.SetStates(states).SetSummary(m.summary())
	return m
}

// summary is one line on all lessons.
func (m Model) summary() string {
	w := m.words.Map
	if m.complete() {
		return fmt.Sprintf(w.AllDone, len(m.report.Lessons))
	}
	return fmt.Sprintf(w.Left, m.report.Done, len(m.report.Lessons), m.report.Left)
}

// outline is the course as progress needs to know it.
func (m Model) outline() []progress.Outline {
	var all []progress.Outline
	for _, l := range m.options.Course.Lessons() {
		all = append(all, m.outlineOf(l))
	}
	return all
}

func (m Model) outlineOf(l *lessons.Lesson) progress.Outline {
	return progress.Outline{
		Chapter: l.Chapter, Lesson: l.ID, Title: l.Title[lessons.English],
		Minutes: l.Minutes, Locked: len(m.lacksOf(l.ID)) > 0,
		Blocks: l.IDs(lessons.Run, lessons.Task, lessons.Quiz), Tasks: l.IDs(lessons.Task), Quizzes: l.IDs(lessons.Quiz),
	}
}

// lacksOf is what the machine lacks for a lesson, as far as that is known.
func (m Model) lacksOf(id string) []sandbox.Lack {
	l, ok := m.options.Course.Lesson(id)
	if !ok || m.machine == nil {
		return nil
	}
	return lacks(l, m.machine.About())
}

// limited is course with the lessons of a path only; nil is all of them.
func limited(course *lessons.Course, path []string) *lessons.Course {
	if path == nil {
		return course
	}
	some := &lessons.Course{}
	for _, chapter := range course.Chapters {
		copied := *chapter
		copied.Lessons = slices.DeleteFunc(slices.Clone(chapter.Lessons), func(l *lessons.Lesson) bool {
			return !slices.Contains(path, l.ID)
		})
		if len(copied.Lessons) > 0 {
			some.Chapters = append(some.Chapters, &copied)
		}
	}
	return some
}

// firstSelected is the lesson that the map opens on: the last one, or what
// comes after it when that is done.
func (m Model) firstSelected() string {
	last := m.kept.Last
	if m.kept.Lessons[last].Done.IsZero() && last != "" || m.report.Next == "" {
		return last
	}
	return m.report.Next
}

// forget throws away what the learner has done in a lesson.
func (m Model) forget(lesson string) tea.Cmd {
	return m.saver.later(func(p progress.Book) error { return p.Reset(lesson) })
}
