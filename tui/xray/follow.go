package xray

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"cloison/sandbox"
)

// lostFor is how long the pane says that the followed process is gone.
const lostFor = 10 * time.Second

// banner is the line above the facts while it is not the terminal that is
// followed, or has just not been, or the terminal has ended.
func (m Model) banner() []string {
	w := m.words.Facts
	switch {
	case m.seen == nil || m.height < 2:
		return nil
	case m.seen.Follows():
		who := fmt.Sprintf(w.Follows, printable(m.facts.Command), m.facts.PID)
		line := m.theme.Accent.Render("▶ "+who) + m.theme.Dim.Render(" · "+w.FollowFront)
		if len(m.facts.Args) > 1 { // which of several that have one name
			line += m.theme.Dim.Render(" · " + printable(strings.Join(m.facts.Args, " ")))
		}
		return []string{line}
	case m.over:
		return []string{m.theme.Warn.Render("• " + w.LastSeen)}
	case m.lost.what != "":
		return []string{m.theme.Fresh.Render("• ") + fmt.Sprintf(w.Lost, m.lost.what)}
	}
	return nil
}

// room is how many lines there are for facts.
func (m Model) room() int { return max(0, m.height-len(m.banner())) }

// turn gets ready for an X-ray around another process by choice: what differs
// between the two has not changed.
func (m Model) turn(x sandbox.Xray, now time.Time) Model {
	if m.seen == nil {
		return m
	}
	was, is := m.seen.Follows(), x.Follows()
	if was != is || is && m.seen.Asked != x.Asked {
		m.changes = m.changes.turn(x)
	}
	switch {
	case is:
		m.lost = ended{}
	case x.Lost && !(m.seen.Lost && m.seen.Asked == x.Asked):
		m.lost = ended{m.nameOf(x.Asked.PID), now.Add(lostFor)}
	}
	return m
}

// Followed is the process that is followed by choice, or the zero Subject.
func (m Model) Followed() sandbox.Subject {
	if m.seen == nil || !m.seen.Follows() {
		return sandbox.Subject{}
	}
	return m.seen.Asked
}

// branchOf is the line of the tree that a process is drawn in, or else that of
// the one that is shown, or the first.
func (m Model) branchOf(pid int) branch {
	all := m.tree()
	for _, wanted := range []int{pid, m.facts.PID} {
		for _, b := range all {
			for _, p := range m.seen.Processes[b.first : b.first+b.n] {
				if p.PID == wanted {
					return b
				}
			}
		}
	}
	if len(all) == 0 {
		return branch{}
	}
	return all[0]
}

// Marks says whether there is a mark to move: the processes are the section
// that the learner has chosen.
func (m Model) Marks() bool {
	return m.seen != nil && m.chosen == "processes" && len(m.seen.Processes) > 0
}

// Mark moves the mark n lines down the tree; at an end of it, the view moves.
func (m Model) Mark(n int) Model {
	all := m.tree()
	at := slices.Index(all, m.branchOf(m.marked))
	to := min(max(0, at+n), len(all)-1)
	if to == at {
		return m.Scroll(n)
	}
	m.marked = m.seen.Processes[all[to].first].PID
	m = m.layout()
	y := m.treeSpot().y + to
	switch {
	case y < m.offset:
		return m.Scroll(y - m.offset)
	case y >= m.offset+m.room():
		return m.Scroll(y - m.offset - m.room() + 1)
	}
	return m
}

// Marked is the process under the mark.
func (m Model) Marked() sandbox.Subject {
	return m.seen.Processes[m.branchOf(m.marked).first].Subject()
}

// treeSpot is where the first line of the tree is.
func (m Model) treeSpot() spot {
	at := m.headings["processes"]
	at.y += len(m.treeHead(at.w))
	return at
}

// Click says whom a click means to follow: the process in whose line it is, or
// the terminal, the zero Subject, where it is in the line that names whom else
// is followed.
func (m Model) Click(x, y int) (sandbox.Subject, bool) {
	above := len(m.banner())
	if _, drawn := m.headings["processes"]; y < above || m.seen == nil || !drawn {
		return sandbox.Subject{}, y < above && m.Followed() != sandbox.Subject{}
	}
	at, all := m.treeSpot(), m.tree()
	row := y - above + m.offset - at.y
	if x < at.x || x >= at.x+at.w || row < 0 || row >= len(all) || y >= m.height {
		return sandbox.Subject{}, false
	}
	return m.seen.Processes[all[row].first].Subject(), true
}

// Container is the container to follow after the one that is, as seen from the
// process home: the youngest first, and after the eldest the terminal, the zero
// Subject. ok is false where there is none.
func (m Model) Container(home int, after sandbox.Subject) (next sandbox.Subject, ok bool) {
	if m.seen == nil {
		return sandbox.Subject{}, false
	}
	all := m.seen.Containers(home)
	if len(all) == 0 {
		return sandbox.Subject{}, false
	}
	at := slices.IndexFunc(all, func(p sandbox.ProcessFact) bool { return p.Subject() == after })
	if at == len(all)-1 {
		return sandbox.Subject{}, true
	}
	return all[at+1].Subject(), true
}
