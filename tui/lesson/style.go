package lesson

import (
	"charm.land/glamour/v2/ansi"
	"charm.land/glamour/v2/styles"
)

// markdownStyle is glamour's own style without its margins, its coloured
// slabs and its raw "##": a pane has no columns to give away.
func markdownStyle(dark bool) ansi.StyleConfig {
	s, accent, code := styles.LightStyleConfig, "#0b5cad", "#8a2be2"
	if dark {
		s, accent, code = styles.DarkStyleConfig, "#6cb6ff", "#d2a8ff"
	}
	s.Document = ansi.StyleBlock{Margin: new(uint)}
	s.Heading.Color = &accent
	for _, h := range []*ansi.StyleBlock{&s.H1, &s.H2, &s.H3, &s.H4, &s.H5, &s.H6} {
		*h = ansi.StyleBlock{}
	}
	s.Code = ansi.StyleBlock{StylePrimitive: ansi.StylePrimitive{Color: &code, Bold: new(true)}}
	indent := uint(2)
	s.CodeBlock.Margin = &indent
	return s
}
