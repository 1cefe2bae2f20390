package tui

import (
	"fmt"
	"slices"
	"strings"

	"cloison/sandbox"
)

// nesting is how deep the terminal in front is: a shell that unshare has
// started looks like the one before, so the pane's title tells them apart.
type nesting struct {
	outer map[int][]sandbox.NamespaceFact // of each terminal's own shell, by its process
	inner []string                        // those of the program in front that are others
}

// read takes a reading of the program in front of a shell.
func (n nesting) read(shell, pid int, facts sandbox.Facts) nesting {
	outer, known := n.outer[shell]
	if !known && pid != shell {
		return n
	}
	if !known {
		all := map[int][]sandbox.NamespaceFact{shell: facts.Namespaces}
		for pid, facts := range n.outer {
			all[pid] = facts
		}
		return nesting{outer: all}
	}
	n.inner = nil
	for _, fact := range facts.Namespaces {
		if fact.Inode != 0 && !slices.ContainsFunc(outer, func(o sandbox.NamespaceFact) bool { return o.Type == fact.Type && o.Inode == fact.Inode }) {
			n.inner = append(n.inner, string(fact.Type))
		}
	}
	return n
}

// nestedTitle says in which namespaces the program in front differs from the
// terminal's own shell; "" when in none.
func (m Model) nestedTitle() string {
	if len(m.session.nesting.inner) == 0 {
		return ""
	}
	return " · " + fmt.Sprintf(m.words.Nested, strings.Join(m.session.nesting.inner, ", "))
}
