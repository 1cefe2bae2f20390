package theme

import (
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

// Fit cuts or pads s to exactly width cells; what is cut ends in an ellipsis.
func Fit(s string, width int) string {
	if width <= 0 {
		return ""
	}
	s = untab(s)
	w := ansi.StringWidth(s)
	if w > width {
		s = ansi.Truncate(s, width, "…")
		w = ansi.StringWidth(s)
	}
	return s + strings.Repeat(" ", max(0, width-w))
}

// Block fits lines into a rectangle of exactly width by height cells.
func Block(lines []string, width, height int) string {
	rows := make([]string, max(0, height))
	for i := range rows {
		line := ""
		if i < len(lines) {
			line = lines[i]
		}
		rows[i] = Fit(line, width)
	}
	return strings.Join(rows, "\n")
}

// Wrap breaks s at words into lines of at most width cells. A style that goes on
// over a break ends and begins again with the line, since lines of several panes
// are set side by side. A hyphen is no place to break: `sh -c` would look like
// two words more, and lipgloss makes such a line one cell too long.
func Wrap(s string, width int) []string {
	return strings.Split(hyphen.Replace(lipgloss.Wrap(noBreak.Replace(untab(s)), max(1, width), "")), "\n")
}

var (
	noBreak = strings.NewReplacer("-", "\u2011")
	hyphen  = strings.NewReplacer("\u2011", "-")
)

// tab stands for a tabulator, which has no width of its own and would vanish.
const tab = "  "

func untab(s string) string { return strings.ReplaceAll(s, "\t", tab) }

// Ends puts left and right at the two ends of a line of width cells; right
// gives way first.
func Ends(left, right string, width int) string {
	room := width - ansi.StringWidth(left)
	if room <= 1 {
		return Fit(left, width)
	}
	if ansi.StringWidth(right) > room-1 {
		right = ansi.Truncate(right, room-1, "…")
	}
	return left + strings.Repeat(" ", room-ansi.StringWidth(right)) + right
}

// Heading is a horizontal line of width cells that carries a title: how a pane
// begins. A focused pane's title is set off by marks as well as by colour.
func (t Theme) Heading(title, note string, width int, focused bool) string {
	head := t.Rule.Render("─ ") + t.Dim.Render(title) + t.Rule.Render(" ")
	if focused {
		head = t.Rule.Render("─") + t.Title.Render("▶ "+title+" ")
	}
	if note != "" {
		note = " " + t.Dim.Render(note) + t.Rule.Render(" ─")
	}
	room := width - ansi.StringWidth(head) - ansi.StringWidth(note)
	if room < 0 {
		return Fit(head, width)
	}
	return head + t.Rule.Render(strings.Repeat("─", room)) + note
}

// Width is how many cells s takes.
func Width(s string) int { return ansi.StringWidth(s) }
