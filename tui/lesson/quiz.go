package lesson

import (
	"fmt"
	"slices"
	"strings"

	"cloison/lessons"
	"cloison/lessons/play"
	"cloison/sandbox"
	"cloison/tui/theme"
)

// spot is a choice and the line of the lesson that it is on.
type spot struct{ line, block, choice int }

// Pick chooses the n-th answer, from 0, of the question that comes next; where
// several are right, it also takes a choice back.
func (m Model) Pick(n int) Model {
	if b, ok := m.next(); ok && b.Kind == lessons.Quiz && m.partly(m.stops[m.at]) {
		return m.pick(m.stops[m.at], n)
	}
	return m
}

// Click chooses the answer that is drawn on line y of the pane, if its question
// has not been answered.
func (m Model) Click(y int) Model {
	for _, s := range m.spots {
		b := m.blocks[s.block]
		if s.line != m.offset+y || m.states[b.ID].verdict != nil && !m.isNext(s.block) {
			continue
		}
		if stop := slices.Index(m.stops, s.block); stop >= 0 && !m.Busy() {
			m.at = stop
		}
		return m.pick(s.block, s.choice)
	}
	return m
}

func (m Model) pick(block, n int) Model {
	b := m.blocks[block]
	if n < 0 || n >= len(b.Quiz.Choices) {
		return m
	}
	several := rightOnes(b) > 1
	return m.set(b.ID, func(s state) state {
		if s.verdict != nil { // another try
			s.verdict, s.chosen, s.open = nil, nil, 0
		}
		switch i := slices.Index(s.chosen, n); {
		case !several:
			s.chosen = []int{n}
		case i < 0:
			s.chosen = append(slices.Clone(s.chosen), n)
		default:
			s.chosen = slices.Delete(slices.Clone(s.chosen), i, i+1)
		}
		slices.Sort(s.chosen)
		s.asked = false
		return s
	})
}

// answer takes what has been chosen as the learner's answer. Without a choice
// it first asks for one.
func (m Model) answer(b lessons.Block) (Model, Step) {
	s := m.states[b.ID]
	switch {
	case s.verdict != nil:
		return m.passBy(), Step{}
	case len(s.chosen) == 0 && !s.asked:
		return m.set(b.ID, func(s state) state { s.asked = true; return s }).reveal(b.ID), Step{}
	}
	v := play.Verdict{Status: play.Skipped, Expected: []sandbox.Text{}}
	if len(s.chosen) > 0 {
		v = play.Answer(b, s.chosen)
	}
	v.Lesson, v.Block = m.lesson.ID, b.ID
	m.at++
	m = m.set(b.ID, func(s state) state { s.verdict, s.before = &v, false; return s })
	return m.reveal(b.ID), Step{Answered: &v}
}

// Question goes to the next question that has not been answered.
func (m Model) Question() Model {
	for n := range m.stops {
		stop := (m.at + n) % len(m.stops)
		if b := m.blocks[m.stops[stop]]; b.Kind == lessons.Quiz && m.states[b.ID].verdict == nil {
			return m.Go(stop - m.at)
		}
	}
	return m
}

// settled says whether a question's answer may be told: once it has been given,
// and what proves it has been seen; or when the learner asks.
func (m Model) settled(b lessons.Block) bool {
	s := m.states[b.ID]
	return s.verdict != nil && (s.open > 0 || b.Quiz.Prove == "" || m.states[b.Quiz.Prove].verdict != nil)
}

func rightOnes(b lessons.Block) int {
	n := 0
	for _, c := range b.Quiz.Choices {
		if c.Right {
			n++
		}
	}
	return n
}

// quiz draws a question and its choices; which is right, and why, only once the
// answer is settled. Beside each line stands the choice that it belongs to, or
// -1.
func (m Model) quiz(b lessons.Block, next bool) (lines []string, choices []int) {
	lines = append(lines, m.lead(next, "?", m.words.Page.Quiz))
	lines = append(lines, indent(m.text(b.Text, 4), 4)...)
	for range lines {
		choices = append(choices, -1)
	}
	for n, c := range b.Quiz.Choices {
		for _, line := range m.choice(b, n, c) {
			lines, choices = append(lines, line), append(choices, n)
		}
	}
	lines = append(lines, m.quizEnd(b, next)...)
	for len(choices) < len(lines) {
		choices = append(choices, -1)
	}
	return lines, choices
}

