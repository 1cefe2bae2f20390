package terminal

import (
	"io"
	"strings"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
)

// The size of a terminal before the first SetSize.
const (
	defaultCols = 80
	defaultRows = 24
)

// screen is the emulator and what it does not keep: modes, title, the past.
// Only Update and View touch it, so it needs no lock.
type screen struct {
	emu   *vt.Emulator
	feed  *feed
	past  *past
	modes modes
	title string
	isAlt bool

	margins  bool     // the main screen may have a scroll region
	wideEnd  int      // row whose last two columns a wide character just took; -1 for none
	rendered []string // the rows as last rendered
	stale    bool     // every row is to be rendered again
}

func newScreen(cols, rows int) *screen {
	s := &screen{emu: vt.NewEmulator(cols, rows), feed: newFeed(rows), past: &past{}, wideEnd: -1}
	// The emulator moves its whole scrollback for each line once that is full,
	// so it must never be; harvest empties it.
	s.emu.SetScrollbackSize(1 << 30)
	s.emu.SetCallbacks(vt.Callbacks{
		AltScreen:   func(on bool) { s.isAlt, s.stale = on, true },
		EnableMode:  func(m ansi.Mode) { s.modes.set(m, true) },
		DisableMode: func(m ansi.Mode) { s.modes.set(m, false) },
	})
	s.guard()
	return s
}

// colours sets what a program is told when it asks for the terminal's colours.
func (s *screen) colours(look Look) {
	s.emu.SetDefaultForegroundColor(look.Foreground)
	s.emu.SetDefaultBackgroundColor(look.Background)
}

// write shows p and gives the number of lines that scrolled into the past.
func (s *screen) write(p []byte) int {
	data, marks := s.feed.whole(p)
	at := 0
	for _, m := range marks {
		s.parse(data[at:m.at])
		s.help(m)
		at = m.at
	}
	s.parse(data[at:])
	return s.harvest()
}

// parse hands p to the emulator. Programs print anything, a learner's "cat
// /bin/ls" included; should the emulator panic at it, the screen starts afresh
// rather than take the lesson with it.
func (s *screen) parse(p []byte) {
	defer func() {
		if recover() != nil {
			s.feed = newFeed(s.rows())
			s.inject("\x18\x18\x18\x18\x1bc") // CAN ends any sequence or character; RIS
		}
	}()
	// The emulator's answers go into a pipe that is always drained, and
	// nothing else makes it fail.
	_, _ = s.emu.Write(p)
}

// harvest moves the emulator's scrollback into the past.
func (s *screen) harvest() int {
	scrollback := s.emu.Scrollback()
	n := scrollback.Len()
	// More than the past can hold need not be rendered.
	for i := max(0, n-maxPast); i < n; i++ {
		line := scrollback.Line(i)
		s.past.push(renderCells(len(line), line.At))
	}
	scrollback.Clear()
	return n
}

func (s *screen) cols() int { return s.emu.Width() }
func (s *screen) rows() int { return s.emu.Height() }
func (s *screen) alt() bool { return s.isAlt }

// answers is where the emulator's answers to queries are read.
func (s *screen) answers() io.Reader { return s.emu }

// close ends answers. Unlike Emulator.Close it may run beside a write.
func (s *screen) close() {
	if pipe, ok := s.emu.InputPipe().(io.Closer); ok {
		_ = pipe.Close()
	}
}

// row is a copy of row y of the visible screen.
func (s *screen) row(y int) uv.Line {
	line := make(uv.Line, s.cols())
	for x := range line {
		if cell := s.emu.CellAt(x, y); cell != nil {
			line[x] = *cell
		}
	}
	return line
}

// text is the visible screen as plain text, without blanks at the ends of
// lines or empty lines at the end.
func (s *screen) text() string {
	lines := make([]string, s.rows())
	for y, line := range s.render() {
		lines[y] = plain(line)
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// cursor is where the program inside shows its cursor; nil when it hides it.
func (s *screen) cursor() *tea.Cursor {
	if s.emu.CursorHidden() {
		return nil
	}
	at := s.emu.CursorPosition()
	c := tea.NewCursor(min(max(0, at.X), s.cols()-1), min(max(0, at.Y), s.rows()-1))
	style, blink := s.emu.CursorStyle()
	c.Blink = blink
	switch style {
	case vt.CursorUnderline:
		c.Shape = tea.CursorUnderline
	case vt.CursorBar:
		c.Shape = tea.CursorBar
	}
	return c
}
