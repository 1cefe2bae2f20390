package xray

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"cloison/sandbox"
	"cloison/tui/theme"
)

// foldFrom is how many brothers alike are drawn as one line; tallest how many
// lines the tree has at most.
const (
	foldFrom = 4
	tallest  = 40
	// mostEnded is how many processes that have just ended are named.
	mostEnded = 5
)

// processes draws the lab's processes as a tree.
func (m Model) processes(width int) []string {
	w := m.words.Facts
	left := len(m.seen.Processes) + m.seen.Omitted
	lines := m.treeHead(width)
	var marked branch
	if m.Marks() {
		marked = m.branchOf(m.marked)
	}
	for _, b := range m.tree() {
		line := m.process(b.first, b.n, width)
		if b == marked {
			line = m.underMark(line)
		}
		lines = append(lines, line)
		left -= b.n
	}
	if left > 0 {
		lines = append(lines, m.plain("", fmt.Sprintf(w.More, left), width)...)
	}
	for _, e := range m.ended[max(0, len(m.ended)-mostEnded):] {
		lines = append(lines, theme.Fit(m.theme.Fresh.Render("• ")+m.theme.Dim.Render(fmt.Sprintf(w.Ended, e.what)), width))
	}
	return m.about("tree", lines, width)
}

// treeHead is what stands above the tree.
func (m Model) treeHead(width int) []string {
	total := len(m.seen.Processes) + m.seen.Omitted
	return m.about("processes", []string{m.heading("processes", fmt.Sprintf("%s (%d)", m.words.Facts.Processes, total))}, width)
}

// branch is a line of the tree: so many processes from a number on.
type branch struct{ first, n int }

// tree is the processes by the lines that they are drawn in.
func (m Model) tree() []branch {
	var all []branch
	for i := 0; i < len(m.seen.Processes) && len(all) < tallest; {
		b := branch{i, m.alike(i)}
		all = append(all, b)
		i += b.n
	}
	return all
}

// alike counts the brothers from number i on that can be drawn as one: alike,
// without children, and none of them in front.
func (m Model) alike(i int) int {
	all, first, n := m.seen.Processes, m.seen.Processes[i], 0
	for j := i; j < len(all); j++ {
		p := all[j]
		hasChild := j+1 < len(all) && all[j+1].PPID == p.PID
		if p.PPID != first.PPID || p.Command != first.Command || p.State == "Z" != (first.State == "Z") ||
			p.UID != first.UID || hasChild || p.PID == m.facts.PID || p.PID == m.seen.Front || !maps.Equal(p.Namespaces, first.Namespaces) {
			break
		}
		n++
	}
	if n < foldFrom {
		return 1
	}
	return n
}

// process is the line of number i, which stands for n.
func (m Model) process(i, n, width int) string {
	p := m.seen.Processes[i]
	name, sign := m.theme.Strong.Render(printable(p.Command)), ""
	switch p.PID {
	case m.facts.PID:
		name, sign = m.theme.Accent.Render(printable(p.Command)), m.theme.Accent.Render("▶")
	case m.seen.Front:
		sign = m.theme.Strong.Render("▷")
	}
	line := m.lead(m.freshest(m.seen.Processes[i:i+n]), m.limb(i, n), sign) + name + fmt.Sprintf(" %d", p.PID)
	if n > 1 {
		line += fmt.Sprintf("…%d ×%d", m.seen.Processes[i+n-1].PID, n)
	} else {
		line += fitting(m.details(p), width-theme.Width(line))
	}
	return theme.Fit(line, width)
}

// freshest is the name of the mark that brothers in one line share.
func (m Model) freshest(brothers []sandbox.ProcessFact) string {
	for _, p := range brothers {
		if _, fresh := m.fresh[processName(p.PID)]; fresh {
			return processName(p.PID)
		}
	}
	return ""
}

// lead is what stands before a name in a tree: the mark of a change, the limb,
// and in their last cell a sign where the name has one, so that all names of
// one depth stand in one column.
func (m Model) lead(value, limb, sign string) string {
	lead := m.mark(value) + m.theme.Rule.Render(limb)
	if sign == "" {
		return lead
	}
	return ansi.Truncate(lead, theme.Width(lead)-1, "") + sign
}

