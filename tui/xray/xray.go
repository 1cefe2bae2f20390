// Package xray is the pane that shows what the kernel says of the lab around
// the process in front of the terminal, or one that the learner has chosen,
// live, and what has just changed.
//
// It knows facts and how to draw them. It reads nothing itself: whoever owns
// the pane brings the facts, and the time. See namespaces(7), cgroups(7),
// user_namespaces(7), capabilities(7), mount_namespaces(7) and veth(4).
package xray

import (
	"fmt"
	"slices"
	"time"

	"cloison/sandbox"
	"cloison/tui/theme"
	"cloison/tui/words"
)

// FreshFor is how long a change stays marked.
const FreshFor = 3 * time.Second

// Model is the pane. Its methods return the changed pane.
type Model struct {
	names []string // of capabilities, by number
	theme theme.Theme
	words words.Words

	width, height int
	offset        int
	show          []string // sections that come first
	chosen        string   // the section that the learner has chosen; "" for none
	explaining    bool     // the chosen section alone, each field with its explanation

	marked int   // the process under the learner's mark, by PID
	lost   ended // the followed process that is gone, while that is news
	over   bool  // the terminal's shell has ended: of what is in front, nothing more will come

	seen  *sandbox.Xray
	facts *sandbox.Facts // of seen
	changes
	lines    []string
	headings map[string]spot // where each section begins
}

// New returns an empty pane; names are the capabilities that the kernel
// knows, by number.
func New(names []string) Model { return Model{names: names} }

// SetLook changes theme and language.
func (m Model) SetLook(t theme.Theme, w words.Words) Model {
	m.theme, m.words = t, w
	return m.layout()
}

// SetSize says how many cells the pane has.
func (m Model) SetSize(width, height int) Model {
	if m.width == width && m.height == height {
		return m
	}
	m.width, m.height = width, height
	return m.layout()
}

// Show puts sections first, named as an xray block of a lesson names them.
func (m Model) Show(sections []string) Model {
	m.show, m.offset, m.chosen, m.explaining = sections, 0, "", false
	return m.layout()
}

// Clear forgets what was seen, and what was asked for.
func (m Model) Clear() Model {
	m = m.Forget()
	m.show, m.offset, m.chosen, m.explaining = nil, 0, "", false
	return m.layout()
}

// Forget forgets what was seen: another terminal is in front.
func (m Model) Forget() Model {
	m.seen, m.facts, m.changes, m.lost = nil, nil, changes{}, ended{}
	return m.layout()
}

// SetOver says whether the shell of the terminal in front has ended. What was
// seen of it last stays, and is said to be that.
func (m Model) SetOver(over bool) Model {
	if m.over == over {
		return m
	}
	m.over = over
	return m.layout()
}

// SetXray takes the next X-ray and marks what differs from the last.
func (m Model) SetXray(x sandbox.Xray, now time.Time) Model {
	was := m
	m = m.turn(x, now)
	m.changes = m.changes.next(x, now)
	m.seen, m.facts = &x, &x.Facts
	return m.layout().hold(was)
}

// Settle takes away the marks of changes that are no longer fresh.
func (m Model) Settle(now time.Time) Model {
	settled, some := m.changes.settle(now)
	over := m.lost.what != "" && !now.Before(m.lost.until)
	if !some && !over {
		return m
	}
	if m.changes = settled; over {
		m.lost = ended{}
	}
	return m.layout()
}

// Fresh says whether anything is marked as just changed.
func (m Model) Fresh() bool { return len(m.fresh) > 0 || m.lost.what != "" }

// Note says which process is shown, for the pane's heading.
func (m Model) Note() string {
	if m.facts == nil {
		return ""
	}
	f := m.facts
	note := fmt.Sprintf("%s %d", printable(f.Command), f.PID)
	if n := len(f.InnerPIDs); n > 0 && f.InnerPIDs[n-1] != f.PID {
		note += fmt.Sprintf(" (%s %d)", m.words.Facts.Inside, f.InnerPIDs[n-1])
	}
	if len(m.lines) > m.room() && m.height > 0 {
		note += fmt.Sprintf(" ↕ %d/%d", min(m.offset+m.room(), len(m.lines)), len(m.lines))
	}
	whole := fmt.Sprintf(m.words.Facts.FollowsFront, note)
	if m.over || m.seen.Follows() || theme.Width(whole) > m.width-theme.Width(m.words.Xray)-titleRoom {
		return note
	}
	return whole
}

