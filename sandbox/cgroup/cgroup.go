//go:build linux

// Package cgroup knows where a control group can be made, what to write into
// it for a limit, on version 1 and 2, and how to take it away again.
//
// What is planned here, github.com/containerd/cgroups/v3 does: it makes the
// folders, writes the values, lists and kills what is left, and removes. Its
// view is kept narrow, to one controller or one level, so that it does what
// was told and no more.
//
// This package does not know containers: a process is put into a group by its
// own birth (CLONE_INTO_CGROUP, version 2) or by writing itself into the
// group's tasks file (version 1), which the caller arranges. The library's Add
// would do so from outside, for which the kernel stops every fork meanwhile.
//
// A group's name tells its owner, process and start time, so that [Sweep] can
// remove the groups of owners that were killed.
//
// See cgroups(7), and in the kernel's Documentation: admin-guide/cgroup-v2.rst,
// admin-guide/cgroup-v1, scheduler/sched-bwc.rst.
package cgroup

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"

	"cloison/sandbox"
)

// controllers are those that a container's group always lives in, and extras
// those that it lives in when something is to be set there. The disks' is blkio
// on version 1 and io on version 2; devices is of version 1 alone.
var (
	controllers = []string{"memory", "pids", "cpu"}
	extras      = []string{"cpuset", "blkio", "io", "devices"}
	every       = slices.Concat(controllers, extras)
)

// Place is where this process may make groups.
type Place struct {
	Version int // 1 or 2; 0 where no cgroup file system is mounted
	// V1 has this process's own folder in the hierarchy of each controller.
	V1 map[string]Folder
	// Others has the same for the other controllers of version 1, which our
	// containers live in only when there is something to set, and as "unified" for a version 2 hierarchy beside
	// version 1, which then has no controllers.
	Others map[string]Folder
	// V2 are this process's own folder and those above it, the nearest first.
	V2 []Level
	// CPUs and Mems are this process's own on version 1, which a new group must
	// be given before anybody can enter it.
	CPUs, Mems string
	// Devices says that device files can be filtered.
	Devices bool
}

// Folder is a cgroup of version 1.
type Folder struct {
	Path     string
	Writable bool // by this process
}

// Level is a cgroup of version 2 that a group could be made in.
type Level struct {
	Path     string
	Offered  []string // cgroup.controllers
	Enabled  []string // cgroup.subtree_control: what its children have
	Occupied bool     // it holds processes itself
	Top      bool     // the root of the hierarchy, which may hold both
	Writable bool     // by this process, cgroup.procs included
}

// Plan is how to make one group.
type Plan struct {
	Version int
	Steps   []Step   // in this order
	Folders []string // that the steps make
	Tasks   []string // version 1: files that the process writes itself into
	Note    sandbox.Text
	groups  []group // the Folders, as the library has them
}

// NotHere says why no group can be made here; it is what an ordinary user
// without a delegated cgroup gets.
type NotHere struct {
	Why, Try sandbox.Text
}

func (e *NotHere) Error() string { return e.In(sandbox.English) }

// In is the error in lang.
func (e *NotHere) In(lang sandbox.Lang) string {
	return e.Why.In(lang) + sandbox.Text{EN: "; ", FR: " ; "}.In(lang) + e.Try.In(lang)
}

// Plan says how to make a group called name with limits. It is pure: all that
// it knows of the computer is in the place.
func (p Place) Plan(name string, limits sandbox.Limits) (Plan, error) {
	switch p.Version {
	case 1:
		return p.plan1(name, limits)
	case 2:
		return p.plan2(name, limits)
	}
	return Plan{}, &NotHere{
		Why: sandbox.Text{EN: "no cgroup file system is mounted", FR: "aucun système de fichiers cgroup n’est monté"},
		Try: sandbox.Text{EN: "mount -t cgroup2 none /sys/fs/cgroup, as root", FR: "mount -t cgroup2 none /sys/fs/cgroup, en tant que root"},
	}
}

func (p Place) plan1(name string, limits sandbox.Limits) (Plan, error) {
	plan := Plan{Version: 1}
	if limits.BlkioWeight != 0 {
		return Plan{}, noWeight()
	}
	for _, c := range every {
		own, there := p.own(c)
		needed := needs(1, limits, c)
		switch {
		case !there && needed:
			return Plan{}, noController(c)
		case !there, slices.Contains(extras, c) && !needed:
			continue
		}
		if !own.Writable {
			return Plan{}, notDelegated(own.Path)
		}
		dir := filepath.Join(own.Path, name)
		g := group1{dir, libraryName(c)}
		if !slices.Contains(plan.Folders, dir) {
			plan.Folders, plan.groups = append(plan.Folders, dir), append(plan.groups, g)
			plan.Tasks = append(plan.Tasks, filepath.Join(dir, "tasks"))
			plan.Steps = append(plan.Steps, makeFolder(dir, c, g))
		}
		plan.Steps = append(plan.Steps, settings(dir, c, p.values1(limits), g)...)
	}
	return plan, nil
}

