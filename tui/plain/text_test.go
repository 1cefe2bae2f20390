package plain

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestCleaned(t *testing.T) {
	for name, test := range map[string]struct{ written, want string }{
		"text":             {"one\r\ntwo\r\n", "one\ntwo\n"},
		"colours":          {"\x1b[1;31mred\x1b[0m", "red"},
		"a title":          {"\x1b]0;title\x07text", "text"},
		"written over":     {"10%\r50%\r100%\r\n", "100%\n"},
		"rubbed out":       {"abx\b \bc", "abc"},
		"tabs":             {"a\tb\tc", "a       b       c"},
		"a bell":           {"ding\a", "ding"},
		"broken UTF-8":     {"a\xffb", "a\ufffdb"},
		"a lone backspace": {"\b\bx", "x"},
		"C1 controls":      {"a\u009b31mb", "a31mb"},
	} {
		if got := cleaned(test.written); got != test.want {
			t.Errorf("%s: cleaned(%q) = %q, want %q", name, test.written, got, test.want)
		}
	}
}

func TestMarkdownText(t *testing.T) {
	for name, test := range map[string]struct{ markdown, want string }{
		"a heading": {"## From both sides", "Section: From both sides"},
		"code":      {"Type `ls -l`.", "Type `ls -l`."},
		"a list":    {"- one\n- two", "- one\n- two"},
		"a table":   {"| a | b |\n|---|---|\n| 1 | 2 |", "a | b\n1 | 2"},
		"emphasis":  {"a *b* **c**", "a b c"},
	} {
		if got := markdownText(test.markdown, "Section: ", 40); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

// FuzzCleaned: whatever a program writes, nothing but text is left of it.
func FuzzCleaned(f *testing.F) {
	for _, seed := range []string{"", "a\tb\r\n", "\x1b[2J\x1b]0;x\a", "a\b\bc\rd", "\x1b[", "\xff\xfe", "\x1bP1\x1b\\", "\u009b1m"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, written string) {
		h := understood([]byte(written), "")
		for _, got := range []string{cleaned(written), h.text} {
			if !utf8.ValidString(got) {
				t.Errorf("%q became %q, which is no UTF-8", written, got)
			}
			if i := strings.IndexFunc(got, func(r rune) bool { return r != '\n' && unicode.IsControl(r) }); i >= 0 {
				t.Errorf("%q became %q, which has a control character at %d", written, got, i)
			}
		}
	})
}
