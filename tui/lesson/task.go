package lesson

import (
	"fmt"
	"slices"
	"strings"

	"cloison/lessons"
	"cloison/lessons/play"
	"cloison/tui/theme"
)

// enoughTries is after how many of them the reference solution may be seen.
const enoughTries = 2

// Watched is the task whose check should run by itself: the next one, else the
// first that can be seen; one that is passed needs none.
func (m Model) Watched() (lessons.Block, bool) {
	if b, ok := m.next(); ok && m.open(b) {
		return b, true
	}
	for i, b := range m.blocks {
		if m.open(b) && m.partly(i) {
			return b, true
		}
	}
	return lessons.Block{}, false
}

// open says whether a block is a task that is not passed.
func (m Model) open(b lessons.Block) bool {
	return b.Kind == lessons.Task && !m.Passed(b.ID)
}

// Passed says whether the block with that id has passed.
func (m Model) Passed(id string) bool {
	v := m.states[id].verdict
	return v != nil && v.Status == play.Passed
}

// Checking says that the learner has handed a task in.
func (m Model) Checking(id string) Model {
	return m.set(id, func(s state) state { s.running = true; return s }).revealTask(id)
}

// Checked tells what a task's check found; handedIn says that the learner asked
// for it, which counts as a try. What a check finds by itself moves nothing on
// the screen unless it is a pass, or the task that the learner is at grows and
// could be seen as a whole.
func (m Model) Checked(v play.Verdict, handedIn bool) Model {
	s := m.states[v.Block]
	if !handedIn && (m.Passed(v.Block) || same(s.verdict, &v)) {
		return m
	}
	next, ok := m.next()
	seen := ok && next.ID == v.Block && m.sees(v.Block) && m.fits(v.Block)
	m = m.set(v.Block, func(s state) state {
		s.verdict, s.before = &v, false
		if handedIn {
			s.running = false
		}
		if handedIn && v.Status == play.Failed {
			s.tries++
		}
		return s
	})
	if b, ok := m.next(); ok && b.ID == v.Block && v.Status == play.Passed {
		m.at++
		m = m.compose()
	}
	if seen || handedIn || v.Status == play.Passed {
		return m.revealTask(v.Block)
	}
	return m
}

// revealTask is reveal for a task of which something is known now. Where the
// whole does not fit, what is to be done stays in sight, and of what was found as
// much as there is room for.
func (m Model) revealTask(id string) Model {
	i := m.place(id)
	if i < 0 || m.fits(id) || len(m.asked(m.blocks[i], false))+1 > m.height {
		return m.reveal(id)
	}
	return m.Scroll(m.spans[i].from - m.offset)
}

// place is the number of the block with that id; -1 where there is none.
func (m Model) place(id string) int {
	return slices.IndexFunc(m.blocks, func(b lessons.Block) bool { return b.ID == id })
}

// fits says whether the block with that id is no taller than the pane.
func (m Model) fits(id string) bool {
	i := m.place(id)
	return i >= 0 && m.spans[i].to-m.spans[i].from <= m.height
}

// same says whether two verdicts say the same.
func same(a, b *play.Verdict) bool {
	return a != nil && a.Status == b.Status && a.Observed == b.Observed && a.Reason == b.Reason &&
		a.Source == b.Source && slices.Equal(a.Expected, b.Expected)
}

// sees says whether the whole of the block with that id can be seen.
func (m Model) sees(id string) bool {
	i := m.place(id)
	return i >= 0 && m.visible(i)
}

// Solvable is the task whose solution the learner may ask for, and whether it
// may be shown yet; ok says whether there is one.
func (m Model) Solvable() (b lessons.Block, allowed, ok bool) {
	i, ok := m.revealable(lessons.Task)
	if !ok {
		return lessons.Block{}, false, false
	}
	b = m.blocks[i]
	return b, m.mayLook(b.ID), true
}

func (m Model) mayLook(id string) bool { return m.Passed(id) || m.states[id].tries >= enoughTries }

// ShowSolution shows a task's reference solution, or hides it again.
func (m Model) ShowSolution(id, solution string) Model {
	return m.set(id, func(s state) state {
		if s.solution != "" {
			solution = ""
		}
		s.solution = solution
		return s
	}).reveal(id)
}

