package sandbox

import "strings"

// Facts is what the kernel says of one process at one moment, read from /proc
// and the cgroup file systems.
type Facts struct {
	PID       int      `json:"pid"`        // as the reader of /proc counts
	InnerPIDs []int    `json:"inner_pids"` // NSpid of /proc/PID/status, outermost first
	PPID      int      `json:"ppid"`
	Command   string   `json:"command"` // /proc/PID/comm
	Args      []string `json:"args"`

	Namespaces []NamespaceFact `json:"namespaces"`
	UIDs       IDs             `json:"uids"`
	GIDs       IDs             `json:"gids"`
	UIDMap     []IDRange       `json:"uid_map"`
	GIDMap     []IDRange       `json:"gid_map"`

	Capabilities Capabilities `json:"capabilities"`
	Seccomp      Seccomp      `json:"seccomp"`
	NoNewPrivs   bool         `json:"no_new_privs"`
	LSM          string       `json:"lsm"` // /proc/PID/attr/current; "" where no module labels

	Cgroup CgroupFacts `json:"cgroup"`
	Memory MemoryView  `json:"memory"`

	// Unread names what could not be read, mostly for want of permission,
	// relative to /proc/PID ("ns", "root/proc/meminfo"); its facts are zero.
	Unread []string `json:"unread,omitempty"`
}

// Confines says whether a label of a security module ([Facts].LSM) stands for rules
// that may refuse something. AppArmor ends it with the mode of the profile, of which
// "unconfined" and "complain" refuse nothing (apparmor(7)); SELinux has a type for
// those that nothing is refused (unconfined_selinux(8)), whatever user it is.
func Confines(label string) bool {
	if part := strings.Split(label, ":"); len(part) >= 4 {
		return part[2] != "unconfined_t"
	}
	name, mode, _ := strings.Cut(label, " ")
	return name != "" && name != "unconfined" && mode != "(unconfined)" && mode != "(complain)"
}

// NamespaceFact is one link of /proc/PID/ns.
type NamespaceFact struct {
	Type  Namespace `json:"type"`
	Inode uint64    `json:"inode"`
	Host  bool      `json:"host"` // the same as the reference process's (normally PID 1's)
}

// IDs are the four ids of a process (credentials(7)).
type IDs struct {
	Real       uint32 `json:"real"`
	Effective  uint32 `json:"effective"`
	Saved      uint32 `json:"saved"`
	Filesystem uint32 `json:"filesystem"`
}

// CapSet is a set of capabilities: bit n is capability n (capabilities(7)).
type CapSet uint64

// Has says whether capability number n is in the set.
func (s CapSet) Has(n int) bool { return n >= 0 && n < 64 && s&(1<<n) != 0 }

// Capabilities are the five sets of a thread.
type Capabilities struct {
	Inheritable CapSet `json:"inheritable"`
	Permitted   CapSet `json:"permitted"`
	Effective   CapSet `json:"effective"`
	Bounding    CapSet `json:"bounding"`
	Ambient     CapSet `json:"ambient"`
}

// Seccomp is the Seccomp and Seccomp_filters fields of /proc/PID/status.
type Seccomp struct {
	Mode    int `json:"mode"` // 0 off, 1 strict, 2 filter
	Filters int `json:"filters"`
}

// CgroupFacts are the process's cgroups and what they allow.
type CgroupFacts struct {
	Version int               `json:"version"` // 1, 2; 0 where none can be read
	Paths   map[string]string `json:"paths"`   // controller ("" for v2) to path in its hierarchy
	Memory  Gauge             `json:"memory"`  // bytes
	Pids    Gauge             `json:"pids"`    // tasks
	CPU     CPULimit          `json:"cpu"`
	OOMKill uint64            `json:"oom_kill"` // kills counted in the memory cgroup
}

// Gauge is a limit and what is used of it.
type Gauge struct {
	Used  uint64 `json:"used"`
	Limit uint64 `json:"limit"` // 0 is no limit
}

// CPULimit is a quota of CPU time per period, both in microseconds.
type CPULimit struct {
	Quota     int64  `json:"quota"` // 0 is no limit
	Period    int64  `json:"period"`
	Throttled uint64 `json:"throttled"` // nr_throttled of cpu.stat
}

// MemoryView is what free(1) would print when run beside the process: the
// numbers of /proc/meminfo as seen there, in bytes.
type MemoryView struct {
	Total     uint64 `json:"total"`
	Free      uint64 `json:"free"`
	Available uint64 `json:"available"`
}
