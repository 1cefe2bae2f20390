package link

import "bytes"

// scanner finds lines in a stream that otherwise is a session's. It holds
// nothing back: whoever reads the session gets the beginning of a mark too, and
// is to be dropped when the mark is whole.
type scanner struct {
	matched int    // bytes of the mark seen
	inside  bool   // a mark was whole: what follows is a line
	text    []byte // of the line so far
}

// next takes bytes up to the next event. It returns those for the session, what
// is left of p, and the line that has ended, if one has; broken says that a
// mark was found, so that whatever session there was is over.
func (s *scanner) next(p []byte) (through, rest []byte, l *line, broken bool) {
	if s.inside {
		rest, l = s.collect(p)
		return nil, rest, l, true
	}
	for i := 0; i < len(p); i++ {
		if s.matched == 0 {
			skip := bytes.IndexByte(p[i:], mark[0])
			if skip < 0 {
				return p, nil, nil, false
			}
			i += skip
		}
		s.step(p[i])
		if s.inside {
			return p[:i+1], p[i+1:], nil, true
		}
	}
	return p, nil, nil, false
}

// step advances the match by one byte.
func (s *scanner) step(b byte) {
	switch b {
	case mark[s.matched]:
		s.matched++
	case mark[0]:
		s.matched = 1
	default:
		s.matched = 0
	}
	if s.matched == len(mark) {
		*s = scanner{inside: true, text: s.text[:0]}
	}
}

// collect takes bytes of a line. A line that is too long, or is cut off by the
// mark of another one, is given up.
func (s *scanner) collect(p []byte) (rest []byte, l *line) {
	for i, b := range p {
		switch {
		case b == '\n':
			raw := s.text
			*s = scanner{text: s.text[:0]}
			if found, err := parseLine(raw); err == nil {
				return p[i+1:], &found
			}
			return p[i+1:], nil
		case b == mark[0], len(s.text) == longest:
			*s = scanner{text: s.text[:0]}
			return p[i:], nil
		}
		s.text = append(s.text, b)
	}
	return nil, nil
}
