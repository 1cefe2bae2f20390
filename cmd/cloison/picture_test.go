package main

import (
	"encoding/xml"
	"flag"
	"fmt"
	"image/color"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/vt"
)

// picture draws the README's picture anew from a real run:
// go test ./cmd/cloison -run TestPicture -picture
var picture = flag.Bool("picture", false, "draw the README's picture (.github/screen.svg) anew")

// The terminal that the picture shows.
const pictureCols, pictureRows = 132, 44

// TestPicture walks to what the README's picture shows, in the real program on
// a real terminal: a shell in a container limited to 20 MiB, where free promises
// the whole machine, with the X-ray beside it.
func TestPicture(t *testing.T) {
	if err := canOpenLab(); err != nil {
		t.Skip("no lab can be opened here:", err)
	}
	s := newScreen(t, pictureCols, pictureRows, "sh", "-c", course(t)+" memory-and-free; cat")
	s.waitFor("step 0 of", "lesson $")
	s.enterUntil("step 1 of", "1 ○")
	s.keys("3")
	s.waitFor("3 ●")
	s.enterUntil("✓ passed", "step 2 of")
	s.keys("F3")
	s.waitFor("ctrl+]")
	s.write("cloison run --memory 20m --pids-limit 64 --cap-drop ALL --cap-add CHOWN -- sh")
	s.keys("Enter")
	s.waitFor("/ #")
	s.write("clear; head -c 9m /dev/zero > /tmp/x; free -m; id -u; ps")
	s.keys("Enter")
	s.waitFor("{ps}", "pid    own")
	s.keys("F4")
	s.waitFor("[F4 X-ray]")
	for range 3 {
		s.keys("j")
	}
	s.waitFor("limit 20\u00a0MiB", "free says", "chown", "pid    own")
	s.keys("F2")
	s.waitFor("[F2 Lesson]", "free says")
	if *picture {
		drawn := svg(cellsOf(s.tmux("capture-pane", "-peN"), pictureCols, pictureRows))
		if err := os.WriteFile(filepath.Join("..", "..", ".github", "screen.svg"), []byte(drawn), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// release is a kernel's release: what its builder called it is nobody's affair.
var release = regexp.MustCompile(`(\d+\.\d+\.\d+)-[^ ]+ ·`)

// cellsOf are the rows of a screen from its text with escape sequences.
func cellsOf(captured string, cols, rows int) [][]uv.Cell {
	emulator := vt.NewEmulator(cols, rows)
	captured = release.ReplaceAllString(captured, "$1 ·")
	lines := strings.Split(strings.TrimRight(captured, "\n"), "\n")
	_, _ = emulator.WriteString(strings.Join(lines, "\r\n"))
	all := make([][]uv.Cell, rows)
	for y := range all {
		for x := range cols {
			cell := uv.Cell{Content: " ", Width: 1}
			if c := emulator.CellAt(x, y); c != nil {
				cell = *c
			}
			all[y] = append(all[y], cell)
		}
	}
	return all
}

// The size of a cell and of the margin in the picture, and its plain colours.
const (
	cellWidth  = 7.8
	cellHeight = 16.0
	margin     = 12.0
	ink        = "#c8ccd4"
	paper      = "#15181e"
)

// svg draws rows of cells: one text for each run of cells that look alike, made
// to take the room of its cells, whatever the font.
func svg(rows [][]uv.Cell) string {
	var b strings.Builder
	width := 2*margin + cellWidth*float64(len(rows[0]))
	height := 2*margin + cellHeight*float64(len(rows))
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f">`+"\n", width, height, width, height)
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" rx="8" fill="%s"/>`+"\n", paper)
	fmt.Fprintln(&b, `<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="13" xml:space="preserve">`)
	for y, row := range rows {
		for from := 0; from < len(row); {
			to := from + 1
			for to < len(row) && row[to].Style == row[from].Style {
				to++
			}
			drawRun(&b, row[from:to], from, y)
			from = to
		}
	}
	b.WriteString("</g>\n</svg>\n")
	return b.String()
}

// drawRun draws cells that look alike.
func drawRun(b *strings.Builder, cells []uv.Cell, x, y int) {
	style := cells[0].Style
	front, back := hex(style.Fg, ink), hex(style.Bg, paper)
	if style.Attrs&uv.AttrReverse != 0 {
		front, back = back, front
	}
	left, top, width := margin+cellWidth*float64(x), margin+cellHeight*float64(y), cellWidth*float64(len(cells))
	if back != paper {
		fmt.Fprintf(b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"/>`+"\n", left, top, width, cellHeight, back)
	}
	var text strings.Builder
	for _, c := range cells {
		text.WriteString(c.Content)
	}
	if strings.TrimSpace(text.String()) == "" {
		return
	}
	weight := ""
	if style.Attrs&uv.AttrBold != 0 {
		weight = ` font-weight="bold"`
	}
	fmt.Fprintf(b, `<text x="%.1f" y="%.1f" textLength="%.1f" lengthAdjust="spacingAndGlyphs" fill="%s"%s>`, left, top+12.5, width, front, weight)
	_ = xml.EscapeText(b, []byte(text.String())) // a Builder takes everything
	b.WriteString("</text>\n")
}

// hex is a colour as SVG writes it.
func hex(c color.Color, otherwise string) string {
	if c == nil {
		return otherwise
	}
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}

func TestSVG(t *testing.T) {
	got := svg(cellsOf("\x1b[1;31mred\x1b[0m <b>\n\x1b[7mturned\x1b[0m round", 12, 2))
	for _, want := range []string{`font-weight="bold">red</text>`, "&lt;b&gt;", `fill="` + ink + `"/>`, `fill="` + paper + `">turned</text>`, "round"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if err := xml.Unmarshal([]byte(got), new(struct{})); err != nil {
		t.Error(err)
	}
}
