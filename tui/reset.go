package tui

import (
	tea "charm.land/bubbletea/v2"

	"cloison/lessons"
	"cloison/lessons/progress"
	"cloison/tui/dialog"
)

// reset begins afresh what the learner chose.
func (m Model) reset(answer dialog.Answer) (Model, tea.Cmd) {
	id := m.session.lesson.ID
	switch answer {
	case resetStep:
		return m.resetStep()
	case resetMachine:
		return m.renew()
	case resetLesson:
		return m.beginAt(m.session.lesson, progress.Lesson{})
	case forgetLesson:
		m, begin := m.beginAt(m.session.lesson, progress.Lesson{})
		return m, tea.Batch(begin, m.forget(id))
	}
	return m, nil
}

// resetStep forgets the block that the learner is at. A task would pass again
// at once where it was done: it gets a fresh machine.
func (m Model) resetStep() (Model, tea.Cmd) {
	b, ok := m.session.page.Here()
	if !ok || b.ID == "" {
		return m, nil
	}
	m = m.withSession(func(s *session) { s.page = s.page.Forget(b.ID) })
	lesson := m.session.lesson.ID
	forget := m.saver.later(func(p progress.Book) error { return p.ResetBlock(lesson, b.ID) })
	if b.Kind != lessons.Task {
		return m, forget
	}
	was := m.kept.Lessons[lesson].Without(b.ID)
	was.At = b.ID
	m, begin := m.beginAt(m.session.lesson, was)
	return m, tea.Batch(forget, begin)
}
