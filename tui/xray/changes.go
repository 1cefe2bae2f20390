package xray

import (
	"fmt"
	"slices"

	"cloison/sandbox"
)

// values are the facts that a learner changes, each as one comparable string.
// What changes by itself all the time (memory in use) is left out: a mark that
// never goes away marks nothing.
func values(f sandbox.Facts) map[string]string {
	v := map[string]string{
		"memory":       fmt.Sprint(f.Cgroup.Memory.Limit),
		"tasks":        fmt.Sprint(f.Cgroup.Pids.Limit),
		"cpu":          fmt.Sprint(f.Cgroup.CPU.Quota, f.Cgroup.CPU.Period),
		"oom":          fmt.Sprint(f.Cgroup.OOMKill),
		"uids":         fmt.Sprint(f.UIDMap),
		"gids":         fmt.Sprint(f.GIDMap),
		"uid":          fmt.Sprint(f.UIDs.Effective),
		"capabilities": fmt.Sprint(f.Capabilities),
		"seccomp":      fmt.Sprint(f.Seccomp),
		"nnp":          fmt.Sprint(f.NoNewPrivs),
		"lsm":          f.LSM,
	}
	for _, n := range f.Namespaces {
		v["ns "+string(n.Type)] = fmt.Sprint(n.Inode)
	}
	return v
}

// changed names what differs between two readings, in order of name. Nothing
// has changed at the first reading.
func changed(before, after map[string]string) []string {
	if before == nil {
		return nil
	}
	var names []string
	for name, value := range after {
		if before[name] != value {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
