package inspect

import (
	"cmp"
	"slices"

	"cloison/sandbox"
)

// family puts processes in the order of a tree: each behind its parent, and
// brothers by age. A process whose parent is not among them is a root; checks are
// left out, with all that they have started.
func family(rows map[int]row) []sandbox.ProcessFact {
	children := map[int][]sandbox.ProcessFact{}
	for _, r := range rows {
		if r.check {
			continue
		}
		parent := r.fact.PPID
		if _, known := rows[parent]; !known || parent == r.fact.PID {
			parent = 0
		}
		children[parent] = append(children[parent], r.fact)
	}
	for _, brothers := range children {
		slices.SortFunc(brothers, func(a, b sandbox.ProcessFact) int {
			return cmp.Or(cmp.Compare(a.Started, b.Started), cmp.Compare(a.PID, b.PID))
		})
	}
	return inOrder(children)
}

// inOrder walks the tree without recursion: a chain of processes may be long.
// Processes that are their own ancestors, which only a reading in a moment of
// change can tell of, are on no way from the root and are left out.
func inOrder(children map[int][]sandbox.ProcessFact) []sandbox.ProcessFact {
	var all []sandbox.ProcessFact
	stack := descend(nil, children[0], 0)
	for len(stack) > 0 {
		next := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		all = append(all, next)
		stack = descend(stack, children[next.PID], next.Depth+1)
	}
	return all
}

// descend puts brothers on the stack, the eldest on top.
func descend(stack, brothers []sandbox.ProcessFact, depth int) []sandbox.ProcessFact {
	for _, p := range slices.Backward(brothers) {
		p.Depth = depth
		stack = append(stack, p)
	}
	return stack
}

// mostUsers is how many processes of a namespace are named.
const mostUsers = 16

// uses tells of each of the subject's namespaces who else is in it.
func uses(facts []sandbox.NamespaceFact, parent map[sandbox.Namespace]uint64, processes []sandbox.ProcessFact) []sandbox.NamespaceUse {
	var all []sandbox.NamespaceUse
	for _, n := range facts {
		use := sandbox.NamespaceUse{Type: n.Type, Inode: n.Inode, Host: n.Host, Parent: parent[n.Type] == n.Inode}
		for _, p := range processes {
			if p.Namespaces[n.Type] != n.Inode {
				continue
			}
			use.Count++
			if len(use.Users) < mostUsers {
				use.Users = append(use.Users, p.PID)
			}
		}
		all = append(all, use)
	}
	return all
}
