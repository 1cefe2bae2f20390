//go:build linux

package why

import (
	"fmt"
	"strings"

	"cloison/sandbox"
	"cloison/sandbox/capability"
)

// speaking is what the facts of a process say of each layer.
func speaking(pid int, f sandbox.Facts, s snapshot) []Evidence {
	file := func(name string) string { return fmt.Sprintf("/proc/%d/%s", pid, name) }
	list := []Evidence{
		{file("status"), fmt.Sprintf("Uid: %d", f.UIDs.Effective), Set{DAC}},
		{file("status"), fmt.Sprintf("CapEff: %016x (%d of %d), CapBnd: %016x", uint64(f.Capabilities.Effective),
			len(capability.Names(f.Capabilities.Effective)), capability.Last()+1, uint64(f.Capabilities.Bounding)), Set{Capabilities}},
		{file("status"), fmt.Sprintf("NoNewPrivs: %d", number(f.NoNewPrivs)), Set{NoNewPrivs}},
		{file("status"), fmt.Sprintf("Seccomp: %d, Seccomp_filters: %d", f.Seccomp.Mode, f.Seccomp.Filters), Set{Seccomp}},
		{file("uid_map"), ranges(f.UIDMap), Set{UserNS}},
	}
	if f.LSM != "" {
		list = append(list, Evidence{file("attr/current"), f.LSM, Set{AppArmor, SELinux}})
	}
	if says := limits(f.Cgroup); says != "" {
		list = append(list, Evidence{file("cgroup"), says, Set{Cgroup}})
	}
	for _, m := range []struct {
		points []string
		layer  Layer
	}{{s.readOnly, ReadOnly}, {s.covered, Masked}} {
		if len(m.points) > 0 {
			list = append(list, Evidence{file("mountinfo"), strings.Join(m.points, " "), Set{m.layer}})
		}
	}
	return list
}

func number(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

func ranges(list []sandbox.IDRange) string {
	if len(list) == 0 {
		return "∅"
	}
	var lines []string
	for _, r := range list {
		lines = append(lines, fmt.Sprintf("%d %d %d", r.Inside, r.Outside, r.Size))
	}
	return strings.Join(lines, "; ")
}

// limits are the cgroup's, where there are.
func limits(c sandbox.CgroupFacts) string {
	var says []string
	if c.Pids.Limit > 0 {
		says = append(says, fmt.Sprintf("pids: %d of %d", c.Pids.Used, c.Pids.Limit))
	}
	if c.Memory.Limit > 0 {
		says = append(says, fmt.Sprintf("memory: %d of %d bytes, oom_kill %d", c.Memory.Used, c.Memory.Limit, c.OOMKill))
	}
	if path := c.Paths["devices"]; path != "" && path != "/" {
		says = append(says, "devices: "+path)
	}
	return strings.Join(says, ", ")
}
