package terminal

import (
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/ansi/parser"
)

// maxHeld is how long an unfinished sequence may be held back, in bytes.
const maxHeld = 64 << 10

// feed looks at output on its way to the emulator. It cuts the stream only
// between characters and control sequences, so that between two writes the
// emulator is never in the middle of one, which resizing relies on; and it
// finds the stretches that only add lines at the bottom.
type feed struct {
	parser *ansi.Parser // the emulator's own grammar
	held   []byte

	most     int  // lines of a run
	linefeed bool // the last byte was a line feed between sequences
	moved    bool // the last byte did something that a run cannot hold
	filled   bool // blanks may have a colour: a pen with a background
}

// run is a stretch of output that begins and ends with a line feed and in
// between stays on its line.
type run struct{ from, to, lines int }

func newFeed(rows int) *feed {
	f := &feed{parser: ansi.NewParser(), most: rows - 1}
	f.parser.SetDataSize(64)
	f.parser.SetHandler(ansi.Handler{Execute: f.execute, HandleCsi: f.csi, HandleEsc: f.esc})
	return f
}

// whole gives what is complete of the held bytes and p, and the runs in it; it
// holds the rest.
func (f *feed) whole(p []byte) (complete []byte, runs []run) {
	start := len(f.held)
	buf := p
	if start > 0 {
		buf = append(f.held, p...)
	}
	end := 0
	var r run
	for i := start; i < len(buf); i++ {
		f.linefeed, f.moved = false, false
		f.parser.Advance(buf[i])
		if f.parser.State() == parser.GroundState {
			end = i + 1
		}
		switch {
		case f.linefeed && r.lines == 0:
			r = run{from: i, to: i + 1, lines: 1}
		case f.linefeed:
			r.to, r.lines = i+1, r.lines+1
		}
		if r.lines > 0 && (f.moved || r.lines >= f.most) {
			runs, r = append(runs, r), run{}
		}
	}
	if r.lines > 0 {
		runs = append(runs, r)
	}
	if len(buf)-end > maxHeld {
		end = len(buf)
	}
	f.held = append([]byte(nil), buf[end:]...)
	return buf[:end], runs
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
