package shell

import "bytes"

// piece is one part of what a program writes to a terminal.
type piece struct {
	kind  kind
	text  []byte // printable bytes; a control sequence's parameters; an OSC's string
	final byte   // the control character, or the last byte of a control sequence
}

type kind int

const (
	printed  kind = iota // text, perhaps cut inside a UTF-8 rune
	control              // one C0 control character, in final
	sequence             // ESC [ text final: a control sequence (ECMA-48 5.4)
	command              // ESC ] text BEL: an operating system command (OSC)
)

// longest bounds what is kept of one sequence, so that binary output that
// opens a sequence and never ends it costs no memory.
const longest = 4096

// scanner cuts a stream of terminal output into pieces. The stream may be
// handed over in parts of any size: the pieces are the same, except that
// neighbouring printed ones may be cut differently.
type scanner struct {
	state state
	held  []byte // the sequence so far
}

type state int

const (
	inText      state = iota
	afterEscape       // ESC
	inEscape          // ESC and intermediate bytes: ESC ( B
	inSequence        // ESC [
	inCommand         // ESC ]
	inString          // ESC P, X, ^ or _: passed over
	endOfString       // ESC within a command or string
)

const (
	bell       = 0x07
	cancel     = 0x18
	substitute = 0x1a
	escape     = 0x1b
	del        = 0x7f
)

// scan gives the pieces of p to emit, in order. A piece's text is only good
// until emit returns.
func (s *scanner) scan(p []byte, emit func(piece)) {
	for len(p) > 0 {
		if s.state == inText {
			n := textLength(p)
			if n > 0 {
				emit(piece{kind: printed, text: p[:n]})
				p = p[n:]
				continue
			}
		}
		s.step(p[0], emit)
		p = p[1:]
	}
}

// textLength is how many bytes p begins with that are no control characters.
func textLength(p []byte) int {
	n := bytes.IndexFunc(p, func(r rune) bool { return r < 0x20 || r == del })
	if n < 0 {
		return len(p)
	}
	return n
}

// step moves on by one byte; in the state inText that is a control character.
func (s *scanner) step(c byte, emit func(piece)) {
	switch {
	case c == cancel || c == substitute:
		s.begin(inText)
	case s.state == inCommand && c == bell, s.state == endOfString && c == '\\':
		s.endCommand(emit)
	case c == escape && (s.state == inCommand || s.state == inString):
		if s.state == inString {
			s.held = nil
		}
		s.state = endOfString
	case c == escape:
		s.begin(afterEscape)
	case s.state == inText:
		emit(piece{kind: control, final: c})
	case s.state == afterEscape, s.state == endOfString:
		s.begin(afterEscape)
		s.introduce(c)
	case s.state == inEscape:
		s.passIntermediate(c)
	case s.state == inSequence:
		s.inSequence(c, emit)
	case s.state == inCommand:
		s.hold(c)
	}
}

func (s *scanner) begin(next state) {
	s.state, s.held = next, nil
}

// introduce looks at the byte after ESC.
func (s *scanner) introduce(c byte) {
	switch {
	case c == '[':
		s.state = inSequence
	case c == ']':
		s.state, s.held = inCommand, []byte{}
	case c == 'P' || c == 'X' || c == '^' || c == '_':
		s.state = inString
	case c >= 0x20 && c < 0x30:
		s.state = inEscape
	default:
		s.state = inText
	}
}

// passIntermediate waits for the final byte of a plain escape sequence.
func (s *scanner) passIntermediate(c byte) {
	if c >= 0x30 {
		s.state = inText
	}
}

// inSequence collects a control sequence; control characters within one are
// carried out at once, as terminals do.
func (s *scanner) inSequence(c byte, emit func(piece)) {
	switch {
	case c < 0x20:
		emit(piece{kind: control, final: c})
	case c < 0x40:
		s.hold(c)
	default:
		emit(piece{kind: sequence, text: s.held, final: c})
		s.begin(inText)
	}
}

// endCommand tells of an OSC; held is nil when the string was another kind.
func (s *scanner) endCommand(emit func(piece)) {
	if s.held != nil {
		emit(piece{kind: command, text: s.held})
	}
	s.begin(inText)
}

func (s *scanner) hold(c byte) {
	if len(s.held) < longest {
		s.held = append(s.held, c)
	}
}
