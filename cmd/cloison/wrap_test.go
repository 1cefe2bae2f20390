package main

import (
	"strings"
	"testing"
)

func TestWrapMarkdown(t *testing.T) {
	long := strings.TrimSpace(strings.Repeat("word ", 20)) // 99 cells
	cut := strings.TrimSpace(strings.Repeat("word ", 15))
	for name, test := range map[string]struct{ text, want string }{
		"short":     {"a\nb", "a\nb"},
		"paragraph": {long, cut + "\nword word word word word"},
		"list":      {"- " + long, "- " + cut + "\n  word word word word word"},
		"number":    {"  2. " + long, "  2. " + cut[:len(cut)-5] + "\n     word word word word word word"},
		"quotation": {"> " + long, "> " + cut + "\n> word word word word word"},
		"table":     {"| " + long + " |", "| " + long + " |"},
		"code":      {"````sh\n" + long + "\n```\n" + long + "\n````\n" + long, "````sh\n" + long + "\n```\n" + long + "\n````\n" + cut + "\nword word word word word"},
		"wide":      {strings.Repeat("élan ", 16), strings.TrimSpace(strings.Repeat("élan ", 15)) + "\nélan"},
	} {
		if got := wrapMarkdown(test.text); got != test.want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, test.want)
		}
	}
}