// choice draws one choice: its number, whether it has been chosen, and once it
// is settled whether it is right.
func (m Model) choice(b lessons.Block, n int, c lessons.Choice) []string {
	chosen := slices.Contains(m.states[b.ID].chosen, n)
	mark, number := "○", fmt.Sprintf("%d ", n+1)
	if rightOnes(b) > 1 {
		mark = "□"
	}
	switch {
	case m.settled(b) && c.Right:
		mark = m.theme.Good.Render("✓")
	case m.settled(b):
		mark = m.theme.Dim.Render("✗")
	case chosen && mark == "□":
		mark = m.theme.Accent.Render("■")
	case chosen:
		mark = m.theme.Accent.Render("●")
	}
	lines := indent(m.text(c.Text, 10), 8)
	lines[0] = "    " + m.theme.Accent.Render(number) + mark + strings.TrimPrefix(lines[0], "       ")
	if chosen {
		if tag := "  ← " + m.words.Page.Yours; theme.Width(lines[0]+tag) <= m.width {
			lines[0] += m.theme.Accent.Render(tag)
		}
	}
	return lines
}

// quizEnd is what stands below the choices: what to do, how it went, and why.
func (m Model) quizEnd(b lessons.Block, next bool) []string {
	w, s := m.words.Page, m.states[b.ID]
	switch {
	case s.verdict == nil && s.asked:
		return m.remark(m.theme.Warn.Render(fmt.Sprintf(w.NoChoice, len(b.Quiz.Choices))))
	case s.verdict == nil && rightOnes(b) > 1:
		return m.aside(fmt.Sprintf(w.ChooseAll, len(b.Quiz.Choices)))
	case s.verdict == nil:
		return m.aside(fmt.Sprintf(w.Choose, len(b.Quiz.Choices)))
	case !m.settled(b) && s.verdict.Status == play.Skipped:
		return m.remark(m.theme.Warn.Render("– " + w.SeeYourself))
	case !m.settled(b):
		return m.remark(m.theme.Accent.Render("✎ " + w.Settles))
	}
	lines := m.remark(m.predicted(s))
	if b.Quiz.Prove == "" || s.open > 0 || next {
		lines = append(lines, indent(m.text(b.Quiz.Explanation, 4), 4)...)
	}
	return lines
}

// predicted says how an answer turned out.
func (m Model) predicted(s state) string {
	w := m.words.Page
	said := ""
	switch s.verdict.Status {
	case play.Passed:
		said = m.theme.Good.Render("✓ " + w.Right)
	case play.Failed:
		said = m.theme.Bad.Render("✗ " + w.Wrong)
	default:
		said = m.theme.Warn.Render("– " + w.Unanswered)
	}
	return said + m.earlier(s)
}

// explained is what follows the command that settles a question: how the
// prediction turned out, and why.
func (m Model) explained(run string) []string {
	var lines []string
	for _, b := range m.blocks {
		if b.Kind != lessons.Quiz || b.Quiz.Prove != run || !m.settled(b) {
			continue
		}
		s := m.states[b.ID]
		said := m.predicted(s)
		if len(s.chosen) > 0 {
			var all []string
			for _, n := range s.chosen {
				if n >= len(b.Quiz.Choices) { // rewritten meanwhile
					continue
				}
				all = append(all, strings.Join(m.text(b.Quiz.Choices[n].Text, 10), " "))
			}
			said = fmt.Sprintf(m.words.Page.Predicted, strings.Join(all, "; ")) + " " + said
		}
		lines = append(lines, m.remark(said)...)
		lines = append(lines, indent(m.text(b.Quiz.Explanation, 4), 4)...)
	}
	return lines
}

// aside is a remark below a question or a task that may be skipped.
func (m Model) aside(text string) []string { return m.remark(m.theme.Dim.Render(text)) }

func (m Model) remark(text string) []string { return indent(theme.Wrap(text, m.width-4), 4) }
