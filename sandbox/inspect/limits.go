package inspect

import (
	"io/fs"
	"path"
	"strconv"
	"strings"

	"cloison/sandbox"
)

// readCgroup reads where the process is and what it is allowed there. Each
// controller is on one hierarchy, v1 or v2, and they need not all be on the
// same.
func readCgroup(p *reading) sandbox.CgroupFacts {
	paths := parsed(p, "cgroup", parseCgroup)
	facts := sandbox.CgroupFacts{Version: cgroupVersion(paths), Paths: paths}
	mounts, err := fs.ReadFile(p.root, "proc/self/mountinfo")
	if err != nil {
		return facts
	}
	all, err := parseHierarchies(mounts)
	if err != nil {
		return facts
	}
	facts.Memory, facts.OOMKill = readMemoryLimit(cgroupOf(p.root, all, paths, "memory"))
	facts.Pids = cgroupOf(p.root, all, paths, "pids").gauge("pids.max", "pids.current")
	facts.CPU = readCPULimit(cgroupOf(p.root, all, paths, "cpu"))
	return facts
}

// cgroup is the cgroup of a process for one controller.
type cgroup struct {
	root    fs.FS
	folders []string // its own and its ancestors', nearest first; nil where they cannot be seen
	v1      bool
}

func cgroupOf(root fs.FS, all hierarchies, paths map[string]string, controller string) cgroup {
	if at, ok := paths[controller]; ok {
		return cgroup{root, all.of(controller).folders(root, at), true}
	}
	if at, ok := paths[""]; ok {
		return cgroup{root, all.of("").folders(root, at), false}
	}
	return cgroup{root: root}
}

func readMemoryLimit(c cgroup) (memory sandbox.Gauge, oomKill uint64) {
	if c.v1 {
		return c.gauge("memory.limit_in_bytes", "memory.usage_in_bytes"), c.counter("memory.oom_control", "oom_kill")
	}
	return c.gauge("memory.max", "memory.current"), c.counter("memory.events", "oom_kill")
}

// gauge is the limit that the process meets first: the smallest among its
// cgroup and the ancestors of that, with what is used in the cgroup that has
// it. Where none has a limit, it is what the process's own cgroup uses.
func (c cgroup) gauge(limitFile, usedFile string) sandbox.Gauge {
	var limit uint64
	var folder string
	for i, f := range c.folders {
		if i == 0 {
			folder = f
		}
		if l := parseLimit(line(c.root, path.Join(f, limitFile))); l != 0 && (limit == 0 || l < limit) {
			limit, folder = l, f
		}
	}
	if folder == "" {
		return sandbox.Gauge{}
	}
	used, err := strconv.ParseUint(line(c.root, path.Join(folder, usedFile)), 10, 64)
	if err != nil {
		used = 0
	}
	return sandbox.Gauge{Used: used, Limit: limit}
}

// parseLimit reads a limit; 0 is none, and so is what is no number. cgroup v2
// says "max"; v1 says the largest number of whole pages that a signed 64-bit
// integer holds, 9223372036854771712 where pages have 4 KiB.
func parseLimit(text string) uint64 {
	const largest = 1 << 62 // no machine has as much
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || n >= largest {
		return 0
	}
	return n
}

// counter is a line "KEY NUMBER" of a file of the process's own cgroup.
func (c cgroup) counter(file, key string) uint64 {
	if len(c.folders) == 0 {
		return 0
	}
	return counterIn(line(c.root, path.Join(c.folders[0], file)), key)
}

func counterIn(text, key string) uint64 {
	for row := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(row), " ")
		if name != key {
			continue
		}
		if n, err := strconv.ParseUint(value, 10, 64); err == nil {
			return n
		}
	}
	return 0
}

// readCPULimit is the quota that gives the least time per period, among the
// process's cgroup and its ancestors.
func readCPULimit(c cgroup) sandbox.CPULimit {
	var tightest sandbox.CPULimit
	for _, folder := range c.folders {
		limit := c.quota(folder)
		if limit.Quota != 0 && (tightest.Quota == 0 || less(limit, tightest)) {
			limit.Throttled = counterIn(line(c.root, path.Join(folder, "cpu.stat")), "nr_throttled")
			tightest = limit
		}
	}
	return tightest
}

// quota reads one cgroup's quota: "QUOTA PERIOD" or "max PERIOD" in cpu.max of
// v2, two files in v1, where -1 is no limit.
func (c cgroup) quota(folder string) sandbox.CPULimit {
	text := line(c.root, path.Join(folder, "cpu.max"))
	if c.v1 {
		text = line(c.root, path.Join(folder, "cpu.cfs_quota_us")) + " " + line(c.root, path.Join(folder, "cpu.cfs_period_us"))
	}
	return parseQuota(text)
}

func parseQuota(text string) sandbox.CPULimit {
	first, second, _ := strings.Cut(text, " ")
	quota, err := strconv.ParseInt(first, 10, 64)
	period, err2 := strconv.ParseInt(second, 10, 64)
	if err != nil || err2 != nil || quota <= 0 || period <= 0 {
		return sandbox.CPULimit{}
	}
	return sandbox.CPULimit{Quota: quota, Period: period}
}

// less compares the shares of a CPU that two quotas are.
func less(a, b sandbox.CPULimit) bool {
	return float64(a.Quota)/float64(a.Period) < float64(b.Quota)/float64(b.Period)
}
