package sandbox

import (
	"cmp"
	"slices"
)

// Containers are the first processes of what looks like a container from the
// process home, the youngest first: of each set of namespaces that is not
// home's, its eldest process. A program that unshares and then forks, as
// unshare(1) does for a PID namespace, has led the way into one only: its child
// counts, not itself.
func (x Xray) Containers(home int) []ProcessFact {
	at, ok := x.Process(home)
	if !ok && len(x.Processes) > 0 {
		at = x.Processes[0]
	}
	byAge := slices.SortedStableFunc(slices.Values(x.Processes), func(a, b ProcessFact) int {
		return cmp.Or(cmp.Compare(a.Started, b.Started), cmp.Compare(a.PID, b.PID))
	})
	var firsts []ProcessFact
	for _, p := range byAge {
		same := func(o ProcessFact) bool { return len(p.apart(o)) == 0 }
		if p.State != "Z" && !same(at) && !slices.ContainsFunc(firsts, same) {
			firsts = append(firsts, p)
		}
	}
	var all []ProcessFact
	for _, p := range slices.Backward(firsts) {
		if !slices.ContainsFunc(firsts, func(o ProcessFact) bool { return o.PPID == p.PID && p.leads(o, at) }) {
			all = append(all, p)
		}
	}
	return all
}

// Process is the fact of a process of the lab.
func (x Xray) Process(pid int) (ProcessFact, bool) {
	for _, p := range x.Processes {
		if p.PID == pid {
			return p, true
		}
	}
	return ProcessFact{}, false
}

// Subject is the name by which the process can be followed.
func (p ProcessFact) Subject() Subject { return Subject{PID: p.PID, Started: p.Started} }

// apart are the namespaces in which two processes are not together, as far as
// both are known.
func (p ProcessFact) apart(o ProcessFact) []Namespace {
	var all []Namespace
	for _, ns := range Namespaces {
		if a, b := p.Namespaces[ns], o.Namespaces[ns]; a != 0 && b != 0 && a != b {
			all = append(all, ns)
		}
	}
	return all
}

// leads says whether p has left nothing of home that o has not left with it.
func (p ProcessFact) leads(o, home ProcessFact) bool {
	left := p.apart(o)
	return !slices.ContainsFunc(p.apart(home), func(ns Namespace) bool { return slices.Contains(left, ns) })
}