// own is this process's own folder in the hierarchy of a controller of version
// 1.
func (p Place) own(controller string) (Folder, bool) {
	if f, ok := p.V1[controller]; ok {
		return f, true
	}
	f, ok := p.Others[controller]
	return f, ok
}

// values1 are those of version 1, and what a cpuset group must have besides.
func (p Place) values1(l sandbox.Limits) []Value {
	if l.CPUSet != "" || l.MemSet != "" {
		l.CPUSet, l.MemSet = cmp.Or(l.CPUSet, p.CPUs), cmp.Or(l.MemSet, p.Mems)
	}
	return Values(1, l)
}

func (p Place) plan2(name string, limits sandbox.Limits) (Plan, error) {
	level, enable, err := p.choose(limits)
	if err != nil {
		return Plan{}, err
	}
	g := group2{filepath.Join(level.Path, name)}
	plan := Plan{Version: 2, Folders: []string{g.dir}, groups: []group{g}}
	if level.Path != p.V2[0].Path {
		plan.Note = sandbox.Text{
			EN: fmt.Sprintf("the group is made in %s, because the group of this process has no controllers to hand on: it holds processes itself (cgroups(7), no internal processes) or belongs to somebody else", level.Path),
			FR: fmt.Sprintf("le groupe est créé dans %s, car celui de ce processus n’a pas de contrôleur à transmettre : il contient lui-même des processus (cgroups(7), « no internal processes ») ou appartient à quelqu’un d’autre", level.Path),
		}
	}
	if len(enable) > 0 {
		plan.Steps = append(plan.Steps, hand(group2{level.Path}, enable))
	}
	plan.Steps = append(plan.Steps, makeFolder(g.dir, "", g))
	for _, c := range every {
		plan.Steps = append(plan.Steps, settings(g.dir, c, Values(2, limits), g)...)
	}
	return plan, nil
}

// choose picks the folder to make the group in: the nearest whose children
// have what is needed, and use can be counted in; else the nearest that can be
// made to give it.
func (p Place) choose(limits sandbox.Limits) (Level, []string, error) {
	needed := slices.DeleteFunc(slices.Clone(every), func(c string) bool { return c == "devices" || !needs(2, limits, c) })
	wanted := append([]string{"memory", "pids"}, needed...)
	for _, set := range [][]string{wanted, needed} {
		for _, l := range p.V2 {
			if l.Writable && holds(l.Enabled, set) {
				return l, nil, nil
			}
		}
	}
	offered := false
	for _, l := range p.V2 {
		offered = offered || holds(l.Offered, needed)
		if l.Writable && holds(l.Offered, needed) && (l.Top || !l.Occupied) {
			return l, without(needed, l.Enabled), nil
		}
	}
	switch {
	case len(p.V2) == 0:
		return Level{}, nil, notDelegated("/sys/fs/cgroup")
	case !offered:
		return Level{}, nil, noController(without(needed, p.V2[len(p.V2)-1].Offered)[0])
	}
	return Level{}, nil, notDelegated(p.V2[0].Path)
}

func holds(all, set []string) bool { return len(without(set, all)) == 0 }

// without is what of set is not in all.
func without(set, all []string) []string {
	return slices.DeleteFunc(slices.Clone(set), func(c string) bool { return slices.Contains(all, c) })
}

func noController(name string) error {
	return &NotHere{
		Why: sandbox.Text{EN: fmt.Sprintf("the %s controller is not available here", name), FR: fmt.Sprintf("le contrôleur %s n’est pas disponible ici", name)},
		Try: sandbox.Text{EN: "leave the limit out, or see /proc/cgroups for what this kernel has", FR: "retirez la limite, ou voyez dans /proc/cgroups ce que ce noyau possède"},
	}
}

func noWeight() error {
	return &NotHere{
		Why: sandbox.Text{EN: "cgroup version 1 has had no weights for disks since Linux 5.0", FR: "la version 1 des cgroups n’a plus de poids pour les disques depuis Linux 5.0"},
		Try: sandbox.Text{EN: "limit the speed instead: --device-write-bps /dev/DISK:1mb", FR: "limitez plutôt le débit : --device-write-bps /dev/DISQUE:1mb"},
	}
}

func notDelegated(dir string) error {
	return &NotHere{
		Why: sandbox.Text{EN: fmt.Sprintf("this user may not make a cgroup below %s", dir), FR: fmt.Sprintf("cet utilisateur ne peut pas créer de cgroup sous %s", dir)},
		Try: sandbox.Text{
			EN: "ask systemd for a cgroup of your own: systemd-run --user --scope -p Delegate=yes cloison run …; or be root",
			FR: "demandez à systemd un cgroup à vous : systemd-run --user --scope -p Delegate=yes cloison run … ; ou soyez root",
		},
	}
}
