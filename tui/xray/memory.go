package xray

import (
	"fmt"
	"slices"
	"strings"

	"cloison/sandbox"
)

// memory draws limit and use, and sets beside them what free(1) would say.
func (m Model) memory(width int) []string {
	w, c := m.words.Facts, m.facts.Cgroup
	title := w.Memory
	if c.Version > 0 {
		title += fmt.Sprintf(" (cgroup v%d)", c.Version)
	}
	return slices.Concat(
		[]string{m.heading("memory", title), "  " + m.bar(width-2)},
		m.pair("limit", w.Limit, m.limit(), width),
		m.pair("used", w.Used, m.size(c.Memory.Used), width),
		m.pair("free", w.FreeSays, m.freeSays(), width),
		m.pair("tasks", w.Tasks, m.gauge(c.Pids), width),
		m.cpu(width),
		m.oom(width),
	)
}

// bar is the gauge: what is used of the limit, or of the whole machine when
// there is none.
func (m Model) bar(width int) string {
	whole := m.facts.Cgroup.Memory.Limit
	if whole == 0 {
		whole = m.facts.Memory.Total
	}
	share := ratio(m.facts.Cgroup.Memory.Used, whole)
	percent := fmt.Sprintf(" %3.0f %%", share*100)
	cells := max(1, width-len(percent))
	style := m.theme.Good
	if share > 0.9 {
		style = m.theme.Bad
	}
	return m.theme.Gauge(share, cells, style) + percent
}

func (m Model) limit() string {
	if limit := m.facts.Cgroup.Memory.Limit; limit > 0 {
		return m.theme.Strong.Render(m.size(limit))
	}
	return m.words.Facts.None
}

// freeSays is the total that free(1) prints, and how many times the limit
// that is.
func (m Model) freeSays() string {
	total, limit := m.facts.Memory.Total, m.facts.Cgroup.Memory.Limit
	if limit == 0 || total <= limit {
		return m.size(total)
	}
	return fmt.Sprintf("%s (%.0f×)", m.size(total), ratio(total, limit))
}

func (m Model) gauge(g sandbox.Gauge) string {
	if g.Limit == 0 {
		return fmt.Sprintf("%d, %s", g.Used, m.words.Facts.NoLimit)
	}
	return fmt.Sprintf("%d / %d", g.Used, g.Limit)
}

// cpu is told only where there is a quota.
func (m Model) cpu(width int) []string {
	c := m.facts.Cgroup.CPU
	if c.Quota <= 0 || c.Period <= 0 {
		return nil
	}
	return m.pair("cpu", m.words.Facts.CPU, m.share(c), width)
}

// share is a quota as a number of processors.
func (m Model) share(c sandbox.CPULimit) string {
	return m.decimal(fmt.Sprintf("%.2f", float64(c.Quota)/float64(c.Period)))
}

// oom is told only when the kernel has killed.
func (m Model) oom(width int) []string {
	kills := m.facts.Cgroup.OOMKill
	if kills == 0 {
		return nil
	}
	return m.pair("oom", m.theme.Bad.Render("✗"), fmt.Sprintf(m.words.Facts.OOM, kills), width)
}

// size writes bytes with three digits and the unit of the language.
func (m Model) size(bytes uint64) string {
	value, unit := float64(bytes), 0
	for value >= 1024 && unit < len(m.words.Units)-1 {
		value /= 1024
		unit++
	}
	format := "%.1f"
	if unit == 0 || value >= 100 || value == float64(int(value)) {
		format = "%.0f"
	}
	return m.decimal(fmt.Sprintf(format, value)) + "\u00a0" + m.words.Units[unit]
}

func (m Model) decimal(number string) string {
	return strings.Replace(number, ".", m.words.Comma, 1)
}

func ratio(part, whole uint64) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}
