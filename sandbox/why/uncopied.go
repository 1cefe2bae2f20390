//go:build linux

package why

import (
	"slices"

	"cloison/sandbox"
)

// Notes are what of the context was not copied.
func (p *Process) Notes(found bool) []sandbox.Text {
	notes := slices.Clone(p.notes)
	if !found && !p.privileged {
		notes = append(notes, withoutRoot)
	}
	if len(p.unset) > 0 {
		notes = append(notes, withoutValue(p.unset))
	}
	if p.mayBeLocked {
		notes = append(notes, unreadRules)
	}
	return notes
}

// Unsure is so of rules that can't be read and of variables without a value.
func (p *Process) Unsure() bool { return p.mayBeLocked || len(p.unset) > 0 }

var withoutRoot = sandbox.Text{
	EN: "without root, its user namespace could not be left, no capability be given beyond it, and no rules of Landlock be left out: that may be what refuses",
	FR: "sans root, son espace de noms utilisateur n’a pas pu être quitté, ni aucune capability donnée au-delà, ni aucune règle Landlock écartée\u00a0: c’est peut-être ce qui refuse",
}

// unreadRules is a doubt about a process that has no_new_privs, which who makes
// rules of Landlock sets first.
var unreadRules = sandbox.Text{
	EN: "it has no_new_privs, so it may have been under rules of Landlock that were made before; nobody can read those, the experiments are without them, and they may refuse, too",
	FR: "il a no_new_privs, et peut donc être soumis à des règles Landlock posées auparavant\u00a0; personne ne peut les lire, les essais se font sans elles, et elles refusent peut-être aussi",
}
