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
	now := m.screen.render()
	for y := range lines {
		if back := m.back - y; back > 0 {
			lines[y] = fit(m.screen.past.line(back), cols)
		} else {
			lines[y] = now[y-m.back]
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
	m.look.Back = nil // the mark is not text
	lines := m.lines()
	for i, line := range lines {
		lines[i] = plain(line)
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// render gives the rows of the visible screen, each exactly as wide as that.
// Only rows that changed since the last time are rendered.
func (s *screen) render() []string {
	touched := s.emu.Touched()
	if len(s.rendered) != s.rows() {
		s.rendered, s.stale = make([]string, s.rows()), true
	}
	for y := range s.rendered {
		if s.stale || y < len(touched) && touched[y] != nil {
			s.rendered[y] = s.renderRow(y)
		}
	}
	clear(touched)
	s.stale = false
	return s.rendered
}

// renderRow renders row y of the visible screen.
func (s *screen) renderRow(y int) string {
	return renderCells(s.cols(), func(x int) *uv.Cell { return s.emu.CellAt(x, y) })
}

// renderCells renders cells, exactly cols columns wide. Hyperlinks are left
// out: where they lead is not for a program inside to say.
func renderCells(cols int, at func(x int) *uv.Cell) string {
	var b strings.Builder
	b.Grow(cols + 16)
	var pen uv.Style
	for x := 0; x < cols; {
		cell := at(x)
		if cell == nil {
			cell = &uv.EmptyCell
		}
		if cell.Style != pen {
			b.WriteString(cell.Style.Diff(&pen))
			pen = cell.Style
		}
		content, width := shown(cell)
		if x+width > cols { // half a wide character
			content, width = " ", 1
		}
		b.WriteString(content)
		x += width
	}
	if pen != (uv.Style{}) {
		b.WriteString(ansi.ResetStyle)
	}
	return b.String()
}

// shown is what may be shown of a cell, and its width: at least one column,
// and nothing that would be a command to the learner's terminal.
func shown(cell *uv.Cell) (content string, width int) {
	content, width = cell.Content, cell.Width
	switch {
	case content == "":
		return " ", 1
	case isControl(content):
		return string(utf8.RuneError), 1
	case width == 0: // a combining mark that came too late to combine
		return " " + content, 1
	}
	return content, width
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
