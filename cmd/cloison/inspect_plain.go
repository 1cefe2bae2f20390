package main

import (
	"strings"
	"unicode"
)

// printable replaces what could move the cursor or worse: a process chooses
// its own name.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) || r == '\u00a0' || r == '\u202f' {
			return r
		}
		return '\ufffd'
	}, s)
}

// shorten cuts a text to a width and shows that it did.
func shorten(s string, width int) string {
	if runes := []rune(s); len(runes) > width {
		return string(runes[:width-1]) + "…"
	}
	return s
}

// wrap breaks a text at its spaces; a word that is too long stays whole.
func wrap(s string, width int) []string {
	lines := []string{""}
	for word := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ' ' }) {
		last := &lines[len(lines)-1]
		switch {
		case *last == "":
			*last = word
		case len([]rune(*last))+1+len([]rune(word)) <= width:
			*last += " " + word
		default:
			lines = append(lines, word)
		}
	}
	return lines
}
