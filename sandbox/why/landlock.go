package why

import (
	"fmt"
	"slices"
	"strings"
)

// Landlock is the layer that a program lays on itself (landlock(7)): it makes a
// ruleset, adds rules, and from landlock_restrict_self(2) on, it and what it
// starts are under them. No file shows that, so the first run of a command is
// watched: a filter asks us about the three calls (seccomp_unotify(2)), and we
// make the rulesets that the command asks for. Where it restricts itself, the
// layer is there.
//
// To relax it, the last of the calls is answered with success and not made:
// the command believes in rules that nobody enforces. A refusal of the first
// call, as by an old kernel, would be simpler, and many programs do without
// rules then; but others, as setpriv(1) does, give up. To find the least to
// allow, the rulesets are made with fewer accesses.
//
// Rules that a process had already before anybody watched can't be read: not
// from /proc, not by ptrace(2), and the kernel's audit records are of refusals,
// only where auditing is on, and as a rule not of programs started later. So a
// copy of its context is without them, and what only they refuse works there.

// locks is what is done about the rules that a command makes for itself.
type locks struct {
	Watched bool     `json:",omitempty"` // they are told
	Off     bool     `json:",omitempty"` // they are not enforced
	Open    []string `json:",omitempty"` // accesses that they leave alone
}

// asks says whether the calls are ours to answer one by one.
func (l locks) asks() bool { return !l.Off && (l.Watched || len(l.Open) > 0) }

// ruleset is what one landlock_create_ruleset(2) closes: struct
// landlock_ruleset_attr.
type ruleset [3]uint64

// fieldOfRuleset is one, and its accesses, the lowest bit first.
type fieldOfRuleset struct {
	name     string
	accesses []string
}

// kinds are the fields of a ruleset; the accesses of files are spelled as
// setpriv(1) does.
var kinds = [len(ruleset{})]fieldOfRuleset{
	{"fs", []string{
		"execute", "write-file", "read-file", "read-dir", "remove-dir", "remove-file", "make-char", "make-dir", "make-reg",
		"make-sock", "make-fifo", "make-block", "make-sym", "refer", "truncate", "ioctl-dev", "resolve-unix",
	}},
	{"net", []string{"bind-tcp", "connect-tcp", "bind-udp", "connect-send-udp"}},
	{"scope", []string{"abstract-unix-socket", "signal"}},
}

// closedBy are the accesses that the rules close of which evidence speaks.
func closedBy(list []Evidence) (all Set) {
	for _, e := range evidenceOf(Landlock, list) {
		for _, word := range strings.Fields(e.Says) {
			kind, accesses, _ := strings.Cut(word, ":")
			if !slices.ContainsFunc(kinds[:], func(k fieldOfRuleset) bool { return k.name == kind }) {
				continue
			}
			for _, name := range strings.Split(accesses, ",") {
				if access := Layer(kind + ":" + name); !all.Has(access) {
					all = append(all, access)
				}
			}
		}
	}
	return all
}

// bits are those of some accesses.
func bits(names []string) (r ruleset) {
	for i, k := range kinds {
		for n, name := range k.accesses {
			if slices.Contains(names, k.name+":"+name) {
				r[i] |= 1 << n
			}
		}
	}
	return r
}

// spelled are the accesses of one field, with commas between them.
func spelled(kind int, mask uint64) string {
	var list []string
	for n := range 64 {
		if mask>>n&1 == 0 {
			continue
		}
		name := fmt.Sprintf("bit-%d", n)
		if n < len(kinds[kind].accesses) {
			name = kinds[kind].accesses[n]
		}
		list = append(list, name)
	}
	return strings.Join(list, ",")
}

// String is a ruleset as setpriv(1) takes it: fs:read-file,execute.
func (r ruleset) String() string {
	var list []string
	for i, mask := range r {
		if mask != 0 {
			list = append(list, kinds[i].name+":"+spelled(i, mask))
		}
	}
	return strings.Join(list, " ")
}

// lockedBy is what a program's rules are told as: what they close, and what
// they open again.
func lockedBy(program string, closed ruleset, opened []string) Evidence {
	return Evidence{
		Source: fmt.Sprintf("landlock_restrict_self(2), %s", program),
		Says:   strings.Join(slices.Concat([]string{closed.String()}, opened), " "),
		Layers: Set{Landlock},
	}
}

// laid are the layers that the command laid on itself in a run.
func (o Outcome) laid() Set {
	if len(evidenceOf(Landlock, o.Evidence)) > 0 {
		return Set{Landlock}
	}
	return nil
}
