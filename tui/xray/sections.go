package xray

import (
	"fmt"
	"slices"

	"charm.land/lipgloss/v2"

	"cloison/sandbox"
	"cloison/tui/theme"
)

// sections are all groups of facts, those that the lesson asks for first.
func (m Model) sections() []section {
	all := []section{
		{"namespaces", m.namespaces},
		{"memory", m.memory},
		{"maps", m.maps},
		{"capabilities", m.capabilities},
		{"seccomp", m.security},
	}
	slices.SortStableFunc(all, func(a, b section) int { return m.rank(a.name) - m.rank(b.name) })
	return all
}

// aliases are the names by which a lesson asks for facts that share a section
// with others.
var aliases = map[string]string{"cgroup": "memory", "lsm": "seccomp"}

// rank is a section's place in what the lesson asks for.
func (m Model) rank(name string) int {
	for i, asked := range m.show {
		if asked == name || aliases[asked] == name {
			return i
		}
	}
	return len(m.show)
}

// heading is a section's first line; a section that the lesson asks for
// carries a mark.
func (m Model) heading(name, title string) string {
	if m.rank(name) < len(m.show) {
		return m.theme.Accent.Render("▸ " + title)
	}
	return m.theme.Strong.Render("  " + title)
}

// mark is what stands before a value: a dot when it has just changed.
func (m Model) mark(value string) string {
	if m.fresh[value] > 0 {
		return m.theme.Fresh.Render("• ")
	}
	return "  "
}

// namespaces tells what is the process's own from what is the host's, by word
// and by weight.
func (m Model) namespaces(width int) []string {
	w := m.words.Facts
	lines := []string{m.heading("namespaces", w.Namespaces)}
	column := max(lipgloss.Width(w.Own), lipgloss.Width(w.Host))
	for _, n := range m.facts.Namespaces {
		word, style := w.Own, m.theme.Strong
		if n.Host {
			word, style = w.Host, m.theme.Dim
		}
		line := m.mark("ns "+string(n.Type)) + style.Render(fmt.Sprintf("%-6s ", n.Type)+theme.Fit(word, column))
		inode := m.theme.Dim.Render(fmt.Sprint(n.Inode))
		if lipgloss.Width(line)+1+lipgloss.Width(inode) <= width {
			line += " " + inode
		}
		lines = append(lines, line)
	}
	return lines
}

// security shows what else stands between the process and the kernel.
func (m Model) security(width int) []string {
	w, f := m.words.Facts, m.facts
	lsm := f.LSM
	if lsm == "" {
		lsm = w.None
	}
	return slices.Concat(
		[]string{m.heading("seccomp", w.Security)},
		m.pair("seccomp", w.Seccomp, m.seccomp(f.Seccomp), width),
		m.pair("nnp", w.NNP, m.onOff(f.NoNewPrivs), width),
		m.pair("lsm", w.LSM, lsm, width),
	)
}

func (m Model) seccomp(s sandbox.Seccomp) string {
	switch w := m.words.Facts; s.Mode {
	case 0:
		return w.Off
	case 1:
		return w.Strict
	default:
		return fmt.Sprintf(w.Filters, s.Filters)
	}
}

func (m Model) onOff(on bool) string {
	if on {
		return m.words.Facts.On
	}
	return m.words.Facts.Off
}

// pair is a marked label and its value; what is too long goes on in the next
// line.
func (m Model) pair(value, label, text string, width int) []string {
	lines := theme.Wrap(m.theme.Dim.Render(label)+" "+text, width-2)
	for i, line := range lines {
		if i == 0 {
			lines[i] = m.mark(value) + line
		} else {
			lines[i] = "    " + line
		}
	}
	return lines
}
