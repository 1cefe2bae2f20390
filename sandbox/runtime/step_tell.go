//go:build linux

package runtime

import (
	"fmt"
	"io"
	"strings"

	"cloison/sandbox"
	"cloison/sandbox/inspect"
)

// Keys gives the keys that a person presses, one at a time.
type Keys interface {
	// Key waits for one, and calls prompt when it is ready to. io.EOF says that
	// there will be no more.
	Key(prompt func()) (byte, error)
}

// LineTeller is the [Watcher] of the command line: it tells as [Teller] does,
// waits for a key before each action, and writes what changed after it.
type LineTeller struct {
	*Teller
	keys Keys
}

// NewLineTeller tells to out in lang and waits for keys.
func NewLineTeller(out io.Writer, lang sandbox.Lang, keys Keys) *LineTeller {
	return &LineTeller{Teller: NewTeller(out, lang), keys: keys}
}

// Before tells the action and waits: Enter does it, c all that follow, q
// leaves.
func (t *LineTeller) Before(p Pause) Answer {
	fmt.Fprint(t.out, Sentence(p.N, p.Action, t.lang))
	if p.Free {
		return Next
	}
	prompt := sandbox.Text{EN: "[%d of %d: Enter does it, c all the rest, q leaves] ", FR: "[%d sur %d : Entrée le fait, c tout le reste, q quitte] "}.In(t.lang)
	ask := func() { fmt.Fprintf(t.out, margin+prompt, p.N, p.Of) }
	defer fmt.Fprintln(t.out)
	for ; ; ask = func() {} {
		key, err := t.keys.Key(ask)
		switch {
		case err != nil || key == 'q' || key == 'Q' || key == ctrlC || key == ctrlD:
			return Leave
		case key == 'c' || key == 'C':
			return Finish
		case key == '\r' || key == '\n':
			return Next
		}
	}
}

const (
	ctrlC  = 3
	ctrlD  = 4
	margin = "            "
)

// After writes a refusal, and what has changed.
func (t *LineTeller) After(p Pause, o Outcome) {
	t.Told(p.Action, o.Err, o.Passed)
	for _, c := range o.Changes {
		fmt.Fprintf(t.out, "%s~ %s\n", margin, spell(c))
	}
}

// spell is a change in one line: of a set what left it and what came, of
// everything else what it was and what it is.
func spell(c inspect.Change) string {
	if strings.HasPrefix(c.What, "capabilities.") {
		var parts []string
		was, is := strings.Fields(c.Before), strings.Fields(c.After)
		if gone := missing(was, is); len(gone) > 0 {
			parts = append(parts, "− "+few(gone))
		}
		if come := missing(is, was); len(come) > 0 {
			parts = append(parts, "+ "+few(come))
		}
		return c.What + "  " + strings.Join(parts, "  ")
	}
	return fmt.Sprintf("%s  %s → %s", c.What, orNone(c.Before), orNone(c.After))
}

// missing is what of list is not in the other.
func missing(list, other []string) []string {
	there := map[string]bool{}
	for _, s := range other {
		there[s] = true
	}
	var all []string
	for _, s := range list {
		if !there[s] {
			all = append(all, s)
		}
	}
	return all
}

// few names what is few and counts what is many.
func few(names []string) string {
	if len(names) <= 6 {
		return strings.Join(names, " ")
	}
	return fmt.Sprintf("%s … (%d)", strings.Join(names[:4], " "), len(names))
}

func orNone(value string) string {
	if value == "" {
		return "∅"
	}
	return value
}
