package xray

import (
	"fmt"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"

	"cloison/sandbox"
	"cloison/tui/theme"
)

// everyID is the size of a map that covers all ids but (uid_t) -1.
const everyID = 1<<32 - 1

// maps draws how ids inside the user namespace correspond to ids outside.
func (m Model) maps(width int) []string {
	w, f := m.words.Facts, m.facts
	who := m.pair("uid", "uid", m.identity(), width)
	if slices.Equal(f.UIDMap, f.GIDMap) {
		return m.about("maps", slices.Concat([]string{m.heading("maps", w.UserIDs+" = "+w.GroupIDs)}, who, m.rulers("uids", f.UIDMap, width)), width)
	}
	return m.about("maps", slices.Concat(
		[]string{m.heading("maps", w.UserIDs)}, who, m.rulers("uids", f.UIDMap, width),
		[]string{m.heading("maps", w.GroupIDs)}, m.rulers("gids", f.GIDMap, width),
	), width)
}

// identity is who the process is, on both sides of the map. The kernel told
// the id as the reader sees it: outside.
func (m Model) identity() string {
	w, outside := m.words.Facts, m.facts.UIDs.Effective
	inside, ok := sandbox.InsideOf(m.facts.UIDMap, outside)
	if !ok || inside == outside {
		return fmt.Sprint(outside)
	}
	return fmt.Sprintf("%d %s, %d %s", inside, w.Inside, outside, w.Outside)
}

// rulers draws each range as two lines, one above the other.
func (m Model) rulers(value string, ranges []sandbox.IDRange, width int) []string {
	w := m.words.Facts
	if len(ranges) == 0 {
		return m.plain(value, w.NoIDs, width)
	}
	if len(ranges) == 1 && ranges[0] == (sandbox.IDRange{Size: everyID}) {
		return m.plain(value, w.SameIDs, width)
	}
	column := max(lipgloss.Width(w.Inside), lipgloss.Width(w.Outside)) + 1
	var lines []string
	for _, r := range ranges {
		lines = append(lines,
			m.mark(value)+m.theme.Dim.Render(theme.Fit(w.Inside, column))+ruler(r.Inside, r.Size, width-2-column),
			"  "+m.theme.Dim.Render(theme.Fit(w.Outside, column))+ruler(r.Outside, r.Size, width-2-column))
	}
	return lines
}

// ruler is a scale from the first to the last of size ids.
func ruler(first, size uint32, width int) string {
	from := fmt.Sprint(first)
	if size <= 1 {
		return from
	}
	to := fmt.Sprint(uint64(first) + uint64(size) - 1)
	return from + "├" + strings.Repeat("─", max(1, width-len(from)-len(to)-2)) + "┤" + to
}
