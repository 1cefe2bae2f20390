package lesson

import (
	"slices"

	"cloison/lessons"
	"cloison/lessons/play"
)

// Step is what the learner asks for with Enter. At most one field is set, but for Follow.
type Step struct {
	Play     *lessons.Block // a command for the live shell
	Check    *lessons.Block // a task that is handed in
	Answered *play.Verdict  // on a question
	Show     []string       // facts for the X-ray
	Follow   bool           // of the container that was started last (with Show)
	Leave    bool           // the end has been read
}

// Will says what Enter would do, for the line of keys.
type Will int

// What Enter would do.
const (
	WillRead   Will = iota // show what comes next
	WillPlay               // play a command
	WillAnswer             // answer a question
	WillCheck              // hand a task in
	WillWait               // nothing: a command is running
	WillLeave              // go back to the course: the end has been read
)

// Will says what Advance would do now.
func (m Model) Will() Will {
	b, ok := m.next()
	switch {
	case m.Busy():
		return WillWait
	case !ok && m.ended():
		return WillLeave
	case !ok || !m.visible(m.stops[m.at]):
		return WillRead
	case b.Kind == lessons.Run:
		return WillPlay
	case b.Kind == lessons.Quiz && m.states[b.ID].verdict == nil:
		return WillAnswer
	case b.Kind == lessons.Task:
		return WillCheck
	default:
		return WillRead
	}
}

// Advance goes on: it first brings the next stop into view, so that nothing
// is passed unread, and only then does it.
func (m Model) Advance() (Model, Step) {
	b, ok := m.next()
	switch {
	case m.Busy():
		return m, Step{}
	case !ok && m.ended():
		return m, Step{Leave: true}
	case !ok:
		return m.Scroll(m.page()), Step{}
	case !m.visible(m.stops[m.at]):
		return m.approach(), Step{}
	case b.Kind == lessons.Run:
		return m, Step{Play: &b}
	case b.Kind == lessons.Task:
		return m, Step{Check: &b}
	case b.Kind == lessons.Quiz:
		return m.answer(b)
	}
	return m.passBy(), Step{Show: b.Show, Follow: b.Follow}
}

// ended says whether the last line can be seen.
func (m Model) ended() bool { return m.offset+m.height >= len(m.lines) }

// passBy goes on to the next stop.
func (m Model) passBy() Model {
	m.at++
	m = m.compose()
	if _, more := m.next(); !more || !m.visible(m.stops[m.at]) {
		m = m.approach()
	}
	return m
}

// isNext says whether a block is the stop that comes next.
func (m Model) isNext(block int) bool { return m.at < len(m.stops) && m.stops[m.at] == block }

// Go moves n stops on, or back, and shows where that is. From the last stop it
// goes on to the end, so that a task there can be left undone.
func (m Model) Go(n int) Model {
	if len(m.stops) == 0 {
		return m
	}
	last := len(m.stops) - 1
	if m.at >= last && n > 0 {
		m.at = len(m.stops)
		return m.compose().approach()
	}
	m.at = min(max(0, m.at+n), last)
	m = m.compose() // the stop that comes next has more lines than before
	return m.show(m.spans[m.stops[m.at]])
}

// Reveal opens the explanation of the next question once it is answered, or one
// more hint of the next task; failing that, of the last one that can be seen.
func (m Model) Reveal() Model {
	i, ok := m.revealable(lessons.Task, lessons.Quiz)
	if !ok {
		return m
	}
	b := m.blocks[i]
	limit := 1
	if b.Kind == lessons.Task {
		limit = len(b.Hints)
	} else if m.states[b.ID].verdict == nil {
		return m.set(b.ID, func(s state) state { s.asked = true; return s }).reveal(b.ID)
	}
	return m.set(b.ID, func(s state) state { s.open = min(s.open+1, limit); return s }).reveal(b.ID)
}

// revealable is the block of one of those kinds that the learner is at.
func (m Model) revealable(kinds ...lessons.Kind) (int, bool) {
	if b, ok := m.next(); ok && slices.Contains(kinds, b.Kind) {
		return m.stops[m.at], true
	}
	found, ok := 0, false
	for i, b := range m.blocks {
		if slices.Contains(kinds, b.Kind) && m.partly(i) {
			found, ok = i, true
		}
	}
	return found, ok
}

// Command is the command that the learner is at: the next one, else the last.
func (m Model) Command() string {
	command := ""
	for stop, i := range m.stops {
		if b := m.blocks[i]; b.Kind == lessons.Run {
			command = m.fill(b.Run.Command)
			if stop >= m.at {
				break
			}
		}
	}
	return command
}

// next is the block of the stop that comes next.
func (m Model) next() (lessons.Block, bool) {
	if m.at >= len(m.stops) {
		return lessons.Block{}, false
	}
	return m.blocks[m.stops[m.at]], true
}

// Scroll moves the text by n lines.
func (m Model) Scroll(n int) Model {
	m.offset = min(max(0, m.offset+n), max(0, len(m.lines)-m.height))
	return m
}

// Page is how far page down goes: a line of the last page stays.
func (m Model) Page() int { return m.page() }

func (m Model) page() int { return max(1, m.height-1) }

// visible says whether the whole of a block can be seen, or as much of it as
// the pane can show.
func (m Model) visible(block int) bool {
	s := m.spans[block]
	if s.to == s.from {
		return false
	}
	if s.to-s.from >= m.height {
		return s.from <= m.offset && m.offset < s.to
	}
	return s.from >= m.offset && s.to <= m.offset+m.height
}

// partly says whether some line of a block can be seen.
func (m Model) partly(block int) bool {
	s := m.spans[block]
	return s.from < s.to && s.from < m.offset+m.height && s.to > m.offset
}

// approach scrolls one page at most towards the next stop, or the end.
func (m Model) approach() Model {
	if m.at >= len(m.stops) {
		return m.Scroll(m.page())
	}
	s := m.spans[m.stops[m.at]]
	if s.from < m.offset {
		return m.show(s)
	}
	return m.Scroll(min(m.page(), min(s.to-m.offset-m.height, s.from-m.offset)))
}

// reveal scrolls as little as possible to show the block with that id: its
// end where it does not fit.
func (m Model) reveal(id string) Model {
	for i, b := range m.blocks {
		if b.ID == id {
			return m.show(m.spans[i])
		}
	}
	return m
}

// revealVerdict is reveal for a command that has just ended: where the
// explanation below its verdict does not fit, the verdict comes first.
func (m Model) revealVerdict(id string) Model {
	m = m.reveal(id)
	for i, b := range m.blocks {
		if s := m.spans[i]; b.ID == id && s.from < m.offset {
			return m.show(span{s.from, s.to - len(m.explained(id))})
		}
	}
	return m
}

func (m Model) show(s span) Model {
	offset := max(m.offset, s.to-m.height)
	if s.from < offset && s.to-s.from <= m.height {
		offset = s.from
	}
	return m.Scroll(offset - m.offset)
}
