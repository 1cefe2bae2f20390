package terminal

import (
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/ansi/parser"
)

// maxHeld is how long an unfinished sequence may be held back, in bytes.
const maxHeld = 64 << 10

// feed cuts a stream of output only between characters and control sequences,
// so that between two writes the emulator is never in the middle of one.
// Resizing relies on that.
type feed struct {
	parser *ansi.Parser // the emulator's own grammar, with nothing attached
	held   []byte
}

func newFeed() *feed {
	f := &feed{parser: ansi.NewParser()}
	f.parser.SetDataSize(64)
	return f
}

// whole gives what is complete of the held bytes and p, and holds the rest.
func (f *feed) whole(p []byte) []byte {
	start := len(f.held)
	buf := p
	if start > 0 {
		buf = append(f.held, p...)
	}
	complete := 0
	for i := start; i < len(buf); i++ {
		f.parser.Advance(buf[i])
		if f.parser.State() == parser.GroundState {
			complete = i + 1
		}
	}
	if len(buf)-complete > maxHeld {
		complete = len(buf)
	}
	f.held = append([]byte(nil), buf[complete:]...)
	return buf[:complete]
}
