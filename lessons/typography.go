package lessons

import (
	"regexp"
	"strings"
)

var (
	codeSpan = regexp.MustCompile("``.+?``|`[^`\n]+`")
	// breakable is where French wants a space at which no line ends, and has
	// another or none: inside « », and before ; : ! ? at a word's end. A sign that
	// something follows at once is none, as in "| :-- |" and "![a picture]".
	breakable = regexp.MustCompile(`«(?:[^\x{a0}\x{202f}]|$)|(?:^|[^\x{a0}\x{202f}])»| +[;:!?]+(?:[^[:alnum:]\[:;!?=-]|$)`)
)

// typography says how many spaces of French prose a line could end at although
// none should, and where the first is: once for a page, since whoever types
// plain spaces types many.
func (p *page) typography() {
	found, first, example := 0, 0, ""
	for i, line := range strings.Split(p.proseAlone(), "\n") {
		for _, at := range breakable.FindAllStringIndex(line, -1) {
			if found++; found == 1 {
				first, example = i+1, around(line, at)
			}
		}
	}
	if found > 0 {
		p.minor(p.clamp(first), "a line could end within %q: in French a no-break space (U+00A0) stands inside « » and before ; : ! ?; to mend in this file: %d", example, found)
	}
}

// spaced is typography for French that stands in a script of the base.
func (p *page) spaced(line int, said string) {
	if at := breakable.FindStringIndex(said); at != nil {
		p.minor(p.clamp(line), "a line could end within %q: in French a no-break space (U+00A0) stands inside « » and before ; : ! ?", around(said, at))
	}
}

// proseAlone is the page without its code, each line on the line it had.
func (p *page) proseAlone() string {
	prose, from := strings.TrimSuffix(p.whole, p.body), 0
	for _, f := range fences(p.body) {
		info, _ := ParseInfo(f.info)
		if kind, known := kinds[info.Lang]; known && kind != Run && !f.nested {
			continue
		}
		prose += p.body[min(from, f.start):f.start] + strings.Repeat("\n", strings.Count(p.body[f.start:f.end], "\n"))
		from = f.end
	}
	return codeSpan.ReplaceAllString(prose+p.body[from:], "xx")
}

// around shows a part of a line with what stands beside it.
func around(line string, at []int) string {
	before, after := []rune(line[:at[0]]), []rune(line[at[1]:])
	return string(before[max(0, len(before)-10):]) + line[at[0]:at[1]] + string(after[:min(10, len(after))])
}
