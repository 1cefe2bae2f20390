// Package course is the map of the course: its chapters and lessons, what
// each takes, and whether it is ready, locked, begun or done.
//
// It knows lessons. What a machine lacks is told to it.
package course

import (
	"strings"

	"cloison/lessons"
	"cloison/sandbox"
	"cloison/tui/markdown"
	"cloison/tui/theme"
	"cloison/tui/words"
)

// State is what the map says of one lesson.
type State struct {
	Known bool // the machine has said what it lacks
	Lacks []sandbox.Lack
	Begun bool
	Done  bool
	Left  int // minutes that it will take yet
}

// Locked says whether the lesson cannot be opened here.
func (s State) Locked() bool { return len(s.Lacks) > 0 }

// row is one line of the list: a chapter, or a lesson of it.
type row struct {
	chapter *lessons.Chapter
	lesson  *lessons.Lesson // nil for the chapter's own line
}

// Model is the map. Its methods return the changed map.
type Model struct {
	theme theme.Theme
	words words.Words
	lang  sandbox.Lang

	rows          []row
	states        map[string]State
	summary       string              // of all lessons
	selected      int                 // a row with a lesson
	offset        int                 // in lines of the list
	intros        map[string][]string // of chapters, rendered
	width, height int
}

// New returns the map of course, its first lesson selected.
func New(course *lessons.Course) Model {
	m := Model{selected: -1, states: map[string]State{}}
	for _, chapter := range course.Chapters {
		m.rows = append(m.rows, row{chapter: chapter})
		for _, lesson := range chapter.Lessons {
			if m.selected < 0 {
				m.selected = len(m.rows)
			}
			m.rows = append(m.rows, row{chapter, lesson})
		}
	}
	return m
}

// SetLook changes theme and language.
func (m Model) SetLook(t theme.Theme, w words.Words, lang sandbox.Lang) Model {
	m.theme, m.words, m.lang = t, w, lang
	return m.render().follow()
}

// SetSize says how many cells the map has.
func (m Model) SetSize(width, height int) Model {
	m.width, m.height = width, height
	return m.render().follow()
}

// render renders the chapters' introductions, so that View need not.
func (m Model) render() Model {
	m.intros = map[string][]string{}
	for _, r := range m.rows {
		if text := strings.TrimSpace(m.in(r.chapter.Intro)); r.lesson == nil && text != "" && m.detailWidth() > 0 {
			m.intros[r.chapter.ID] = markdown.Render(text, m.detailWidth(), markdown.In(m.theme))
		}
	}
	return m
}

// SetStates says what is known of the lessons, by id.
func (m Model) SetStates(states map[string]State) Model {
	m.states = states
	return m
}

// SetSummary says one line on all lessons.
func (m Model) SetSummary(line string) Model {
	m.summary = line
	return m
}

// State is what is known of the lesson with that id.
func (m Model) State(id string) State { return m.states[id] }

// Selected is the lesson under the cursor; nil in an empty course.
func (m Model) Selected() *lessons.Lesson {
	if m.selected < 0 {
		return nil
	}
	return m.rows[m.selected].lesson
}

// left is how many minutes a chapter will take yet.
func (m Model) left(c *lessons.Chapter) int {
	minutes := 0
	for _, l := range c.Lessons {
		minutes += m.states[l.ID].Left
	}
	return minutes
}

// Select puts the cursor on the lesson with that id.
func (m Model) Select(id string) Model {
	for i, r := range m.rows {
		if r.lesson != nil && r.lesson.ID == id {
			m.selected = i
		}
	}
	return m.follow()
}

// Move moves the cursor over n lessons; chapters are not stops.
func (m Model) Move(n int) Model {
	step := 1
	if n < 0 {
		step = -1
	}
	for left := n * step; left > 0; left-- {
		next := m.selected + step
		for next >= 0 && next < len(m.rows) && m.rows[next].lesson == nil {
			next += step
		}
		if m.selected < 0 || next < 0 || next >= len(m.rows) {
			break
		}
		m.selected = next
	}
	return m.follow()
}

// Click puts the cursor on the lesson that line y of the pane shows, and says
// whether it was there already.
func (m Model) Click(x, y int) (_ Model, again bool) {
	width, height := m.listSize()
	lines := m.list(width)
	if x >= width || y < 0 || y >= height || m.offset+y >= len(lines) {
		return m, false
	}
	i := lines[m.offset+y].row
	if m.rows[i].lesson == nil {
		return m, false
	}
	again = i == m.selected
	m.selected = i
	return m.follow(), again
}

// follow scrolls so that the cursor, and the heading of its chapter where
// possible, can be seen.
func (m Model) follow() Model {
	width, height := m.listSize()
	if m.selected < 0 || height <= 0 {
		return m
	}
	first, last := -1, 0
	for at, line := range m.list(width) {
		if line.row == m.selected {
			last = at
		}
		if first < 0 && (line.row == m.selected || line.row == m.selected-1 && m.rows[line.row].lesson == nil) {
			first = at
		}
	}
	m.offset = max(min(m.offset, first), last-height+1)
	return m
}
