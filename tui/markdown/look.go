package markdown

import (
	"charm.land/lipgloss/v2"

	"cloison/tui/theme"
)

// In gives the styles that draw Markdown in the colours of a theme.
func In(t theme.Theme) Styles {
	return Styles{
		Heading: t.Accent,
		Strong:  t.Strong,
		Emph:    lipgloss.NewStyle().Italic(true),
		Code:    t.Code,
		Block:   t.Code,
		Link:    t.Dim.Underline(true),
		Mark:    t.Dim,
	}
}
