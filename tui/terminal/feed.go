package terminal

import (
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/ansi/parser"
)

const zeroWidthJoiner = '\u200d'

// maxHeld is how long an unfinished sequence may be held back, in bytes.
const maxHeld = 64 << 10

// feed looks at output on its way to the emulator. It cuts the stream only
// between characters and control sequences, so that between two writes the
// emulator is never in the middle of one, which resizing relies on; and it
// marks where the emulator wants help.
type feed struct {
	parser *ansi.Parser // the emulator's own grammar
	held   []byte

	// What the last byte did.
	linefeed bool // a line feed between sequences
	moved    bool // something that a run cannot hold
	cut      bool // it ended a character that wants help

	most   int  // lines of a run
	filled bool // blanks may have a colour: a pen with a background
	wide   bool // the last character is two columns wide
	joins  bool // the last character joins the next one to it
}

// mark is a place in the output where the emulator wants help.
type mark struct {
	at int
	// lines is for a line feed that starts a run, a stretch of output that adds
	// so many lines and otherwise stays on its line. With 0 lines the place is
	// before a character that is two columns wide, or follows one that is.
	lines int
	wide  bool
}

func newFeed(rows int) *feed {
	f := &feed{parser: ansi.NewParser(), most: rows - 1}
	f.parser.SetDataSize(64)
	f.parser.SetHandler(ansi.Handler{Print: f.print, Execute: f.execute, HandleCsi: f.csi, HandleEsc: f.esc})
	return f
}

// whole gives what is complete of the held bytes and p, and the marks in it;
// it holds the rest.
func (f *feed) whole(p []byte) (complete []byte, marks []mark) {
	buf := p
	if len(f.held) > 0 {
		buf = append(f.held, p...)
	}
	end, char, run := 0, 0, -1
	for i := len(f.held); i < len(buf); i++ {
		f.linefeed, f.moved, f.cut = false, false, false
		f.parser.Advance(buf[i])
		switch {
		case f.cut:
			marks = append(marks, mark{at: char, wide: f.wide})
		case f.linefeed && run < 0:
			marks, run = append(marks, mark{at: i}), len(marks)
			fallthrough
		case f.linefeed:
			marks[run].lines++
		}
		if f.moved || run >= 0 && marks[run].lines >= f.most {
			run = -1
		}
		switch f.parser.State() {
		case parser.GroundState:
			end, char = i+1, i+1
		case parser.Utf8State:
		default:
			char = i + 1
		}
	}
	if len(buf)-end > maxHeld {
		end = len(buf)
	}
	f.held = append([]byte(nil), buf[end:]...)
	return buf[:end], marks
}

// print looks at a character.
func (f *feed) print(r rune) {
	width := 1
	if r >= 0x300 { // the first combining mark; before it, all are narrow
		width = ansi.StringWidth(string(r))
	}
	if f.joins || width == 0 || r >= 0x1f3fb && r <= 0x1f3ff { // a skin tone
		f.joins = r == zeroWidthJoiner
		return
	}
	f.cut = f.wide || width == 2
	f.wide = width == 2
}

// execute looks at a control character.
func (f *feed) execute(b byte) {
	switch b {
	case '\n':
		f.linefeed = f.parser.State() == parser.GroundState && !f.filled
		f.moved = !f.linefeed
	case 0, '\a', '\b', '\t', '\r', ansi.SO, ansi.SI:
	default:
		f.moved = true
	}
}

// csi looks at a control sequence. Colours and erasing in the line stay on
// the line.
func (f *feed) csi(cmd ansi.Cmd, params ansi.Params) {
	switch int(cmd) {
	case 'm':
		f.pen(params)
	case 'K':
	case ansi.Command('?', 0, 'h'), ansi.Command('?', 0, 'l'):
		f.moved = true
		for _, p := range params {
			switch p.Param(0) {
			case 47, 1047, 1048, 1049: // another screen or cursor, another pen
				f.filled = true
			}
		}
	default:
		f.moved = true
	}
}

// esc looks at an escape sequence.
func (f *feed) esc(cmd ansi.Cmd) {
	switch cmd.Final() {
	case '\\': // the end of a title or a mark
		return
	case '8':
		f.filled = true
	}
	f.moved = true
}

// pen notes whether a pen (SGR) may have a background. What follows an
// extended colour is not told from its parts: "maybe" does no harm.
func (f *feed) pen(params ansi.Params) {
	extended := false
	if len(params) == 0 {
		f.filled = false
	}
	for _, p := range params {
		switch v := p.Param(0); {
		case v == 38 || v == 58:
			extended = true
		case v == 48:
			extended, f.filled = true, true
		case v >= 40 && v <= 47 || v >= 100 && v <= 107:
			f.filled = true
		case (v == 0 || v == 49) && !extended:
			f.filled = false
		}
	}
	if f.filled {
		f.moved = true
	}
}
