package xray

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"cloison/sandbox"
	"cloison/tui/theme"
	"cloison/tui/words"
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

// capabilities is the matrix of every capability against the five sets, equal
// rows drawn as one. The largest group is "the others", so that what is unusual
// is what can be read.
func (m Model) capabilities(width int) []string {
	lines := m.about("capabilities", []string{m.heading("capabilities", m.words.Facts.Capabilities)}, width)
	columns := m.columns()
	lines = append(lines, m.legend(columns, width)...)
	groups := groupCaps(columns, m.names)
	for _, g := range groups {
		lines = append(lines, m.row(g, len(groups), biggest(groups), width)...)
	}
	return append(lines, m.lastExec(width)...)
}

// legend says what the letters mean: side by side, or a line each with its
// explanation.
func (m Model) legend(columns []column, width int) []string {
	var lines, all []string
	for _, c := range columns {
		said := c.letter + "\u00a0" + c.name
		if m.explaining {
			lines = append(lines, m.about("set "+c.letter, m.plain("", said, width), width)...)
		}
		all = append(all, said)
	}
	if m.explaining {
		return lines
	}
	for _, line := range theme.Wrap(strings.Join(all, "  "), width-2) {
		lines = append(lines, "  "+m.theme.Dim.Render(line))
	}
	return lines
}

// columns are the five sets, in the order of how soon they count.
func (m Model) columns() []column { return columnsOf(m.facts.Capabilities, m.words.Facts) }

func columnsOf(c sandbox.Capabilities, w words.FactWords) []column {
	return []column{
		{"E", w.Effective, c.Effective},
		{"P", w.Permitted, c.Permitted},
		{"B", w.Bounding, c.Bounding},
		{"I", w.Inheritable, c.Inheritable},
		{"A", w.Ambient, c.Ambient},
	}
}

// lastExec says what the last execve(2) gave and took, set by set.
func (m Model) lastExec(width int) []string {
	w, e := m.words.Facts, m.seen.Exec
	if e == nil {
		return nil
	}
	title := fmt.Sprintf("exec %s → %s", printable(e.Command), printable(m.facts.Command))
	if e.Parent { // what the child did before its exec is in it
		title = "fork, " + title
	}
	moved := m.moved(columnsOf(e.Before, w), columnsOf(e.After, w))
	lines := m.plain("exec", m.theme.Strong.Render(title), width)
	if len(moved) == 0 {
		moved = []string{w.ExecSame}
	}
	for _, line := range moved {
		lines = append(lines, m.plain("", "  "+line, width)...)
	}
	return m.about("exec", lines, width)
}

// moved tells what came and went, once for the sets that it is the same for.
func (m Model) moved(before, after []column) []string {
	letters := map[string]string{}
	var order []string
	for i := range before {
		gained, lost := after[i].set&^before[i].set, before[i].set&^after[i].set
		if gained|lost == 0 {
			continue
		}
		change := m.signed(" +", gained) + m.signed(" −", lost)
		if letters[change] == "" {
			order = append(order, change)
		}
		letters[change] += after[i].letter
	}
	var all []string
	for _, change := range order {
		all = append(all, letters[change]+change)
	}
	return all
}

// signed names a set's members, or counts them where they are many.
func (m Model) signed(sign string, s sandbox.CapSet) string {
	var all []string
	for n, name := range m.names {
		if s.Has(n) {
			all = append(all, short(name))
		}
	}
	switch {
	case len(all) == 0:
		return ""
	case len(all) == len(m.names):
		return sign + m.words.Facts.All
	case len(all) > 6:
		return sign + fmt.Sprint(len(all))
	}
	return sign + strings.Join(all, sign)
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
	if !strings.Contains(g.sets, "B") {
		names = fmt.Sprintf(m.words.Facts.Dropped, names)
	}
	head := m.setsMark(g.sets) + fmt.Sprintf(" %2d", len(g.members))
	// In a narrow column the names go on below the head: the longest is as wide.
	under := 2 + ansi.StringWidth(head) + 1
	if width < narrowNames {
		under = 6
	}
	lines := []string{m.mark("caps") + head}
	for _, word := range strings.Fields(names) {
		last := &lines[len(lines)-1]
		if ansi.StringWidth(*last)+1+ansi.StringWidth(word) <= width {
			*last += " " + word
			continue
		}
		lines = append(lines, strings.Repeat(" ", under)+word)
	}
	return lines
}

// narrowNames is the width below which capabilities have no column of their own.
const narrowNames = 34

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
