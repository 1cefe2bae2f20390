package sandbox

// Xray is what the kernel says of a lab at one moment, as seen from one process
// of it, the subject: what runs in front of a terminal, or whom the learner has
// chosen.
type Xray struct {
	Facts      Facts          `json:"facts"`             // of the subject
	Exec       *ExecFact      `json:"exec,omitempty"`    // the last execve(2) of the subject, where it is known
	Processes  []ProcessFact  `json:"processes"`         // the lab's, each behind its parent, in order of age
	Omitted    int            `json:"omitted,omitempty"` // how many more processes there are
	Namespaces []NamespaceUse `json:"namespaces"`        // the subject's, in the order of [Namespaces]
	Cgroups    []CgroupNode   `json:"cgroups"`           // the lab's, each behind its parent, and the subject's
	Mounts     MountFacts     `json:"mounts"`            // of the subject
	Devices    []DeviceFact   `json:"devices"`           // in the subject's network namespace, by index
	// Asked is whom the watch was asked to follow last; while that process is
	// there, it is the subject, and once it is gone, Lost says so and the subject
	// is again who is in front.
	Asked Subject `json:"asked,omitzero"`
	Lost  bool    `json:"lost,omitempty"`
	Front int     `json:"front,omitempty"` // who is in front, by PID; 0 where nobody is
	// Unread names parts of it that could not be read ("mounts",
	// "devices", "peers"); they are empty.
	Unread []string `json:"unread,omitempty"`
}

// Subject names a process that an X-ray is to follow, in a way that no later
// process is named; the zero Subject is who is in front of the terminal.
type Subject struct {
	PID     int    `json:"pid"`
	Started uint64 `json:"started"` // clock ticks since boot (proc_pid_stat(5))
}

// Follows says whether the subject is one that was asked for, not who is in front.
func (x Xray) Follows() bool { return x.Asked != Subject{} && !x.Lost }

// ProcessFact is one process of a lab, in one line.
type ProcessFact struct {
	PID     int    `json:"pid"`     // as the reader of /proc counts
	PPID    int    `json:"ppid"`    //
	Inner   int    `json:"inner"`   // its PID in its own PID namespace
	Depth   int    `json:"depth"`   // 0 for a process whose parent is not in the list
	Started uint64 `json:"started"` // clock ticks since boot
	State   string `json:"state"`   // R, S, D, T, … (proc_pid_stat(5))
	Threads int    `json:"threads"`
	Command string `json:"command"` // /proc/PID/comm
	Args    string `json:"args"`    // joined by blanks, and cut where long

	UID      uint32 `json:"uid"`       // effective, as the reader counts
	InnerUID uint32 `json:"inner_uid"` // the same in its own user namespace; 65534 where that does not know it

	Namespaces   map[Namespace]uint64 `json:"namespaces,omitempty"` // inodes
	Capabilities Capabilities         `json:"capabilities"`
	Cgroup       string               `json:"cgroup"` // in v2, or in the hierarchy that limits memory
	Seccomp      int                  `json:"seccomp"`
	NoNewPrivs   bool                 `json:"no_new_privs"`
}

// ExecFact is what the last execve(2) of a process changed: from what it was
// (as it was read before, or else as its parent, of which fork(2) makes a copy)
// to what it was when it was first seen after.
type ExecFact struct {
	Command string       `json:"command"` // before
	Parent  bool         `json:"parent"`  // what was before is its parent's: what it did between fork and execve counts too
	Before  Capabilities `json:"before"`
	After   Capabilities `json:"after"`
}

// NamespaceUse is one of the subject's namespaces and who else is in it.
type NamespaceUse struct {
	Type   Namespace `json:"type"`
	Inode  uint64    `json:"inode"`
	Host   bool      `json:"host"`   // the host's
	Parent bool      `json:"parent"` // the same as the parent process's
	Users  []int     `json:"users"`  // PIDs of the lab's processes in it, the subject's too; at most 16
	Count  int       `json:"count"`  // how many they are
}

// CgroupNode is one cgroup of the lab's tree.
type CgroupNode struct {
	Path      string   `json:"path"` // from the lab's own cgroup on; of a subject that is elsewhere, in its hierarchy
	Depth     int      `json:"depth"`
	Processes int      `json:"processes"` // in it, not in those below
	Subject   bool     `json:"subject"`   // the subject is in it
	Memory    Gauge    `json:"memory"`    // its own limit, whatever those above allow
	Pids      Gauge    `json:"pids"`
	CPU       CPULimit `json:"cpu"`
	OOMKill   uint64   `json:"oom_kill"`
	Frozen    bool     `json:"frozen"`
}

// MountFacts are the subject's mounts, compared with the host's.
type MountFacts struct {
	Differ []MountFact `json:"differ"`         // those that the host does not have so, in the order of mounting
	Same   int         `json:"same"`           // how many are as the host's
	Gone   int         `json:"gone"`           // how many of the host's the subject does not have
	More   int         `json:"more,omitempty"` // how many of Differ are left out
}

// MountFact is one mount (proc_pid_mountinfo(5)).
type MountFact struct {
	Point    string   `json:"point"` // seen from the subject's root
	Type     string   `json:"type"`
	Source   string   `json:"source"`
	Root     string   `json:"root"`     // of the mount in its file system: not "/" for a bind mount of a part
	Options  []string `json:"options"`  // of this mount: ro, nosuid, …
	Changed  bool     `json:"changed"`  // the host has this file system here too, with other options
	Over     bool     `json:"over"`     // it hides another mount at the same point
	Covering bool     `json:"covering"` // it hides or protects a path of /proc or /sys, as runtimes do
}

// DeviceFact is one network device.
type DeviceFact struct {
	Index     int       `json:"index"`
	Name      string    `json:"name"`
	Kind      string    `json:"kind"` // loopback, veth, bridge, macvlan, …; "" where it is not known
	Up        bool      `json:"up"`
	Addresses []string  `json:"addresses"` // with prefix lengths
	Received  uint64    `json:"received"`  // bytes
	Sent      uint64    `json:"sent"`
	Master    string    `json:"master,omitempty"` // the bridge that it is a port of
	Peer      *PeerFact `json:"peer,omitempty"`   // of a veth
}

// PeerFact is the other end of a veth pair (veth(4)).
type PeerFact struct {
	Index int    `json:"index"`
	Name  string `json:"name"`  // "" where it cannot be seen
	Inode uint64 `json:"inode"` // of its network namespace; 0 where that is not known
	Host  bool   `json:"host"`  // that is the host's
	Here  bool   `json:"here"`  // that is the subject's own
	PID   int    `json:"pid"`   // a process of the lab in it; 0 for none
	// Master is the bridge that the peer is a port of.
	Master string `json:"master,omitempty"`
}
