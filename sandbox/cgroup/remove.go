//go:build linux

package cgroup

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// prefix begins the names of groups that tell their owner.
const prefix = "cloison-run-"

var made atomic.Int64

// Name is a fresh name for a group of this process: cloison-run-OWNER-N.
func Name() (string, error) {
	own, err := ownOwner()
	if err != nil {
		return "", fmt.Errorf("name a cgroup: %w", err)
	}
	return fmt.Sprintf("%s%s-%d", prefix, own, made.Add(1)), nil
}

// Sweep removes the groups of owners that are gone, by their names. It kills
// nobody: the processes in them died with their owner, and a group that still
// holds some cannot be removed.
func (p Place) Sweep() { sweep(p.parents(), named) }

// SweepMarked does that to groups right below these folders, by their marks.
func SweepMarked(version int, parents []string) {
	var all []group
	for _, parent := range parents {
		all = append(all, Open(version, parent).group)
	}
	sweep(all, func(g group) (owner, bool) { return marked(g.folder()) })
}

func sweep(parents []group, ownerOf func(group) (owner, bool)) {
	var groups []group
	var owners []owner
	for _, parent := range parents {
		entries, _ := os.ReadDir(parent.folder())
		for _, e := range entries {
			g := parent.child(e.Name())
			if o, ok := ownerOf(g); ok && e.IsDir() {
				groups, owners = append(groups, g), append(owners, o)
			}
		}
	}
	living := takeCensus(owners)
	for i, g := range groups {
		if owners[i].gone(living) {
			_ = g.delete()
		}
	}
}

// parents are the groups that Plan could make one in.
func (p Place) parents() []group {
	var all []group
	for _, c := range every {
		if f, ok := p.own(c); ok {
			all = append(all, group1{f.Path, libraryName(c)})
		}
	}
	for _, l := range p.V2 {
		all = append(all, group2{l.Path})
	}
	return all
}

// named is the owner in a group's name.
func named(g group) (owner, bool) {
	rest, ours := strings.CutPrefix(filepath.Base(g.folder()), prefix)
	end := strings.LastIndexByte(rest, '-')
	if !ours || end < 0 {
		return owner{}, false
	}
	return parseOwner(rest[:end])
}

// Remove kills what is left in the group and removes its folders.
func (p Plan) Remove() error {
	var errs []error
	for _, dir := range p.Folders {
		errs = append(errs, p.RemoveFolder(dir))
	}
	return errors.Join(errs...)
}

// RemoveFolder removes one folder of the group. Processes leave a group a
// moment after they have been waited for, so it tries again for up to two
// seconds. A folder that is gone already is no error.
func (p Plan) RemoveFolder(dir string) error {
	g := p.groups[slices.Index(p.Folders, dir)]
	deadline := time.Now().Add(2 * time.Second)
	for pause := 50 * time.Microsecond; ; pause = min(2*pause, 20*time.Millisecond) {
		err := g.delete()
		if err == nil || time.Now().After(deadline) {
			return err
		}
		_ = g.kill() // what it could not kill, delete tells of
		time.Sleep(pause)
	}
}
