package xray

import (
	"fmt"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"

	"cloison/sandbox"
	"cloison/tui/theme"
)

// namespaces tells what is the process's own from what it shares with its
// parent and what is the host's, by word and by weight, and who else is in it.
func (m Model) namespaces(width int) []string {
	w := m.words.Facts
	lines := m.about("namespaces", []string{m.heading("namespaces", w.Namespaces)}, width)
	column := max(lipgloss.Width(w.Own), lipgloss.Width(w.Host), lipgloss.Width(w.Parents))
	for _, n := range m.seen.Namespaces {
		word, style := m.whose(n)
		line := m.mark("ns "+string(n.Type)) + style.Render(fmt.Sprintf("%-6s ", n.Type)+theme.Fit(word, column))
		for _, more := range []string{fmt.Sprint(n.Inode), m.company(n, width-2-8-column-11)} {
			if more != "" && lipgloss.Width(line)+1+lipgloss.Width(more) <= width {
				line += " " + m.theme.Dim.Render(more)
			}
		}
		lines = append(lines, m.about("ns "+string(n.Type), []string{line}, width)...)
	}
	return lines
}

// whose says whose namespace it is. The parent of the lab's first process is
// none of the lab, and of no interest.
func (m Model) whose(n sandbox.NamespaceUse) (string, lipgloss.Style) {
	w := m.words.Facts
	first := slices.ContainsFunc(m.seen.Processes, func(p sandbox.ProcessFact) bool { return p.PID == m.facts.PID && p.Depth == 0 })
	switch {
	case n.Host:
		return w.Host, m.theme.Dim
	case n.Parent && !first:
		return w.Parents, m.theme.Text
	}
	return w.Own, m.theme.Strong
}

// company says who of the lab is in the namespace too: by name where there is
// room, and else how many.
func (m Model) company(n sandbox.NamespaceUse, room int) string {
	w := m.words.Facts
	if n.Count <= 1 {
		return w.Alone
	}
	var names []string
	for _, pid := range n.Users {
		if pid != m.facts.PID {
			names = append(names, m.nameOf(pid))
		}
	}
	named := fmt.Sprintf(w.With, strings.Join(names, ", "))
	if len(names) == n.Count-1 && lipgloss.Width(named) <= room {
		return named
	}
	return fmt.Sprintf("×%d", n.Count)
}

// nameOf is a process of the lab by name and number.
func (m Model) nameOf(pid int) string {
	if p, ok := m.seen.Process(pid); ok {
		return fmt.Sprintf("%s %d", printable(p.Command), pid)
	}
	return fmt.Sprint(pid)
}
