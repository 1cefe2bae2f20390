package lesson

import (
	"charm.land/lipgloss/v2"

	"cloison/tui/markdown"
	"cloison/tui/theme"
)

// markdownStyles draws Markdown in the colours of the theme.
func markdownStyles(dark bool) markdown.Styles {
	t := theme.New(dark)
	return markdown.Styles{
		Heading: t.Accent,
		Strong:  t.Strong,
		Emph:    lipgloss.NewStyle().Italic(true),
		Code:    t.Code,
		Block:   t.Code,
		Link:    t.Dim.Underline(true),
		Mark:    t.Dim,
	}
}
