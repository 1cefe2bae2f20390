package shell

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// page keeps what a command printed as plain text, the way that a terminal of
// endless width and height would show it: carriage returns and backspaces go
// back over what is there, erasures erase. Full-screen programs leave nothing.
//
// It holds at most maxRows lines; of a longer output it keeps the beginning
// and the end.
type page struct {
	done  []string // lines that are finished
	gone  int      // lines left out in the middle
	line  []rune
	col   int
	alt   bool
	split []byte // the beginning of a rune that is not all there yet
}

const (
	maxRows = 20_000
	maxCols = 100_000
)

// add takes the next piece of output.
func (g *page) add(p piece) {
	switch p.kind {
	case printed:
		g.print(p.text)
	case control:
		g.control(p.final)
	case sequence:
		g.sequence(string(p.text), p.final)
	}
}

func (g *page) print(text []byte) {
	if g.alt {
		return
	}
	if len(g.split) > 0 {
		text = append(g.split, text...)
		g.split = nil
	}
	for len(text) > 0 {
		if !utf8.FullRune(text) {
			g.split = append([]byte(nil), text...)
			return
		}
		r, n := utf8.DecodeRune(text)
		g.put(r)
		text = text[n:]
	}
}

// put writes one rune where the cursor is; one rune is taken for one cell.
func (g *page) put(r rune) {
	if g.col >= maxCols {
		return
	}
	for len(g.line) < g.col {
		g.line = append(g.line, ' ')
	}
	if g.col < len(g.line) {
		g.line[g.col] = r
	} else {
		g.line = append(g.line, r)
	}
	g.col++
}

func (g *page) control(c byte) {
	if g.alt {
		return
	}
	switch c {
	case '\n':
		g.endLine()
	case '\r':
		g.col = 0
	case '\b':
		g.col = max(0, g.col-1)
	case '\t':
		g.put('\t')
	}
}

func (g *page) endLine() {
	g.done = append(g.done, string(g.line))
	g.line, g.col = g.line[:0], 0
	if len(g.done) > maxRows {
		g.done = append(g.done[:maxRows/2], g.done[maxRows/2+maxRows/4:]...)
		g.gone += maxRows / 4
	}
}

// sequence carries out the control sequences that move or erase within a line.
func (g *page) sequence(params string, final byte) {
	switch mode(params, final).kind {
	case altOn:
		g.alt = true
	case altOff:
		g.alt = false
	}
	n, err := strconv.Atoi(params)
	if err != nil || n < 0 || n > maxCols {
		n = 0
	}
	switch final {
	case 'C':
		g.col = min(maxCols, g.col+max(1, n))
	case 'D':
		g.col = max(0, g.col-max(1, n))
	case 'G':
		g.col = max(0, n-1)
	case 'K':
		g.erase(n)
	}
}

// erase is EL: to the end of the line, to its beginning, or all of it.
func (g *page) erase(which int) {
	end := min(g.col, len(g.line))
	if which == 0 {
		g.line = g.line[:end]
		return
	}
	if which == 2 {
		end = len(g.line)
	}
	for i := range g.line[:end] {
		g.line[i] = ' '
	}
}

// text is the whole page. Every line ends with a newline, except an unfinished
// last one.
func (g *page) text() string {
	var b strings.Builder
	for i, line := range g.done {
		if i == maxRows/2 && g.gone > 0 {
			b.WriteString("[… " + strconv.Itoa(g.gone) + " lines left out …]\n")
		}
		b.WriteString(strings.TrimRight(line, " "))
		b.WriteByte('\n')
	}
	b.WriteString(string(g.line))
	return b.String()
}
