package inspect

import (
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"cloison/sandbox"
)

// mostCgroups and deepestCgroup bound the tree that is told.
const (
	mostCgroups   = 64
	deepestCgroup = 8
)

// cgroupTree is a lab's cgroup with all below it: one folder on v2, one a
// hierarchy on v1, whose trees are told as one.
type cgroupTree struct {
	root fs.FS
	v1   bool
	tops []string // folders, as names for root
	// told are the processes that count; nil is that all do. A check that has begun
	// since they were read would count otherwise, and mark its cgroup as changed.
	told map[int]bool
}

// nodes lists the tree, each cgroup behind its parent. own are the folders of
// the subject's cgroups.
func (t cgroupTree) nodes(own []string) []sandbox.CgroupNode {
	var all []sandbox.CgroupNode
	for _, rel := range t.folders() {
		folders := make([]string, 0, len(t.tops))
		for _, top := range t.tops {
			folders = append(folders, path.Join(top, rel))
		}
		node := t.node(folders)
		node.Path = "/" + path.Join(path.Base(t.tops[0]), rel)
		node.Subject = slices.ContainsFunc(folders, func(f string) bool { return slices.Contains(own, f) })
		if rel != "." {
			node.Depth = strings.Count(rel, "/") + 1
		}
		all = append(all, node)
	}
	return all
}

// folders are the paths below the tops, "." first, parents before children.
func (t cgroupTree) folders() []string {
	found := map[string]bool{}
	for _, top := range t.tops {
		_ = fs.WalkDir(t.root, top, func(name string, d fs.DirEntry, err error) error {
			if err != nil || !d.IsDir() {
				return nil
			}
			rel := "."
			if name != top {
				rel = strings.TrimPrefix(name, top+"/")
			}
			if strings.Count(rel, "/") >= deepestCgroup || len(found) >= mostCgroups && !found[rel] {
				return fs.SkipDir
			}
			found[rel] = true
			return nil
		})
	}
	all := make([]string, 0, len(found))
	for rel := range found {
		all = append(all, rel)
	}
	slices.SortFunc(all, func(a, b string) int {
		if a == "." || b == "." {
			return strings.Compare(strings.TrimPrefix(a, "."), strings.TrimPrefix(b, "."))
		}
		return slices.Compare(strings.Split(a, "/"), strings.Split(b, "/"))
	})
	return all
}

// node reads one cgroup from its folders, of which each hierarchy that has a
// controller of interest shows one.
func (t cgroupTree) node(folders []string) sandbox.CgroupNode {
	var node sandbox.CgroupNode
	for _, folder := range folders {
		c := cgroup{root: t.root, folders: []string{folder}, v1: t.v1}
		if memory, kills := readMemoryLimit(c); memory != (sandbox.Gauge{}) || kills != 0 {
			node.Memory, node.OOMKill = memory, kills
		}
		if pids := c.gauge("pids.max", "pids.current"); pids != (sandbox.Gauge{}) {
			node.Pids = pids
		}
		if cpu := readCPULimit(c); cpu != (sandbox.CPULimit{}) {
			node.CPU = cpu
		}
		if node.Processes == 0 { // on v1, mostly the same in each hierarchy
			node.Processes = t.count(folder)
		}
		node.Frozen = node.Frozen || counterIn(line(t.root, path.Join(folder, "cgroup.events")), "frozen") == 1
	}
	return node
}

// count is how many processes are in a cgroup itself. A 0 stands for a process
// in another PID namespace (cgroups(7)), and counts too.
func (t cgroupTree) count(folder string) int {
	n := 0
	for pid := range strings.FieldsSeq(line(t.root, path.Join(folder, "cgroup.procs"))) {
		if number, err := strconv.ParseUint(pid, 10, 32); err == nil && (t.told == nil || number == 0 || t.told[int(number)]) {
			n++
		}
	}
	return n
}
