package xray

import (
	"slices"
	"strings"
	"unicode"

	"cloison/tui/theme"
)

// sections are all groups of facts, those that the lesson asks for first.
func (m Model) sections() []section {
	all := []section{
		{"processes", m.processes},
		{"namespaces", m.namespaces},
		{"memory", m.memory},
		{"cgroup", m.cgroups},
		{"maps", m.maps},
		{"capabilities", m.capabilities},
		{"seccomp", m.security},
		{"mounts", m.mounts},
		{"network", m.network},
	}
	slices.SortStableFunc(all, func(a, b section) int { return m.rank(a.name) - m.rank(b.name) })
	return all
}

// aliases are the names by which a lesson asks for facts that share a section
// with others.
var aliases = map[string]string{"lsm": "seccomp"}

// rank is a section's place in what the lesson asks for.
func (m Model) rank(name string) int {
	for i, asked := range m.show {
		if asked == name || aliases[asked] == name {
			return i
		}
	}
	return len(m.show)
}

// asks says whether the lesson asks for a section.
func (m Model) asks(name string) bool { return m.rank(name) < len(m.show) }

// heading is a section's first line. One that the lesson asks for carries a
// mark, and so does the one that the learner has chosen.
func (m Model) heading(name, title string) string {
	switch {
	case name == m.chosen:
		return m.theme.Title.Render("▶ " + title + " ")
	case m.asks(name):
		return m.theme.Accent.Render("▸ " + title)
	}
	return m.theme.Strong.Render("  " + title)
}

// mark is what stands before a value: a dot when it has just changed.
func (m Model) mark(value string) string {
	if _, fresh := m.fresh[value]; fresh {
		return m.theme.Fresh.Render("• ")
	}
	return "  "
}

// about adds what a field means, when that is asked for.
func (m Model) about(field string, lines []string, width int) []string {
	text := m.words.Facts.Explain[field]
	if !m.explaining || text == "" {
		return lines
	}
	for _, line := range theme.Wrap(text, width-6) {
		lines = append(lines, "      "+m.theme.Dim.Render(line))
	}
	return lines
}

// pair is a marked label and its value; what is too long goes on in the next
// line.
func (m Model) pair(field, label, text string, width int) []string {
	return m.about(field, m.plain(field, m.theme.Dim.Render(label)+" "+text, width), width)
}

// plain is a marked sentence.
func (m Model) plain(value, text string, width int) []string {
	lines := theme.Wrap(text, width-4)
	for i, line := range lines {
		if i == 0 {
			lines[i] = m.mark(value) + line
		} else {
			lines[i] = "    " + line
		}
	}
	return lines
}

// printable replaces what could move the cursor: a process chooses its name,
// and who mounts the name of what is mounted.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '\ufffd'
	}, s)
}
