package terminal

import (
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"
)

// pasted is what pasting text sends. A program that asked for it (?2004) gets
// the text between marks and does not run its lines; so that no text can end
// its own paste and be run as if typed, control characters are left out.
func pasted(text string, bracketed bool) []byte {
	text = strings.ReplaceAll(text, ansi.BracketedPasteEnd, "")
	text = strings.ReplaceAll(text, "\r\n", "\r")
	text = strings.ReplaceAll(text, "\n", "\r") // what the Enter key sends
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\r' && r != '\t' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	switch {
	case text == "":
		return nil
	case bracketed:
		return []byte(ansi.BracketedPasteStart + text + ansi.BracketedPasteEnd)
	}
	return []byte(text)
}
