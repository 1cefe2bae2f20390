package terminal

import (
	"fmt"
	"io"

	uv "github.com/charmbracelet/ultraviolet"
)

// resize changes the emulator's size. The emulator drops rows from the bottom,
// where the prompt is; here those above the cursor go, into the past.
func (s *screen) resize(cols, rows int) {
	s.margins, s.stale, s.feed.most = false, true, rows-1
	if !s.alt() {
		s.shrink(rows)
		s.emu.Resize(cols, rows)
		return
	}
	s.resizeBoth(cols, rows)
}

// shrink moves the screen up until the cursor's row is within the first rows.
func (s *screen) shrink(rows int) {
	n := s.emu.CursorPosition().Y - (rows - 1)
	if n <= 0 {
		return
	}
	for y := range n {
		line := s.row(y)
		s.past.push(renderCells(used(line), line.At))
	}
	for y := range s.rows() {
		s.put(y, s.row(y+n))
	}
}

// put writes a line of cells at row y, cut to the screen.
func (s *screen) put(y int, line uv.Line) {
	for x := 0; x < min(len(line), s.cols()); x += max(1, line[x].Width) {
		if line[x].IsZero() {
			s.emu.SetCell(x, y, nil)
			continue
		}
		s.emu.SetCell(x, y, &line[x])
	}
}

// used is the number of cells up to the last that is not blank.
func used(line uv.Line) int {
	for n := len(line); n > 0; n-- {
		if cell := &line[n-1]; !cell.IsZero() && !cell.Equal(&uv.EmptyCell) {
			return n
		}
	}
	return 0
}

// resizeBoth resizes while a full-screen program is on the alternate screen:
// the main screen comes forward for a moment so that it can be shrunk as well,
// and the alternate one is put back as it was, cut to the new size, until the
// program draws it afresh.
func (s *screen) resizeBoth(cols, rows int) {
	var saved []uv.Line
	for y := range s.rows() {
		saved = append(saved, s.row(y))
	}
	s.inject("\x1b7\x1b[?1047l") // DECSC keeps the pen and the cursor's look
	s.shrink(rows)
	s.emu.Resize(cols, rows)
	s.inject("\x1b[?1047h")
	for y, line := range saved[:min(rows, len(saved))] {
		s.put(y, line)
	}
	s.inject("\x1b8")
	at := s.emu.CursorPosition()
	s.inject(fmt.Sprintf("\x1b[%d;%dH", min(at.Y, rows-1)+1, min(at.X, cols-1)+1))
}

// inject writes control sequences of our own, which feed makes safe.
func (s *screen) inject(seq string) { _, _ = io.WriteString(s.emu, seq) }
