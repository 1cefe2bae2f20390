package terminal

import (
	"io"
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"
)

// maxTitle is the longest title kept, in characters.
const maxTitle = 200

// repeating are the final bytes of the control sequences that do something a
// given number of times.
const repeating = "@ILMPSTXZb"

// guard registers handlers that run before the emulator's own: they keep it
// from working for ever or beyond its screen, and keep what it forgets.
func (s *screen) guard() {
	for _, final := range repeating {
		s.emu.RegisterCsiHandler(int(final), s.clamp)
	}
	s.emu.RegisterCsiHandler('r', s.clampRows)
	s.emu.RegisterCsiHandler('s', s.clampCols)
	s.emu.RegisterCsiHandler('g', func(ansi.Params) bool { return s.outside() })
	s.emu.RegisterEscHandler('H', s.outside)
	s.emu.RegisterEscHandler('c', s.restart)
	s.emu.RegisterCsiHandler('J', s.erase)
	s.emu.RegisterCsiHandler('n', s.status)
	s.emu.RegisterOscHandler(0, s.setTitle)
	s.emu.RegisterOscHandler(2, s.setTitle)
}

// clamp makes a count no more than the screen has cells. "CSI 2147483647 b"
// would otherwise take a minute.
func (s *screen) clamp(params ansi.Params) bool {
	limit(params, s.cols()*s.rows())
	return false
}

// clampRows keeps the top and bottom margins on the screen; beyond it the
// emulator panics.
func (s *screen) clampRows(params ansi.Params) bool {
	limit(params, s.rows())
	if !s.alt() {
		top, _, _ := params.Param(0, 1)
		bottom, _, _ := params.Param(1, s.rows())
		s.margins = top > 1 || bottom > 0 && bottom < s.rows()
	}
	return false
}

// clampCols does the same for the left and right margins.
func (s *screen) clampCols(params ansi.Params) bool {
	limit(params, s.cols())
	s.margins = s.margins || len(params) > 0
	return false
}

// restart notes a full reset (RIS).
func (s *screen) restart() bool {
	s.margins, s.stale = false, true
	return false
}

// outside says whether the cursor is right of the screen, where a cursor that
// was saved on a wider one may be restored: tab stops there make the emulator panic.
func (s *screen) outside() bool { return s.emu.CursorPosition().X >= s.cols() }

// limit replaces each parameter above most.
func limit(params ansi.Params, most int) {
	for i := range params {
		if params[i].Param(0) > most {
			params[i] = ansi.Param(most)
		}
	}
}

// erase forgets the past together with the emulator's scrollback (ED 3).
func (s *screen) erase(params ansi.Params) bool {
	if n, _, _ := params.Param(0, 0); n == 3 {
		s.past.clear()
	}
	return false
}

// status answers "are you well?" (DSR 5) as ECMA-48 has it; the emulator's own
// answer is the private one.
func (s *screen) status(params ansi.Params) bool {
	if n, _, _ := params.Param(0, 0); n != 5 {
		return false
	}
	_, _ = io.WriteString(s.emu.InputPipe(), "\x1b[0n")
	return true
}

// setTitle keeps a window's title (OSC 0 and 2), which may hold semicolons.
func (s *screen) setTitle(data []byte) bool {
	_, title, _ := strings.Cut(string(data), ";")
	s.title = cleanTitle(title)
	return true
}

// cleanTitle is title on one line, without control characters, and not too long.
func cleanTitle(title string) string {
	title = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(title, ""))
	if runes := []rune(title); len(runes) > maxTitle {
		title = string(runes[:maxTitle])
	}
	return strings.TrimSpace(title)
}
