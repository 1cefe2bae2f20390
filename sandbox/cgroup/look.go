//go:build linux

package cgroup

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	cgroups "github.com/containerd/cgroups/v3"
	"github.com/moby/sys/mountinfo"
	"golang.org/x/sys/unix"
)

// Look finds this process's place. Where a mount shows another part of its
// hierarchy than the one with this process, what it shows at the top serves.
func Look() (Place, error) {
	return lookAt("self", nearest)
}

// TaskFiles are the files through which a process puts itself into the cgroups
// of process pid, by writing "0".
func TaskFiles(pid int) ([]string, error) {
	p, err := lookAt(strconv.Itoa(pid), inside)
	if err != nil {
		return nil, err
	}
	if p.Version == 2 {
		return []string{filepath.Join(p.V2[0].Path, "cgroup.procs")}, nil
	}
	var files []string
	for _, c := range every {
		if f, ok := p.own(c); ok && !slices.Contains(files, filepath.Join(f.Path, "tasks")) {
			files = append(files, filepath.Join(f.Path, "tasks"))
		}
	}
	return files, nil
}

// Entrances are TaskFiles for every hierarchy, also those whose controllers
// cloison sets no limits with, such as devices.
func Entrances(pid int) ([]string, error) {
	p, err := lookAt(strconv.Itoa(pid), inside)
	if err != nil {
		return nil, err
	}
	dirs := map[string]bool{}
	if p.Version == 2 {
		dirs[p.V2[0].Path] = true
	}
	for _, folders := range []map[string]Folder{p.V1, p.Others} {
		for _, f := range folders {
			dirs[f.Path] = true
		}
	}
	var files []string
	for dir := range dirs {
		files = append(files, filepath.Join(dir, "cgroup.procs"))
	}
	slices.Sort(files)
	return files, nil
}

// lookAt finds the place of a process, named as in /proc, among the mounts
// that this one sees.
func lookAt(process string, find finder) (Place, error) {
	own, unified, err := cgroups.ParseCgroupFileUnified(filepath.Join("/proc", process, "cgroup"))
	if err != nil {
		return Place{}, fmt.Errorf("read the cgroups of a process: %w", err)
	}
	text, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return Place{}, fmt.Errorf("read the mounts: %w", err)
	}
	mounts, err := mountinfo.GetMountsFromReader(bytes.NewReader(text), mountinfo.FSTypeFilter("cgroup", "cgroup2"))
	if err != nil {
		return Place{}, fmt.Errorf("read the mounts: %w", err)
	}
	return place(own, unified, mounts, find), nil
}

// place joins where the hierarchies are mounted with where the process is in
// each. Limits belong to version 1 where its controllers are mounted.
func place(own map[string]string, unified string, mounts []*mountinfo.Info, find finder) Place {
	p := Place{V1: map[string]Folder{}, Others: map[string]Folder{}}
	for _, m := range mounts {
		if dir, ok := find(m, unified); ok && m.FSType == "cgroup2" {
			p.Others["unified"] = Folder{Path: dir, Writable: writable(dir)}
		}
		if m.FSType != "cgroup" {
			continue
		}
		for _, c := range strings.Split(m.VFSOptions, ",") {
			dir, ok := find(m, own[c])
			switch {
			case ok && slices.Contains(controllers, c):
				p.V1[c] = Folder{Path: dir, Writable: writable(dir)}
			case ok:
				p.Others[c] = Folder{Path: dir, Writable: writable(dir)}
			}
		}
	}
	if len(p.V1) > 0 {
		p.Version = 1
		p.CPUs, p.Mems = line(p.Others["cpuset"].Path, "cpuset.cpus"), line(p.Others["cpuset"].Path, "cpuset.mems")
		// Nobody can allow below what is not allowed above.
		devices := p.Others["devices"]
		p.Devices = rulesDevices() && devices.Writable && line(devices.Path, "devices.list") == "a *:* rwm"
		return p
	}
	p.Devices = rulesDevices()
	for _, m := range mounts {
		if dir, ok := find(m, unified); ok && m.FSType == "cgroup2" {
			p.Version, p.V2 = 2, levels(dir, m.Mountpoint)
			return p
		}
	}
	return p
}

// finder finds the folder of the cgroup path below the mount m.
type finder func(m *mountinfo.Info, path string) (dir string, ok bool)

// nearest is inside, or the top of what m shows.
func nearest(m *mountinfo.Info, path string) (string, bool) {
	if dir, ok := inside(m, path); ok {
		return dir, true
	}
	return m.Mountpoint, path != ""
}

// inside is the folder of the cgroup path below the mount m, which may show
// only a part of its hierarchy.
func inside(m *mountinfo.Info, path string) (string, bool) {
	if path == "" {
		return "", false
	}
	rest, ok := strings.CutPrefix(path, strings.TrimSuffix(m.Root, "/"))
	if !ok || rest != "" && rest[0] != '/' {
		return "", false
	}
	return filepath.Join(m.Mountpoint, rest), true
}

// levels reads the folders from dir up to the mount point top.
func levels(dir, top string) []Level {
	var all []Level
	for ; ; dir = filepath.Dir(dir) {
		all = append(all, level(dir, top))
		if dir == top || !strings.HasPrefix(dir, top) {
			return all
		}
	}
}

func level(dir, top string) Level {
	procs, _ := os.ReadFile(filepath.Join(dir, "cgroup.procs"))
	return Level{
		Path:     dir,
		Offered:  words(filepath.Join(dir, "cgroup.controllers")),
		Enabled:  words(filepath.Join(dir, "cgroup.subtree_control")),
		Occupied: len(procs) > 0,
		// Only the real root lacks this file; a namespace's root has it.
		Top:      dir == top && !exists(filepath.Join(dir, "cgroup.type")),
		Writable: writable(dir) && writable(filepath.Join(dir, "cgroup.procs")),
	}
}

// line is the one line of a file; "" where there is none.
func line(dir, name string) string {
	text, _ := os.ReadFile(filepath.Join(dir, name))
	return strings.TrimSpace(string(text))
}

// rulesDevices says whether this process may filter devices: it takes
// CAP_SYS_ADMIN outside of every user namespace, for the controller's files as
// for bpf(2).
func rulesDevices() bool {
	text, _ := os.ReadFile("/proc/self/uid_map")
	return os.Geteuid() == 0 && slices.Equal(strings.Fields(string(text)), []string{"0", "0", "4294967295"})
}

func words(path string) []string {
	text, _ := os.ReadFile(path)
	return strings.Fields(string(text))
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// writable asks for the effective user, and counts a read-only mount.
func writable(path string) bool {
	return unix.Faccessat(unix.AT_FDCWD, path, unix.W_OK, unix.AT_EACCESS) == nil
}
