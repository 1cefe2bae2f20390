package lesson

import (
	"slices"

	"cloison/lessons"
)

// curtain is the last block that is shown, and why none after it is. What
// follows a question tells its answer, so it stays hidden until the learner has
// answered, and then until the command that settles it has been played. Whoever
// goes on without an answer, or has seen it an earlier time, sees everything,
// and so does a trainer.
func (m Model) curtain() (last int, why string) {
	last = len(m.blocks) - 1
	if m.trainer {
		return last, ""
	}
	for _, i := range m.stops[min(m.at, len(m.stops)):] {
		switch b := m.blocks[i]; {
		case i == last:
			return last, ""
		case b.Kind == lessons.Quiz && m.states[b.ID].verdict == nil:
			return i, m.words.Page.AnswerFirst
		case b.Kind == lessons.Run && m.settles(b.ID):
			return i, m.words.Page.PlayFirst
		}
	}
	return last, ""
}

// settles says whether a command that has not been played settles a question
// that has been asked.
func (m Model) settles(run string) bool {
	return m.states[run].verdict == nil && slices.ContainsFunc(m.blocks, func(b lessons.Block) bool {
		return b.Kind == lessons.Quiz && b.Quiz.Prove == run && m.states[b.ID].verdict != nil
	})
}
