package inspect

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/moby/sys/mountinfo"

	"cloison/sandbox"
)

// parseCgroup reads /proc/PID/cgroup: the path of each controller in its
// hierarchy, of "" in the v2 hierarchy, and of "name=systemd" in a hierarchy
// that only has a name (cgroups(7)).
func parseCgroup(text string) (map[string]string, error) {
	paths := map[string]string{}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		id, rest, ok := strings.Cut(line, ":")
		controllers, at, ok2 := strings.Cut(rest, ":")
		if !ok || !ok2 || !strings.HasPrefix(at, "/") || (controllers == "") != (id == "0") {
			return nil, fmt.Errorf("parse cgroup: unexpected line %q", line)
		}
		for c := range strings.SplitSeq(controllers, ",") {
			paths[c] = at
		}
	}
	return paths, nil
}

// cgroupVersion is the version that limits memory, processes and CPU time:
// that of the hierarchy their controllers are on.
func cgroupVersion(paths map[string]string) int {
	for _, c := range needed {
		if _, ok := paths[c]; ok {
			return 1
		}
	}
	if _, ok := paths[""]; ok {
		return 2
	}
	return 0
}

// hierarchies are the cgroup file systems that the reader of /proc has mounted.
type hierarchies []*mount

// mount is one of them.
type mount = mountinfo.Info

// parseHierarchies picks them out of /proc/self/mountinfo.
func parseHierarchies(text []byte) (hierarchies, error) {
	mounts, err := mountinfo.GetMountsFromReader(bytes.NewReader(text), func(m *mount) (skip, stop bool) {
		return !isCgroup(m), false
	})
	if err != nil {
		return nil, fmt.Errorf("parse mountinfo: %w", err)
	}
	return mounts, nil
}

func isCgroup(m *mount) bool { return m.FSType == "cgroup" || m.FSType == "cgroup2" }

// of gives the mounts of the hierarchy that has controller; "" is v2.
func (h hierarchies) of(controller string) hierarchies {
	return slices.DeleteFunc(slices.Clone(h), func(m *mount) bool {
		if controller == "" {
			return m.FSType != "cgroup2"
		}
		return m.FSType != "cgroup" || !slices.Contains(strings.Split(m.VFSOptions, ","), controller)
	})
}

// folders are where the cgroup at a path is, and its ancestors up to the root
// of the mount, nearest first; nil where no mount of h shows it. They are
// names for root, an fs.FS of the whole file system.
func (h hierarchies) folders(root fs.FS, at string) []string {
	for _, m := range h {
		rel, ok := below(m.Root, at)
		if !ok {
			continue
		}
		top := folderOf(m)
		own := path.Join(top, rel)
		if info, err := fs.Stat(root, own); err != nil || !info.IsDir() {
			continue
		}
		return ancestors(own, top)
	}
	return nil
}

// folderOf is a mount point as a name for an fs.FS of the whole file system.
func folderOf(m *mount) string {
	return path.Join(".", strings.TrimLeft(m.Mountpoint, "/"))
}

// below gives at relative to root, both of them paths in one hierarchy. A path
// that leads out of the cgroup namespace ("/../x") is below no mount.
func below(root, at string) (string, bool) {
	if slices.Contains(strings.Split(at, "/"), "..") {
		return "", false
	}
	if root == "/" {
		return strings.TrimPrefix(at, "/"), true
	}
	rel, ok := strings.CutPrefix(at, root)
	return strings.TrimPrefix(rel, "/"), ok && (rel == "" || rel[0] == '/')
}

// ancestors lists own and every folder above it up to top.
func ancestors(own, top string) []string {
	all := []string{own}
	for own != top && own != "." {
		own = path.Dir(own)
		all = append(all, own)
	}
	return all
}

// CgroupPath is where process pid is in the hierarchy of a controller, "" being
// that of v2.
func (r *Reader) CgroupPath(pid int, controller string) (string, error) {
	text, err := fs.ReadFile(r.root, fmt.Sprintf("proc/%d/cgroup", pid))
	if err != nil {
		return "", readError(pid, err)
	}
	paths, err := parseCgroup(string(text))
	if err != nil {
		return "", readError(pid, err)
	}
	at, ok := paths[controller]
	if !ok {
		return "", sandbox.Errorf("read process %d: there is no cgroup hierarchy of %q",
			"lire le processus %d : il n’y a pas de hiérarchie de cgroups pour %q", pid, controller)
	}
	return at, nil
}

// CgroupFolder is the folder of the calling process's cgroup in the hierarchy
// of a v1 controller, as an absolute path; "" where none can be seen.
func (r *Reader) CgroupFolder(controller string) string {
	text, err := fs.ReadFile(r.root, "proc/self/mountinfo")
	own, err2 := fs.ReadFile(r.root, "proc/self/cgroup")
	if err != nil || err2 != nil {
		return ""
	}
	all, err := parseHierarchies(text)
	paths, err2 := parseCgroup(string(own))
	if err != nil || err2 != nil {
		return ""
	}
	if at, ok := paths[controller]; ok {
		if folders := all.of(controller).folders(r.root, at); len(folders) > 0 {
			return "/" + folders[0]
		}
	}
	return ""
}