// titleRoom is what a heading needs beside its title and its note, and a bit of
// its line.
const titleRoom = 10

// Choose goes n sections on, and brings the one there into view.
func (m Model) Choose(n int) Model {
	all := m.sections()
	at := -1
	for i, s := range all {
		if s.name == m.chosen {
			at = i
		}
	}
	switch {
	case at < 0 && n > 0:
		at = 0
	case at < 0:
		at = len(all) - 1
	default:
		at = (at + n + len(all)) % len(all)
	}
	m.chosen = all[at].name
	return m.layout().reveal()
}

// Explain shows the chosen section alone, with a line on what each field
// means, or all of them again.
func (m Model) Explain() Model {
	if m.chosen == "" {
		m.chosen = m.sections()[0].name
	}
	m.explaining = !m.explaining
	m.offset = 0
	return m.layout().reveal()
}

// Explaining says whether one section is explained.
func (m Model) Explaining() bool { return m.explaining }

// Chosen says whether the learner has chosen a section.
func (m Model) Chosen() bool { return m.seen != nil && m.chosen != "" }

// Touch is a click on a section: it is chosen, and once it is, a click on its
// heading explains it, or no longer. One on a process takes the mark there.
func (m Model) Touch(x, y int) Model {
	above := len(m.banner())
	for name, at := range m.headings {
		line := y - above + m.offset - at.y
		if y < above || y >= m.height || x < at.x || x >= at.x+at.w || line < 0 || line >= at.h {
			continue
		}
		if name == m.chosen && line == 0 {
			return m.Explain()
		}
		m.chosen = name
		if who, meant := m.Click(x, y); meant {
			m.marked = who.PID
		}
		return m.layout()
	}
	return m
}

// reveal scrolls so far that the chosen section's heading can be seen.
func (m Model) reveal() Model {
	at, ok := m.headings[m.chosen]
	if !ok || at.y >= m.offset && at.y+2 < m.offset+m.room() {
		return m
	}
	return m.Scroll(at.y - m.offset)
}

// hold leaves the chosen section where it was on the screen, although one above
// it has become longer or shorter: that of another process's mounts, for instance.
func (m Model) hold(was Model) Model {
	before, drawn := was.headings[m.chosen]
	after, still := m.headings[m.chosen]
	if !drawn || !still || m.explaining {
		return m
	}
	return m.Scroll(after.y - before.y + was.offset - m.offset)
}

// Scroll moves the view by n lines.
func (m Model) Scroll(n int) Model {
	m.offset = min(max(0, m.offset+n), max(0, len(m.lines)-m.room()))
	return m
}

// View draws the pane.
func (m Model) View() string {
	below := m.lines[min(m.offset, len(m.lines)):]
	return theme.Block(slices.Concat(m.banner(), below), m.width, m.height)
}

// layout draws every line, so that View has nothing left to do.
func (m Model) layout() Model {
	if m.height <= 0 || m.width <= 0 { // nobody sees it
		m.lines, m.headings = nil, nil
		return m
	}
	if m.seen == nil {
		said := m.words.Facts.Waiting
		if m.over {
			said = m.words.Facts.NothingSeen
		}
		m.lines = theme.Wrap(m.theme.Dim.Render(said), m.width)
		m.headings = nil
		return m
	}
	if m.explaining {
		m.lines = m.explained()
		m.headings = map[string]spot{m.chosen: {w: m.width, h: len(m.lines)}}
	} else {
		m.lines, m.headings = flow(m.sections(), m.width, m.room(), m.asks)
	}
	return m.Scroll(0)
}

// explained is the chosen section in the whole width of the pane.
func (m Model) explained() []string {
	for _, s := range m.sections() {
		if s.name == m.chosen {
			return s.lines(m.width)
		}
	}
	return nil
}
