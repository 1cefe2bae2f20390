package lesson

import (
	"cloison/lessons"
	"cloison/lessons/play"
	"cloison/lessons/progress"
)

// Resume goes to where the learner was an earlier time, with what was done
// then marked as such. The caller then runs Render.
func (m Model) Resume(was progress.Lesson) Model {
	for _, b := range m.blocks {
		if mark, ok := was.Blocks[b.ID]; ok && b.ID != "" {
			m = m.set(b.ID, func(state) state { return earlier(b, mark) })
		}
	}
	for stop, i := range m.stops {
		if id := m.blocks[i].ID; id != "" && id == was.At && stop > 0 {
			m.at, m.resumed, m.arriving = stop, id, true
		}
	}
	return m.compose().arrive()
}

// earlier is the state of a block that has been marked before. A task that was
// not passed is still open.
func earlier(b lessons.Block, mark progress.Mark) state {
	s := state{before: true}
	status := play.Status(mark.Status)
	if b.Kind == lessons.Task && status != play.Passed {
		s.tries = mark.Tries
		if mark.Status == progress.Shown {
			s.tries = max(s.tries, enoughTries)
		}
		return s
	}
	s.verdict = &play.Verdict{Block: b.ID, Status: status}
	return s
}

// arrive shows where the learner was; the prose may not have been rendered yet.
func (m Model) arrive() Model {
	if !m.arriving || m.at >= len(m.stops) || m.height <= 0 {
		return m
	}
	return m.show(m.spans[m.stops[m.at]])
}

// At is the id of the block that the learner is at; "" after the last.
func (m Model) At() string {
	for _, i := range m.stops[min(m.at, len(m.stops)):] {
		if id := m.blocks[i].ID; id != "" {
			return id
		}
	}
	return ""
}

// Here is the block that the learner is at; ok is false after the last.
func (m Model) Here() (b lessons.Block, ok bool) { return m.next() }

// Forget takes back all that is known of a block: its verdict, its answer, its
// tries and hints.
func (m Model) Forget(id string) Model {
	return m.set(id, func(state) state { return state{} }).reveal(id)
}

// Done says whether everything in the lesson is done: commands played, tasks
// passed, questions seen to.
func (m Model) Done() bool { return len(m.stops) > 0 && m.undone() == 0 }

// undone counts what is not done yet.
func (m Model) undone() int {
	n := 0
	for _, i := range m.stops {
		if b := m.blocks[i]; b.Kind != lessons.Xray && !m.done(b) {
			n++
		}
	}
	return n
}

func (m Model) done(b lessons.Block) bool {
	v := m.states[b.ID].verdict
	switch {
	case v == nil:
		return false
	case b.Kind == lessons.Quiz:
		return true
	case b.Kind == lessons.Task:
		return v.Status == play.Passed
	default:
		return v.Status != play.Failed
	}
}
