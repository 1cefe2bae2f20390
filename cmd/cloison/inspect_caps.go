package main

import (
	"fmt"
	"strings"

	"cloison/sandbox"
	"cloison/sandbox/capability"
)

// capabilities tells the five sets; one that is like the one above says so.
func (x *xray) capabilities(c sandbox.Capabilities) {
	x.title("Capabilities", "Capabilities")
	x.row("inheritable", x.set(c.Inheritable))
	x.row("permitted", x.set(c.Permitted))
	effective := x.set(c.Effective)
	if c.Effective == c.Permitted && c.Effective != 0 && c.Effective != x.all {
		effective = x.say("as permitted", "comme permitted")
	}
	x.row("effective", effective)
	bounding := x.set(c.Bounding)
	if c.Bounding == c.Permitted && c.Bounding != 0 && c.Bounding != x.all {
		bounding = x.say("as permitted", "comme permitted")
	}
	x.row("bounding", bounding)
	x.row("ambient", x.set(c.Ambient))
}

// set names a set's members, or the few that are missing from it.
func (x *xray) set(s sandbox.CapSet) string {
	count := len(capability.Names(x.all))
	switch missing := x.all &^ s; {
	case s == 0:
		return x.say("none", "aucune")
	case missing == 0:
		return fmt.Sprintf(x.say("all %d", "toutes (%d)"), count)
	case len(capability.Names(missing)) <= 5:
		return fmt.Sprintf(x.say("all %d but %s", "toutes (%d) sauf %s"), count, strings.Join(capability.Names(missing), " "))
	}
	return fmt.Sprintf("%d/%d: %s", len(capability.Names(s)), count, short(capability.Names(s)))
}

// short leaves out the CAP_ that all names begin with.
func short(names []string) string {
	return strings.ReplaceAll(" "+strings.Join(names, " "), " CAP_", " ")[1:]
}
