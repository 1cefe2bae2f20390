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
	return m.saver.later(func(p Progress) error {
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
	return m, m.saver.later(func(p Progress) error { return p.At(lesson, at) })
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
	if m.dialog == nil && m.complete() && before.Done < len(before.Lessons) {
		w := m.words.Dialog
		return m.tell(w.Complete, dialog.Text(fmt.Sprintf(w.CompleteBody, len(m.report.Lessons)))), nil
	}
	return m, nil
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
	return err.Error()
}

// mapStates tells the map what is known of each lesson.
func (m Model) mapStates() Model {
	m.report = progress.Summarise(m.outline(), m.kept, nil)
	states := map[string]course.State{}
	for _, l := range m.report.Lessons {
		s := course.State{Begun: !l.Begun.IsZero(), Done: l.Status == progress.Done}
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
		o := progress.Outline{Chapter: l.Chapter, Lesson: l.ID, Minutes: l.Minutes, Locked: len(m.lacksOf(l.ID)) > 0}
		for _, b := range l.Blocks[lessons.English] {
			if b.ID != "" {
				o.Blocks = append(o.Blocks, b.ID)
			}
		}
		all = append(all, o)
	}
	return all
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
	return m.saver.later(func(p Progress) error { return p.Reset(lesson) })
}
