package xray

import (
	"fmt"
	"path"
	"strings"

	"cloison/sandbox"
	"cloison/tui/theme"
)

// cgroups draws the lab's cgroups as a tree, each with its own limits.
func (m Model) cgroups(width int) []string {
	w := m.words.Facts
	lines := m.about("cgroups", []string{m.heading("cgroup", w.CgroupTree)}, width)
	if len(m.seen.Cgroups) == 0 {
		return append(lines, m.plain("", w.NoCgroups, width)...)
	}
	for _, c := range m.seen.Cgroups {
		lines = append(lines, m.cgroup(c, width)...)
	}
	return m.about("cgroup", lines, width)
}

// cgroup is one of them: its name, how many processes are in it, and what it
// limits.
func (m Model) cgroup(c sandbox.CgroupNode, width int) []string {
	w := m.words.Facts
	indent := strings.Repeat("  ", c.Depth)
	name, sign := m.theme.Strong.Render(printable(path.Base(c.Path))), ""
	if c.Subject {
		name, sign = m.theme.Accent.Render(printable(path.Base(c.Path))), m.theme.Accent.Render("▶")
	}
	parts := []string{name}
	if c.Processes > 0 {
		parts = append(parts, m.theme.Dim.Render(fmt.Sprintf("×%d", c.Processes)))
	}
	if c.Frozen {
		parts = append(parts, m.theme.Warn.Render(w.Frozen))
	}
	var lines []string
	for _, line := range fill(append(parts, m.limits(c)...), width-2-len(indent)) {
		lead := "    " + indent
		if len(lines) == 0 {
			lead = m.lead("cgroup "+c.Path, indent, sign)
		}
		lines = append(lines, theme.Fit(lead+line, width))
	}
	return lines
}

// fill sets parts side by side, and those that do not fit into the next line,
// which is two cells shorter.
func fill(parts []string, width int) []string {
	lines, room := []string{parts[0]}, width
	for _, part := range parts[1:] {
		last := &lines[len(lines)-1]
		if theme.Width(*last)+1+theme.Width(part) <= room {
			*last += " " + part
			continue
		}
		lines, room = append(lines, part), width-2
	}
	return lines
}

// limits are those that the cgroup itself sets.
func (m Model) limits(c sandbox.CgroupNode) []string {
	w := m.words.Facts
	var all []string
	if c.Memory.Limit > 0 {
		all = append(all, m.small(ratio(c.Memory.Used, c.Memory.Limit))+" "+m.size(c.Memory.Used)+"\u00a0/\u00a0"+m.size(c.Memory.Limit))
	} else if c.Memory.Used > 0 {
		all = append(all, m.size(c.Memory.Used))
	}
	if c.Pids.Limit > 0 {
		all = append(all, m.small(ratio(c.Pids.Used, c.Pids.Limit))+" "+fmt.Sprintf("%d\u00a0/\u00a0%d %s", c.Pids.Used, c.Pids.Limit, w.Tasks))
	}
	if c.CPU.Quota > 0 && c.CPU.Period > 0 {
		all = append(all, m.share(c.CPU)+" "+m.theme.Dim.Render(w.CPU))
	}
	if c.OOMKill > 0 {
		all = append(all, m.theme.Bad.Render("✗")+" "+fmt.Sprintf(w.OOM, c.OOMKill))
	}
	return all
}

// small is a gauge of five cells.
func (m Model) small(share float64) string {
	const cells = 5
	full := min(cells, int(share*cells+0.5))
	style := m.theme.Good
	if share > 0.9 {
		style = m.theme.Bad
	}
	return style.Render(strings.Repeat("█", full)) + m.theme.Dim.Render(strings.Repeat("░", cells-full))
}
