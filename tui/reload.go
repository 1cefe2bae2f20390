package tui

import (
	"reflect"

	tea "charm.land/bubbletea/v2"

	"cloison/lessons"
	"cloison/tui/course"
)

// Change is news of a course that is being written.
type Change struct {
	Course *lessons.Course // nil when it can't be used as it is now
	Files  bool            // what lessons bring along has changed: an open one needs a fresh lab
	Notice string          // shown until the next key; "" takes the last one away
}

// changeMsg carries a Change to Update.
type changeMsg Change

// nextChange waits for the next change of the course.
func (m Model) nextChange() tea.Cmd {
	changes, ctx := m.options.Changes, m.ctx
	if changes == nil {
		return nil
	}
	return func() tea.Msg {
		select {
		case <-ctx.Done():
			return nil
		case c, ok := <-changes:
			if !ok {
				return nil
			}
			return changeMsg(c)
		}
	}
}

// changed shows a course that has been written anew, where the learner is in
// it. The lab of an open lesson is made afresh only when what runs unseen in
// it is not the same any more.
func (m Model) changed(msg changeMsg) (Model, tea.Cmd) {
	m.notice = msg.Notice
	if msg.Course == nil {
		return m, m.nextChange()
	}
	selected := m.course.Selected()
	m.options.Course = msg.Course
	m.course = course.New(msg.Course).SetLook(m.theme, m.words, m.lang)
	if selected != nil {
		m.course = m.course.Select(selected.ID)
	}
	m = m.place().mapStates()
	if m.session == nil {
		return m, m.nextChange()
	}
	l, ok := msg.Course.Lesson(m.session.lesson.ID)
	switch {
	case !ok:
		return m, m.nextChange()
	case msg.Files || !sameLab(m.session.lesson, l):
		next, begin := m.begin(l)
		next.notice = msg.Notice
		return next, tea.Batch(begin, m.nextChange())
	}
	m = m.withSession(func(s *session) { s.lesson, s.page = l, s.page.Rewritten(l) })
	next, render := m.place().render()
	return next, tea.Batch(render, m.nextChange())
}

// sameLab says whether two versions of a lesson run the same things unseen.
func sameLab(a, b *lessons.Lesson) bool {
	unseen := func(l *lessons.Lesson) any { return []any{l.Needs, l.Vars, l.Setup, l.Cleanup, l.Tasks} }
	return reflect.DeepEqual(unseen(a), unseen(b))
}
