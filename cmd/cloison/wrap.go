package main

import (
	"regexp"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// textWidth is how wide prose is printed, in cells.
const textWidth = 78

// margins are what the further lines of a wrapped one begin below: white
// space, a list's mark, or a quotation's.
var margins = regexp.MustCompile(`^[ \t]*([-*+] |[0-9]+[.)] |> )?`)

// wrapMarkdown breaks the long lines of Markdown text. It stays Markdown: code
// and tables are left as they are.
func wrapMarkdown(text string) string {
	var all []string
	fence := ""
	for _, line := range strings.Split(text, "\n") {
		bare := strings.TrimSpace(line)
		switch {
		case fence == "" && (strings.HasPrefix(bare, "```") || strings.HasPrefix(bare, "~~~")):
			fence = bare[:len(bare)-len(strings.TrimLeft(bare, bare[:1]))]
		case fence != "" && strings.HasPrefix(bare, fence):
			fence = ""
		case fence == "" && !strings.HasPrefix(bare, "|"):
			line = wrapLine(line)
		}
		all = append(all, line)
	}
	return strings.Join(all, "\n")
}

// wrapLine breaks one line between words; its further lines begin below the
// first one's text.
func wrapLine(line string) string {
	first := margins.FindString(line)
	rest := strings.Repeat(" ", len(first))
	if strings.HasSuffix(first, "> ") {
		rest = first
	}
	text := ansi.Wordwrap(line[len(first):], max(textWidth-len(first), 20), "")
	return first + strings.ReplaceAll(text, "\n", "\n"+rest)
}
