package terminal

import (
	"strings"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
)

// cache is the last view; copies of a Model share it.
type cache struct{ view string }

func (c *cache) drop() { c.view = "" }

// View is the terminal as SetSize's number of lines, each exactly as wide as
// SetSize said. The cursor is not in it: see [Model.Cursor].
func (m Model) View() string {
	if m.cache.view == "" {
		m.cache.view = strings.Join(m.lines(), "\n")
	}
	return m.cache.view
}

// lines are the rows on show: past ones first when scrolled back.
func (m Model) lines() []string {
	cols, rows := m.screen.cols(), m.screen.rows()
	lines := make([]string, rows)
	for y := range lines {
		if back := m.back - y; back > 0 {
			lines[y] = fit(m.screen.past.line(back), cols)
		} else {
			lines[y] = renderLine(m.screen.row(y-m.back), cols)
		}
	}
	if m.back > 0 && m.look.Back != nil {
		lines[0] = m.mark(lines[0], cols)
	}
	return lines
}

// mark writes how far back the view is at the right end of line.
func (m Model) mark(line string, cols int) string {
	mark := ansi.Truncate(m.look.BackStyle.Render(m.look.Back(m.back)), cols, "…")
	return fit(line, cols-ansi.StringWidth(mark)) + mark
}

// Cursor is the cursor's place in the pane, from (0, 0); nil when there is
// none to show: hidden by the program, scrolled back, out of focus, or ended.
func (m Model) Cursor() *tea.Cursor {
	if !m.focused || m.back > 0 || m.ended {
		return nil
	}
	return m.screen.cursor()
}

// Text is what the pane shows, as plain text without blanks at the end.
func (m Model) Text() string {
	if m.back == 0 {
		return m.screen.text()
	}
	look := m.look
	look.Back = nil
	m.look = look
	lines := m.lines()
	for i, line := range lines {
		lines[i] = plain(line)
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// renderLine renders the first cols cells of line, exactly cols columns wide.
func renderLine(line uv.Line, cols int) string {
	out := make(uv.Line, 0, cols)
	for x := 0; x < cols; {
		cell := uv.EmptyCell
		if x < len(line) {
			cell = shown(line[x])
		}
		if x+cell.Width > cols { // half a wide character
			cell.Empty()
		}
		out = append(out, cell)
		for range cell.Width - 1 {
			out = append(out, uv.Cell{})
		}
		x += cell.Width
	}
	return out.Render()
}

// shown is cell as it may be shown: at least one column wide and without
// anything that would be a command to the learner's terminal.
func shown(cell uv.Cell) uv.Cell {
	cell.Link = uv.Link{}
	switch {
	case cell.Content == "":
		cell.Content, cell.Width = " ", 1
	case cell.Width == 0: // a combining mark that came too late to combine
		cell.Content, cell.Width = " "+cell.Content, 1
	}
	if isControl(cell.Content) {
		cell.Content, cell.Width = string(utf8.RuneError), 1
	}
	return cell
}

func isControl(s string) bool {
	if len(s) == 1 {
		return s[0] < ' ' || s[0] == 0x7f
	}
	return strings.ContainsFunc(s, unicode.IsControl)
}

// fit cuts or fills a rendered line to cols columns.
func fit(line string, cols int) string {
	line = ansi.Truncate(line, cols, "")
	return line + strings.Repeat(" ", max(0, cols-ansi.StringWidth(line)))
}

// plain is a rendered line without its styles and the blanks at its end.
func plain(line string) string { return strings.TrimRight(ansi.Strip(line), " ") }