// underMark is a line of the tree with the learner's mark on it.
func (m Model) underMark(line string) string {
	return m.theme.Title.Render("›") + m.theme.Selected.Render(string([]rune(ansi.Strip(line))[1:]))
}

// fitting sets details side by side, the most telling first: all of them, in
// their long forms or as many as need be in their short ones, and where not
// even that fits, as many as do.
func fitting(details [][]string, room int) string {
	short := make([]string, len(details))
	for i, forms := range details {
		short[i] = forms[len(forms)-1]
	}
	for shortened := range len(details) + 1 {
		all := ""
		for i, forms := range details {
			if i < shortened {
				all += " " + short[i]
			} else {
				all += " " + forms[0]
			}
		}
		if theme.Width(all) <= room {
			return all
		}
	}
	all := ""
	for _, detail := range short {
		if theme.Width(all+" "+detail) <= room {
			all += " " + detail
		}
	}
	return all
}

// details are what is remarkable about a process, the most telling first, each
// as long as it may be and then shorter: its state, its number inside, the
// namespaces that it does not share with its parent, and its user.
func (m Model) details(p sandbox.ProcessFact) [][]string {
	w := m.words.Facts
	var all [][]string
	switch p.State {
	case "Z":
		all = append(all, []string{m.theme.Bad.Render(w.Zombie)})
	case "T", "t":
		all = append(all, []string{m.theme.Warn.Render(w.Stopped)})
	}
	if p.Inner != p.PID && p.Inner != 0 {
		all = append(all, []string{fmt.Sprintf("(%s %d)", w.Inside, p.Inner), fmt.Sprintf("(%d)", p.Inner)})
	}
	if fresh := m.newNamespaces(p); len(fresh) > 0 {
		forms := []string{m.theme.Warn.Render("+" + strings.Join(fresh, " +"))}
		if len(fresh) > 1 {
			forms = append(forms, m.theme.Warn.Render(fmt.Sprintf("+%d ns", len(fresh))))
		}
		all = append(all, forms)
	}
	switch {
	case p.InnerUID != p.UID:
		all = append(all, []string{fmt.Sprintf("uid %d=%d", p.InnerUID, p.UID)})
	case p.UID != 0:
		all = append(all, []string{fmt.Sprintf("uid %d", p.UID)})
	}
	return all
}

// newNamespaces are those that a process has and its parent has not.
func (m Model) newNamespaces(p sandbox.ProcessFact) []string {
	i := slices.IndexFunc(m.seen.Processes, func(o sandbox.ProcessFact) bool { return o.PID == p.PPID })
	if i < 0 {
		return nil
	}
	var fresh []string
	for _, ns := range sandbox.Namespaces {
		own, theirs := p.Namespaces[ns], m.seen.Processes[i].Namespaces[ns]
		if own != 0 && theirs != 0 && own != theirs {
			fresh = append(fresh, string(ns))
		}
	}
	return fresh
}

// limb is the part of the tree before the name of number i, which stands
// for n: a line down for each ancestor that has younger brothers.
func (m Model) limb(i, n int) string {
	all := m.seen.Processes
	depth := all[i].Depth
	if depth == 0 {
		return ""
	}
	marks := make([]string, depth)
	for level := range marks {
		marks[level] = "  "
		if m.goesOn(i+n, level+1) {
			marks[level] = "│ "
		}
	}
	marks[depth-1] = "└ "
	if m.goesOn(i+n, depth) {
		marks[depth-1] = "├ "
	}
	return strings.Join(marks, "")
}

// goesOn says whether, from number i on, there is another at that depth before
// one that is higher up.
func (m Model) goesOn(i, depth int) bool {
	for _, p := range m.seen.Processes[min(i, len(m.seen.Processes)):] {
		if p.Depth <= depth {
			return p.Depth == depth
		}
	}
	return false
}
