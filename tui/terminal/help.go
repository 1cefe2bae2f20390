package terminal

import "fmt"

// help does what the emulator needs at a mark in the output.
func (s *screen) help(m mark) {
	if m.lines > 0 {
		s.scrollAhead(m.lines)
		return
	}
	s.wrap(m.wide)
}

// scrollAhead makes room for n lines that are about to be added at the bottom.
// The emulator copies the whole screen each time it scrolls, so one scroll by
// n lines is n times as fast.
func (s *screen) scrollAhead(n int) {
	at := s.emu.CursorPosition()
	if n < 2 || n >= s.rows() || s.alt() || s.margins || at.Y != s.rows()-1 || at.X >= s.cols() {
		return
	}
	s.inject(fmt.Sprintf("\x1b[%dS\x1b[%dA", n, n))
}

// wrap begins the next line before a character that this one has no room for.
// The emulator does so itself except around characters of two columns: it loses
// one that meets the margin, and writes over one that just fits.
func (s *screen) wrap(wide bool) {
	at, last := s.emu.CursorPosition(), s.cols()-1
	full := at.X == last && at.Y == s.wideEnd
	s.wideEnd = -1
	if s.modes.noWrap || last < 1 {
		return
	}
	if full || wide && at.X == last {
		s.inject("\r\x1bD")
		at = s.emu.CursorPosition()
	}
	if wide && at.X == last-1 {
		s.wideEnd = at.Y
	}
}
