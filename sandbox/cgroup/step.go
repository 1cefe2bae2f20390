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
	More     []Line // what is written after Value
	Why      sandbox.Text
	do       func() error // has the library do it
}

func makeFolder(dir, controller string, g group) Step {
	why := sandbox.Text{EN: "a cgroup is a folder: making it makes the group", FR: "un cgroup est un dossier : le créer crée le groupe"}
	if controller != "" {
		why = sandbox.Text{
			EN: fmt.Sprintf("a cgroup is a folder; on version 1, controller %s has its own tree", controller),
			FR: fmt.Sprintf("un cgroup est un dossier ; en version 1, le contrôleur %s a son propre arbre", controller),
		}
	}
	return Step{Path: dir, Why: why, do: g.make}
}

// hand makes a group's children have controllers.
func hand(g group2, names []string) Step {
	return Step{Path: filepath.Join(g.dir, "cgroup.subtree_control"), Value: "+" + strings.Join(names, " +"), Why: sandbox.Text{
		EN: "children have only the controllers that their parent hands on",
		FR: "les enfants n’ont que les contrôleurs que leur parent transmet",
	}, do: func() error { return g.hand(names) }}
}

func settings(dir, controller string, values []Value, g group) []Step {
	var steps []Step
	for _, v := range values {
		if v.Controller == controller {
			steps = append(steps, Step{Path: filepath.Join(dir, v.File), Value: v.Value, Optional: v.Optional, More: v.More, Why: v.Why, do: func() error { return g.set(v) }})
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
	if filepath.Base(s.Path) == "BPF_CGROUP_DEVICE" {
		a.Call = fmt.Sprintf("bpf(BPF_PROG_LOAD, {prog_type = BPF_PROG_TYPE_CGROUP_DEVICE, insns = %s rules}), bpf(BPF_PROG_ATTACH, {target = open(%q), type = BPF_CGROUP_DEVICE})", s.Value, filepath.Dir(s.Path))
		a.Shell = fmt.Sprintf("bpftool cgroup attach %s cgroup_device id PROGRAM multi", filepath.Dir(s.Path))
		return a
	}
	a.Call = fmt.Sprintf("write(open(%q), %q)", s.Path, s.Value)
	a.Shell = fmt.Sprintf("echo %s >%s", s.Value, s.Path)
	if n := len(s.More); n > 0 {
		file := filepath.Join(filepath.Dir(s.Path), s.More[0].File)
		a.Call += fmt.Sprintf(", write(open(%q), rule) × %d", file, n)
		a.Shell += fmt.Sprintf("; echo '%s' >%s; …", s.More[n-1].Value, file)
	}
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

// write is how a value gets into its file when the library has no word for it.
func write(dir string, v Value) error {
	for _, l := range append([]Line{{v.File, v.Value}}, v.More...) {
		f, err := os.OpenFile(filepath.Join(dir, l.File), os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		_, err = f.WriteString(l.Value)
		if err := errors.Join(err, f.Close()); err != nil {
			return err
		}
	}
	return nil
}
