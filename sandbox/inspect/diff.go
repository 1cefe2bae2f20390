package inspect

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"cloison/sandbox"
	"cloison/sandbox/capability"
)

// Change is one fact that is no longer what it was. Values are in the kernel's
// own spelling, so in no language: "pid:[4026531836]", "max" for no limit.
type Change struct {
	What   string `json:"what"` // where the fact stands in the JSON of Facts: "cgroup.memory.limit"
	Before string `json:"before"`
	After  string `json:"after"`
}

// Diff lists what changed from one reading of a process to the next, in the
// order of the fields of Facts. What flows all the time is told by strides:
// used memory by a sixteenth of its limit, and the free memory of the machine
// not at all.
func Diff(before, after sandbox.Facts) []Change {
	was, is := flatten(before), flatten(after)
	var changes []Change
	for _, key := range keys(was, is) {
		if was[key] != is[key] {
			changes = append(changes, Change{What: key, Before: was[key], After: is[key]})
		}
	}
	return slices.DeleteFunc(changes, func(c Change) bool { return isFlow(c.What, before, after) })
}

// order is the order of the groups of keys.
var order = []string{
	"ppid", "inner_pids", "command", "args", "namespaces", "uids", "gids", "uid_map", "gid_map",
	"capabilities", "no_new_privs", "seccomp", "lsm", "cgroup", "memory", "unread",
}

// keys are all keys of both, by group, then by name.
func keys(was, is map[string]string) []string {
	all := maps.Clone(was)
	maps.Copy(all, is)
	group := func(key string) int {
		first, _, _ := strings.Cut(key, ".")
		return slices.Index(order, first)
	}
	return slices.SortedFunc(maps.Keys(all), func(a, b string) int {
		if d := group(a) - group(b); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
}

// flatten spells every fact under its key.
func flatten(f sandbox.Facts) map[string]string {
	flat := map[string]string{
		"ppid":                     strconv.Itoa(f.PPID),
		"inner_pids":               spaced(f.InnerPIDs),
		"command":                  f.Command,
		"args":                     strings.Join(f.Args, " "),
		"uids":                     ids(f.UIDs),
		"gids":                     ids(f.GIDs),
		"uid_map":                  idMap(f.UIDMap),
		"gid_map":                  idMap(f.GIDMap),
		"capabilities.inheritable": set(f.Capabilities.Inheritable),
		"capabilities.permitted":   set(f.Capabilities.Permitted),
		"capabilities.effective":   set(f.Capabilities.Effective),
		"capabilities.bounding":    set(f.Capabilities.Bounding),
		"capabilities.ambient":     set(f.Capabilities.Ambient),
		"no_new_privs":             strconv.FormatBool(f.NoNewPrivs),
		"seccomp.mode":             strconv.Itoa(f.Seccomp.Mode),
		"seccomp.filters":          strconv.Itoa(f.Seccomp.Filters),
		"lsm":                      f.LSM,
		"memory.total":             strconv.FormatUint(f.Memory.Total, 10),
		"unread":                   strings.Join(f.Unread, " "),
	}
	for _, ns := range f.Namespaces {
		flat["namespaces."+string(ns.Type)] = fmt.Sprintf("%s:[%d]", ns.Type, ns.Inode)
	}
	flattenCgroup(flat, f.Cgroup)
	return flat
}

func flattenCgroup(flat map[string]string, c sandbox.CgroupFacts) {
	for controller, at := range c.Paths {
		flat["cgroup.paths."+controller] = at
	}
	flat["cgroup.memory.limit"] = limit(c.Memory.Limit)
	flat["cgroup.memory.used"] = strconv.FormatUint(c.Memory.Used, 10)
	flat["cgroup.pids.limit"] = limit(c.Pids.Limit)
	flat["cgroup.pids.used"] = strconv.FormatUint(c.Pids.Used, 10)
	flat["cgroup.cpu.quota"] = limit(uint64(c.CPU.Quota))
	flat["cgroup.cpu.throttled"] = strconv.FormatUint(c.CPU.Throttled, 10)
	flat["cgroup.oom_kill"] = strconv.FormatUint(c.OOMKill, 10)
}

// isFlow says whether a change is less than a stride.
func isFlow(key string, before, after sandbox.Facts) bool {
	switch key {
	case "cgroup.memory.used":
		return isSmall(before.Cgroup.Memory, after.Cgroup.Memory, 16<<20)
	case "cgroup.pids.used":
		return isSmall(before.Cgroup.Pids, after.Cgroup.Pids, 64)
	}
	return false
}

// isSmall says whether use moved by less than a sixteenth of its limit, or
// than unlimited where it has none.
func isSmall(before, after sandbox.Gauge, unlimited uint64) bool {
	stride := unlimited
	if after.Limit != 0 {
		stride = max(after.Limit/16, 1)
	}
	return max(before.Used, after.Used)-min(before.Used, after.Used) < stride
}

func limit(n uint64) string {
	if n == 0 {
		return "max"
	}
	return strconv.FormatUint(n, 10)
}

func set(s sandbox.CapSet) string { return strings.Join(capability.Names(s), " ") }

func ids(i sandbox.IDs) string {
	return fmt.Sprintf("%d %d %d %d", i.Real, i.Effective, i.Saved, i.Filesystem)
}

func idMap(ranges []sandbox.IDRange) string {
	var all []string
	for _, r := range ranges {
		all = append(all, fmt.Sprintf("%d %d %d", r.Inside, r.Outside, r.Size))
	}
	return strings.Join(all, ", ")
}

func spaced(numbers []int) string { return strings.Trim(fmt.Sprint(numbers), "[]") }
