package terminal

import (
	"image/color"

	"charm.land/lipgloss/v2"
)

// Look is what the parent chooses: words, in the learner's language, and colours.
type Look struct {
	// Back says that the view is scrolled back so many lines, for example
	// "↑ 42 lines". nil shows nothing.
	Back func(lines int) string
	// BackStyle is the style of that mark.
	BackStyle lipgloss.Style
	// Foreground and Background are what a program inside is told when it asks
	// for the terminal's colours (OSC 10 and 11), so that it suits them. nil is
	// white on black.
	Foreground, Background color.Color
}