// task draws what the learner is to do, how far that is, and the hints opened
// so far.
func (m Model) task(b lessons.Block, next bool) []string {
	s := m.states[b.ID]
	lines := m.asked(b, next)
	lines = append(lines, m.remark(m.taskSign(s))...)
	lines = append(lines, m.found(s)...)
	open := min(s.open, len(b.Hints))
	for i, hint := range b.Hints[:open] {
		lines = append(lines, m.aside(fmt.Sprintf(m.words.Page.Hint, i+1))...)
		lines = append(lines, indent(m.text(hint, 6), 6)...)
	}
	lines = append(lines, m.solution(s)...)
	return append(lines, m.offers(b, s, next)...)
}

// asked is what a task asks for.
func (m Model) asked(b lessons.Block, next bool) []string {
	return append([]string{m.lead(next, "✎", m.words.Page.Task)}, indent(m.text(b.Text, 4), 4)...)
}

// taskSign says by a mark and by words how far a task is.
func (m Model) taskSign(s state) string {
	w := m.words.Page
	tries := ""
	if s.tries > 0 {
		tries = " · " + fmt.Sprintf(w.Tries, s.tries)
	}
	switch {
	case s.running:
		return m.theme.Warn.Render("⋯ " + w.Checking)
	case s.verdict == nil:
		return m.theme.Dim.Render("○ "+w.Unchecked+" · "+w.ByItself) + tries
	case s.verdict.Status == play.Passed:
		return m.theme.Good.Render("✓ "+w.Passed) + m.earlier(s)
	case s.verdict.Status == play.Unwell:
		return m.theme.Bad.Render("! " + w.Unwell)
	case s.tries > 0:
		return m.theme.Bad.Render("✗ "+w.NotThere) + tries
	default:
		return m.theme.Warn.Render("○ "+w.NotThere) + m.theme.Dim.Render(" · "+w.ByItself)
	}
}

// earlier says that a verdict is one from before.
func (m Model) earlier(s state) string {
	if !s.before {
		return ""
	}
	return m.theme.Dim.Render(" · " + m.words.Page.Earlier)
}

// found draws what is amiss, what a check expected and observed, and where.
func (m Model) found(s state) []string {
	if s.verdict == nil || s.before {
		return nil
	}
	v, w := s.verdict, m.words.Page
	reason := v.Reason.In(m.lang)
	if v.Reason == play.NotYet { // the sign has said that
		reason = ""
	}
	var expected []string
	for _, e := range v.Expected {
		expected = append(expected, strings.ReplaceAll(e.In(m.lang), "`", "")) // it was Markdown
	}
	return slices.Concat(
		m.labelled(w.Reason, reason),
		m.labelled(w.Expected, strings.Join(expected, "\n")),
		m.labelled(w.Observed, tail(v.Observed, excerpt)),
		m.labelled(w.Source, v.Source.In(m.lang)))
}

// solution draws the reference solution once it has been asked for.
func (m Model) solution(s state) []string {
	if s.solution == "" {
		return nil
	}
	lines := m.aside(m.words.Page.Solution)
	for _, line := range strings.Split(strings.TrimRight(s.solution, "\n"), "\n") {
		for _, part := range theme.Wrap(line, m.width-6) {
			lines = append(lines, "      "+m.theme.Code.Render(part))
		}
	}
	return lines
}

// offers are the keys that help with a task.
func (m Model) offers(b lessons.Block, s state, next bool) []string {
	w := m.words.Page
	var all []string
	if next && !m.Passed(b.ID) {
		all = append(all, fmt.Sprintf(w.TypeIn, shellOf(b)), w.CheckNow)
	}
	if left := len(b.Hints) - s.open; left > 0 && !m.Passed(b.ID) {
		all = append(all, fmt.Sprintf(w.HintsLeft, left))
	}
	if m.mayLook(b.ID) && s.solution == "" {
		all = append(all, w.SeeSolution)
	}
	if next && s.tries > 0 {
		all = append(all, w.GoOn)
	}
	if len(all) == 0 {
		return nil
	}
	return m.aside(strings.Join(all, " · "))
}

// shellOf is the name of a task's terminal.
func shellOf(b lessons.Block) string {
	if b.Shell == "" {
		return "a"
	}
	return b.Shell
}
