//go:build linux

package cgroup

import (
	"errors"
	"fmt"
	"os"
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
}

func makeFolder(dir, controller string) Step {
	why := sandbox.Text{EN: "a control group is a folder: making it makes the group", FR: "un groupe de contrôle est un dossier : le créer crée le groupe"}
	if controller != "" {
		why = sandbox.Text{
			EN: fmt.Sprintf("a control group is a folder; on version 1, controller %s has its own tree", controller),
			FR: fmt.Sprintf("un groupe de contrôle est un dossier ; en version 1, le contrôleur %s a son propre arbre", controller),
		}
	}
	return Step{Path: dir, Why: why}
}

// hand makes a folder's children have controllers.
func hand(dir string, names []string) Step {
	return Step{Path: filepath.Join(dir, "cgroup.subtree_control"), Value: "+" + strings.Join(names, " +"), Why: sandbox.Text{
		EN: "children have only the controllers that their parent hands on",
		FR: "les enfants n'ont que les contrôleurs que leur parent transmet",
	}}
}

func settings(dir, controller string, values []Value) []Step {
	var steps []Step
	for _, v := range values {
		if v.Controller == controller {
			steps = append(steps, Step{Path: filepath.Join(dir, v.File), Value: v.Value, Optional: v.Optional, Why: v.Why})
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

// Do carries the step out.
func (s Step) Do() error {
	if s.Value == "" {
		return os.Mkdir(s.Path, 0o755)
	}
	err := write(s.Path, s.Value)
	if s.Optional && errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// write does not create the file: the kernel did, or has no such file.
func write(path, value string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(value)
	return errors.Join(err, f.Close())
}
