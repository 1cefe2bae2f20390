package shell

import (
	"regexp"
	"strings"
	"unicode"
)

// take watches what comes back from one typed piece of input: until the
// terminal has taken it, then its output, then the next prompt.
type take struct {
	typed    string // what was typed, without the final newline
	readline bool   // into readline, which repeats its prompt while one types
	until    *regexp.Regexp

	accepted bool // the line has been taken
	page     page
	end      ending
	exit     int
	over     chan struct{} // closed when the take is over
}

// ending is why a take is over.
type ending int

const (
	goingOn    ending = iota
	atPrompt          // a shell prompts; exit is known
	wantsMore         // a shell prompts for the rest of the command
	hasMatched        // the output matches until
)

// add takes the next piece of output and its meaning; it does nothing once the
// take is over.
func (t *take) add(p piece, e event) {
	if t.end != goingOn {
		return
	}
	switch {
	case t.readline && e.kind == pasteOff && !t.accepted:
		t.accepted, t.page = true, page{}
	case !t.readline && p.kind == control && p.final == '\n':
		t.accepted = true
	case e.kind == prompted && t.accepted:
		t.end, t.exit = atPrompt, e.exit
	case e.kind == continued && t.accepted:
		t.end = wantsMore
	}
	if t.end == goingOn {
		t.page.add(p)
	}
}

// look ends the take when the output so far matches until. It is kept apart
// from add because it costs more: once for every read is enough.
func (t *take) look() {
	if t.until == nil || t.end != goingOn || !t.accepted {
		return
	}
	if out, ok := t.output(); ok && t.until.MatchString(out) {
		t.end = hasMatched
	}
}

// output is the output so far without the echo of what was typed; ok says that
// the echo was found, or that readline has told where it ends.
func (t *take) output() (out string, ok bool) {
	all := t.page.text()
	if t.readline {
		return all, t.accepted
	}
	return cutEcho(all, t.typed)
}

// cutEcho drops the lines at the beginning of out that hold typed, however the
// terminal has wrapped it; there may be a prompt before it. Where there is no
// such echo, out is all output.
func cutEcho(out, typed string) (rest string, found bool) {
	want := squash(typed)
	seen := ""
	for rest = out; rest != ""; {
		line, after, whole := strings.Cut(rest, "\n")
		seen, rest = seen+squash(line), after
		if !whole || len(seen) > len(want)+longest {
			break
		}
		if strings.Contains(seen, want) {
			return rest, true
		}
	}
	return out, false
}

// squash drops what wrapping and line editing may change.
func squash(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) {
			return -1
		}
		return r
	}, s)
}
