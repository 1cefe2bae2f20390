// Package theme holds the colours and shapes of the screen, for dark and for
// light backgrounds, and the few ways to fit text into a rectangle.
//
// It knows no words and no pane. Colour is never the only sign of anything:
// whatever a style colours also carries a word or a mark of package words.
package theme

import (
	"image/color"

	"charm.land/lipgloss/v2"
)

// Theme is every style of the screen.
type Theme struct {
	Dark bool

	Text   lipgloss.Style // what is read
	Dim    lipgloss.Style // what may be skipped
	Strong lipgloss.Style // what stands out
	Accent lipgloss.Style // keys, the selected thing
	Code   lipgloss.Style // a command or a file's name in a sentence
	Title  lipgloss.Style // the title of the focused pane
	Rule   lipgloss.Style // lines between panes

	Good  lipgloss.Style // passed, ready
	Bad   lipgloss.Style // failed, locked
	Warn  lipgloss.Style // skipped, running
	Fresh lipgloss.Style // what has just changed

	Selected lipgloss.Style // the row under the cursor
	Bar      lipgloss.Style // the line of machine and keys
	Box      lipgloss.Style // the frame of a dialog
}

// palette is the handful of colours that a theme is made of.
type palette struct {
	dim, accent, code, rule, good, bad, warn, fresh, bar, selected color.Color
}

// New returns the theme for a dark or a light background.
func New(isDark bool) Theme {
	p := newPalette(lipgloss.LightDark(isDark))
	plain := lipgloss.NewStyle()
	fg := func(c color.Color) lipgloss.Style { return plain.Foreground(c) }
	return Theme{
		Dark:     isDark,
		Text:     plain,
		Dim:      fg(p.dim),
		Strong:   plain.Bold(true),
		Accent:   fg(p.accent).Bold(true),
		Code:     fg(p.code).Bold(true),
		Title:    fg(p.accent).Bold(true).Reverse(true),
		Rule:     fg(p.rule),
		Good:     fg(p.good).Bold(true),
		Bad:      fg(p.bad).Bold(true),
		Warn:     fg(p.warn),
		Fresh:    fg(p.fresh).Bold(true),
		Selected: plain.Background(p.selected).Bold(true),
		Bar:      plain.Background(p.bar),
		Box:      plain.Border(lipgloss.RoundedBorder()).BorderForeground(p.accent).Padding(0, 2),
	}
}

func newPalette(pick lipgloss.LightDarkFunc) palette {
	c := func(light, dark string) color.Color { return pick(lipgloss.Color(light), lipgloss.Color(dark)) }
	return palette{
		dim:      c("#5f6b7a", "#8b95a5"),
		accent:   c("#0b5cad", "#6cb6ff"),
		code:     c("#8a2be2", "#d2a8ff"),
		rule:     c("#b4bcc8", "#4a5361"),
		good:     c("#1a7f37", "#57c785"),
		bad:      c("#b42318", "#ff7b72"),
		warn:     c("#8a5a00", "#e3b341"),
		fresh:    c("#8a2be2", "#d2a8ff"),
		bar:      c("#e6eaf0", "#262c36"),
		selected: c("#d6e6fb", "#24405f"),
	}
}
