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

// front is the program in front of the terminal, and its namespaces: also where
// the X-ray follows another. Without any, nothing is known of it.
func front(x sandbox.Xray) (pid int, namespaces []sandbox.NamespaceFact) {
	if !x.Follows() {
		return x.Facts.PID, x.Facts.Namespaces
	}
	p, _ := x.Process(x.Front)
	for _, ns := range sandbox.Namespaces {
		if inode := p.Namespaces[ns]; inode != 0 {
			namespaces = append(namespaces, sandbox.NamespaceFact{Type: ns, Inode: inode})
		}
	}
	return x.Front, namespaces
}

// read takes a reading of the program in front of a shell.
func (n nesting) read(shell, pid int, namespaces []sandbox.NamespaceFact) nesting {
	outer, known := n.outer[shell]
	if !known && pid != shell || len(namespaces) == 0 {
		return n
	}
	if !known {
		all := map[int][]sandbox.NamespaceFact{shell: namespaces}
		for pid, namespaces := range n.outer {
			all[pid] = namespaces
		}
		return nesting{outer: all}
	}
	n.inner = nil
	for _, fact := range namespaces {
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
