package markdown

import (
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"
)

func TestRender(t *testing.T) {
	for name, c := range map[string]struct {
		src   string
		width int
		want  []string
	}{
		"paragraphs":     {"one\ntwo\n\nthree", 20, []string{"one two", "", "three"}},
		"wrapped":        {"one two three four", 10, []string{"one two", "three four"}},
		"wide letters":   {"日本語 日本語 日本語", 14, []string{"日本語 日本語", "日本語"}},
		"no break":       {"aaaa bbbb\u00a0: c", 10, []string{"aaaa", "bbbb : c"}},
		"whole code":     {"the same `uniq -c` counts", 14, []string{"the same", "uniq -c counts"}},
		"long code":      {"`docker run --rm --network none --read-only mini:1 true`", 44, []string{"docker run --rm --network none --read-only", "mini:1 true"}},
		"guillemets":     {"un « *mot* » : là", 9, []string{"un", "« mot » :", "là"}},
		"hyphens":        {"que se passe-t-il", 14, []string{"que se", "passe-t-il"}},
		"code in table":  {"|`a -b`|\n|-|", 20, []string{"a -b", "────"}},
		"heading":        {"# Title\n\ntext\n\n### Deep", 20, []string{"Title", "", "text", "", "· Deep"}},
		"emphasis":       {"a *b* **c** `d e`", 20, []string{"a b c d e"}},
		"escape":         {`a \* &amp; &#33; b`, 20, []string{"a * & ! b"}},
		"styled end":     {"**aaaa bbbb cccc**", 10, []string{"aaaa bbbb", "cccc"}},
		"code keeps raw": {"`\\* &amp;`", 20, []string{`\* &amp;`}},
		"hard break":     {"a\\\nb", 20, []string{"a", "b"}},
		"tight list":     {"- one two three\n- four", 12, []string{"• one two", "  three", "• four"}},
		"loose list":     {"- one\n\n- two", 20, []string{"• one", "", "• two"}},
		"numbers":        {"3. c\n4. d", 20, []string{"3. c", "4. d"}},
		"nested":         {"- a\n  - b\n    c", 20, []string{"• a", "  • b c"}},
		"item of two":    {"- a\n\n  b", 20, []string{"• a", "", "  b"}},
		"quotation":      {"> one two three", 10, []string{"│ one two", "│ three"}},
		"code":           {"```c\nint\tx;\n\n  long line that is not broken\n```", 12, []string{"  int    x;", "", "    long line that is not broken"}},
		"link":           {"[man](https://man7.org) <https://a.b>", 60, []string{"man (https://man7.org) https://a.b"}},
		"same link":      {"[https://a.b](https://a.b)", 60, []string{"https://a.b"}},
		"rule":           {"a\n\n---\n\nb", 10, []string{"a", "", "──────────", "", "b"}},
		"table":          {"|a|bcd|\n|---|---|\n|ef|`g`|", 20, []string{"a  │ bcd", "───┼────", "ef │ g"}},
		"wide table":     {"|a|bcd|\n|---|---|\n|ef|`g h`|\n|i|one two three|", 12, []string{"ef", "  bcd g h", "", "i", "  bcd one", "    two", "    three"}},
		"html":           {"a<br>b", 20, []string{"ab"}},
		"nothing":        {"", 20, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got := Render(c.src, c.width, Styles{Strong: lipgloss.NewStyle().Bold(true)})
			for i, line := range got {
				got[i] = ansi.Strip(line)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("want -, got +:\n%s", diff)
			}
		})
	}
}

func TestStylesSurviveTheEndOfALine(t *testing.T) {
	lines := Render("**one two three four**", 10, Styles{Strong: lipgloss.NewStyle().Bold(true)})
	if len(lines) != 2 {
		t.Fatalf("want two lines, got %q", lines)
	}
	for _, line := range lines {
		if !strings.HasPrefix(line, "\x1b[1m") || !strings.HasSuffix(line, "\x1b[m") {
			t.Errorf("a line does not stand by itself: %q", line)
		}
	}
}

func TestNestedStylesAdd(t *testing.T) {
	styles := Styles{Strong: lipgloss.NewStyle().Bold(true), Code: lipgloss.NewStyle().Italic(true)}
	line := Render("**a `b`**", 20, styles)[0]
	if !strings.Contains(line, "\x1b[1;3mb") {
		t.Errorf("code in strong text should be both: %q", line)
	}
}

func FuzzRender(f *testing.F) {
	f.Add("# a\n\n- b\n  1. c\n\n> d\n\n|e|f|\n|-|-|\n|g|\n", 20)
	f.Add("```\n\t\n```\n[](<>)\\\n**_a", 0)
	f.Fuzz(func(t *testing.T, src string, width int) {
		for _, line := range Render(src, width%200, Styles{}) {
			if strings.ContainsAny(line, "\n") {
				t.Errorf("a line holds a line break: %q", line)
			}
		}
	})
}
