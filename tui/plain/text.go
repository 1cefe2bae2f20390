package plain

import (
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"

	"cloison/tui/markdown"
)

// styles draw Markdown without colours: code keeps its backquotes, since
// a full stop after it would look like a part of it.
func styles() (s markdown.Styles) {
	s.Code = s.Code.Transform(func(code string) string { return "`" + code + "`" })
	return s
}

// markdownText is Markdown as plain lines of at most width cells, code excepted.
// heading begins the lines of headings, which nothing else would tell apart.
func markdownText(text, heading string, width int) string {
	styles := styles()
	styles.Lead = heading
	var lines []string
	for _, line := range markdown.Render(text, width, styles) {
		if line != "" && strings.Trim(line, "─┼ ") == "" {
			continue // the rule below a table's head, or between two parts
		}
		lines = append(lines, drawn.Replace(line))
	}
	return strings.Join(lines, "\n")
}

// drawn turns what is drawn into what is read.
var drawn = strings.NewReplacer("│ ", "| ", "│", "|", "• ", "- ")

// cleaned is what a program wrote, as text and nothing else: no escape
// sequences, no control characters; where a line was written over, what stood
// there last.
func cleaned(written string) string {
	text := ansi.Strip(strings.ReplaceAll(strings.ToValidUTF8(written, "\ufffd"), "\r\n", "\n"))
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		line = strings.TrimRight(line, "\r")
		line = line[strings.LastIndexByte(line, '\r')+1:]
		lines[i] = noControls(untabbed(rubbedOut(line)))
	}
	return strings.Join(lines, "\n")
}

// rubbedOut does what backspaces ask for.
func rubbedOut(line string) string {
	if !strings.Contains(line, "\b") {
		return line
	}
	var kept []rune
	for _, r := range line {
		switch {
		case r != '\b':
			kept = append(kept, r)
		case len(kept) > 0:
			kept = kept[:len(kept)-1]
		}
	}
	return string(kept)
}

// untabbed goes on at the next multiple of 8 for a tab.
func untabbed(line string) string {
	const tab = 8
	for {
		before, after, found := strings.Cut(line, "\t")
		if !found {
			return line
		}
		line = before + strings.Repeat(" ", tab-len([]rune(before))%tab) + after
	}
}

// noControls drops control characters, line ends excepted.
func noControls(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && unicode.IsControl(r) {
			return -1
		}
		return r
	}, text)
}
