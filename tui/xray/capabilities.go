package xray

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"cloison/sandbox"
	"cloison/tui/theme"
)

// column is one set of the matrix.
type column struct {
	letter, name string
	set          sandbox.CapSet
}

// group is the capabilities that are in the same sets: a row of the matrix
// stands for all of them.
type group struct {
	sets    string // for example "EPB", "··B", "···"
	members []string
}

// capabilities is the matrix of every capability against the sets, equal rows
// drawn as one. The largest group is "the others", so that what is unusual is
// what can be read.
func (m Model) capabilities(width int) []string {
	lines := []string{m.heading("capabilities", m.words.Facts.Capabilities)}
	columns := m.columns()
	var legend []string
	for _, c := range columns {
		legend = append(legend, c.letter+"\u00a0"+c.name)
	}
	for _, line := range theme.Wrap(strings.Join(legend, "  "), width-2) {
		lines = append(lines, "  "+m.theme.Dim.Render(line))
	}
	groups := groupCaps(columns, m.names)
	for _, g := range groups {
		lines = append(lines, m.row(g, len(groups), biggest(groups), width)...)
	}
	return lines
}

// columns are the effective, permitted and bounding set; the ambient set is
// nearly always empty, and shown when it is not.
func (m Model) columns() []column {
	w, c := m.words.Facts, m.facts.Capabilities
	columns := []column{{"E", w.Effective, c.Effective}, {"P", w.Permitted, c.Permitted}, {"B", w.Bounding, c.Bounding}}
	if c.Ambient != 0 {
		columns = append(columns, column{"A", w.Ambient, c.Ambient})
	}
	return columns
}

// row writes one group: sets, number, names.
func (m Model) row(g group, groups, most, width int) []string {
	names := strings.Join(g.members, " ")
	switch {
	case groups == 1:
		names = m.words.Facts.All
	case len(g.members) == most && most > 4:
		names = m.words.Facts.Others
	}
	head := m.setsMark(g.sets) + fmt.Sprintf(" %2d ", len(g.members))
	indent := 2 + ansi.StringWidth(head)
	var lines []string
	for i, line := range theme.Wrap(names, width-indent) {
		if i == 0 {
			lines = append(lines, m.mark("capabilities")+head+line)
		} else {
			lines = append(lines, strings.Repeat(" ", indent)+line)
		}
	}
	return lines
}

func (m Model) setsMark(sets string) string {
	if strings.Trim(sets, "·") == "" {
		return m.theme.Dim.Render(sets)
	}
	return m.theme.Strong.Render(sets)
}

// groupCaps groups every capability that the kernel knows by the sets that
// hold it, the fullest first.
func groupCaps(columns []column, names []string) []group {
	found := map[string]*group{}
	for n, name := range names {
		sets := ""
		for _, c := range columns {
			sets += letter(c, n)
		}
		if found[sets] == nil {
			found[sets] = &group{sets: sets}
		}
		found[sets].members = append(found[sets].members, short(name))
	}
	var groups []group
	for _, g := range found {
		groups = append(groups, *g)
	}
	slices.SortFunc(groups, func(a, b group) int {
		if d := strings.Count(a.sets, "·") - strings.Count(b.sets, "·"); d != 0 {
			return d
		}
		return strings.Compare(a.sets, b.sets)
	})
	return groups
}

func letter(c column, n int) string {
	if c.set.Has(n) {
		return c.letter
	}
	return "·"
}

func biggest(groups []group) int {
	most := 0
	for _, g := range groups {
		most = max(most, len(g.members))
	}
	return most
}

// short is a capability's name as capsh(1) users say it: without CAP_.
func short(name string) string {
	return strings.TrimPrefix(strings.ToLower(name), "cap_")
}
