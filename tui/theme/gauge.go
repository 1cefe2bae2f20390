package theme

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// Gauge draws a share, 0 to 1, over width cells; full is the style of what is
// there of it.
func (t Theme) Gauge(share float64, width int, full lipgloss.Style) string {
	cells := max(0, min(width, int(share*float64(width)+0.5)))
	return full.Render(strings.Repeat("█", cells)) + t.Dim.Render(strings.Repeat("░", max(0, width-cells)))
}
