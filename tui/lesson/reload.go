package lesson

import "cloison/lessons"

// Rewritten shows another version of the same lesson, with what the learner
// has done in it. The caller then runs Render.
func (m Model) Rewritten(l *lessons.Lesson) Model {
	m.lesson = l
	return m.SetLook(m.theme, m.words, m.lang)
}
