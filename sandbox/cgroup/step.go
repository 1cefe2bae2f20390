//go:build linux

package cgroup

import (
	"fmt"
	"path/filepath"
	"strings"

	"cloison/sandbox"
)

// Step makes a folder, or writes a value into a file of one.
type Step struct {
	Path     string
	Value    string // "" makes the folder Path
	Optional bool   // a file that is not there is passed over
	Why      sandbox.Text
	do       func() error // has the library do it
}

func makeFolder(dir, controller string, g group) Step {
	why := sandbox.Text{EN: "a control group is a folder: making it makes the group", FR: "un groupe de contrôle est un dossier : le créer crée le groupe"}
	if controller != "" {
		why = sandbox.Text{
			EN: fmt.Sprintf("a control group is a folder; on version 1, controller %s has its own tree", controller),
			FR: fmt.Sprintf("un groupe de contrôle est un dossier ; en version 1, le contrôleur %s a son propre arbre", controller),
		}
	}
	return Step{Path: dir, Why: why, do: g.make}
}

// hand makes a group's children have controllers.
func hand(g group2, names []string) Step {
	return Step{Path: filepath.Join(g.dir, "cgroup.subtree_control"), Value: "+" + strings.Join(names, " +"), Why: sandbox.Text{
		EN: "children have only the controllers that their parent hands on",
		FR: "les enfants n'ont que les contrôleurs que leur parent transmet",
	}, do: func() error { return g.hand(names) }}
}

func settings(dir, controller string, values []Value, g group) []Step {
	var steps []Step
	for _, v := range values {
		if v.Controller == controller {
			steps = append(steps, Step{Path: filepath.Join(dir, v.File), Value: v.Value, Optional: v.Optional, Why: v.Why, do: func() error { return g.set(v) }})
		}
	}
	return steps
}

// Action is the step as it is told.
func (s Step) Action() sandbox.Action {
	a := sandbox.Action{Process: sandbox.Parent, Why: s.Why}
	if s.Value == "" {
		a.Call = fmt.Sprintf("mkdir(%q, 0755)", s.Path)
		a.Shell = "mkdir " + s.Path
		return a
	}
	a.Call = fmt.Sprintf("write(open(%q), %q)", s.Path, s.Value)
	a.Shell = fmt.Sprintf("echo %s >%s", s.Value, s.Path)
	return a
}

// Do carries the step out. The library opens files with O_CREAT, so that a
// missing one does not show as such: the kernel then says EACCES.
func (s Step) Do() error {
	if s.Optional && !exists(s.Path) {
		return nil
	}
	return s.do()
}
