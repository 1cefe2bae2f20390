package xray

import (
	"fmt"
	"slices"
	"strings"

	"cloison/sandbox"
	"cloison/tui/theme"
)

// group is the capabilities that are in the same ones of the three sets: a
// row of the matrix stands for all of them.
type group struct {
	sets    string // for example "EPB", "··B", "···"
	members []string
}

// capabilities is the matrix of every capability against the effective,
// permitted and bounding set, equal rows drawn as one. The largest group is
// "the others", so that what is unusual is what can be read.
func (m Model) capabilities(width int) []string {
	w := m.words.Facts
	lines := []string{m.heading("capabilities", w.Capabilities)}
	legend := strings.Join([]string{"E " + w.Effective, "P " + w.Permitted, "B " + w.Bounding}, "  ")
	for _, line := range theme.Wrap(legend, width-2) {
		lines = append(lines, "  "+m.theme.Dim.Render(line))
	}
	groups := groupCaps(m.facts.Capabilities, m.names)
	for _, g := range groups {
		lines = append(lines, m.row(g, len(groups), biggest(groups), width)...)
	}
	if ambient := members(m.facts.Capabilities.Ambient, m.names); len(ambient) > 0 {
		lines = append(lines, m.pair("", w.Ambient, strings.Join(ambient, " "), width)...)
	}
	return lines
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
	var lines []string
	for i, line := range theme.Wrap(names, width-9) {
		if i == 0 {
			lines = append(lines, m.mark("capabilities")+head+line)
		} else {
			lines = append(lines, strings.Repeat(" ", 9)+line)
		}
	}
	return lines
}

func (m Model) setsMark(sets string) string {
	if sets == "···" {
		return m.theme.Dim.Render(sets)
	}
	return m.theme.Strong.Render(sets)
}

// groupCaps groups every capability that the kernel knows by the sets that
// hold it, the fullest first.
func groupCaps(c sandbox.Capabilities, names []string) []group {
	found := map[string]*group{}
	for n, name := range names {
		sets := letter(c.Effective, n, "E") + letter(c.Permitted, n, "P") + letter(c.Bounding, n, "B")
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

func letter(set sandbox.CapSet, n int, name string) string {
	if set.Has(n) {
		return name
	}
	return "·"
}

func members(set sandbox.CapSet, names []string) []string {
	var in []string
	for n, name := range names {
		if set.Has(n) {
			in = append(in, short(name))
		}
	}
	return in
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
