package sandbox

import "time"

// Spec says what container to start. The zero value of a field asks for the
// runtime's default.
type Spec struct {
	Args   []string // command and arguments, run by execve(2) in the container
	Env    []string // NAME=value
	Dir    string   // working directory in the container; "" is "/"
	User   string   // USER[:GROUP] in the container, names or numbers; "" is 0:0
	Groups []string // further groups of the user, names or numbers

	Namespaces []Namespace // to create; what is not named is shared with the caller
	UIDMap     []IDRange   // only with UserNS
	GIDMap     []IDRange
	Hostname   string // only with UTSNS
	Name       string // under which others can find the container; "" is none
	Bridge     bool   // a veth pair leads to a bridge of this computer; only with NetNS
	JoinNet    string // name or process number of whose network namespace to share; only without NetNS
	// TimeOffset puts the boot and the monotonic clock ahead; only with TimeNS.
	TimeOffset time.Duration
	Sysctls    []Sysctl // only those that one of the Namespaces has for itself

	Rootfs   string // folder to pivot into; "" builds a minimal one from busybox
	ReadOnly bool   // the root file system is read-only
	Tmpfs    []Tmpfs
	Volumes  []Volume
	Devices  []Device
	// DeviceRules allow more device files to be opened than Devices do, for
	// programs that make them themselves.
	DeviceRules []DeviceRule
	Init        bool // a first process that reaps and forwards signals starts Args
	Lang        Lang // that in which Init says why it could not start them
	Unmasked    bool // nothing of /proc and /sys is hidden or read-only

	Limits          Limits
	Rlimits         []Rlimit
	OOMScoreAdj     int      // from -1000, never killed for want of memory, to 1000, killed first
	CapDrop         []string // names with or without CAP_, or ALL
	CapAdd          []string
	Ambient         []string // capabilities that a user who is not root holds
	NoNewPrivileges bool
	Seccomp         SeccompProfile
	AppArmor        string       // profile that the program runs under; "" is the caller's own
	SELinux         SELinuxLabel // what the program's context has otherwise than the caller's
}

// SELinuxLabel is the parts of a context USER:ROLE:TYPE:LEVEL that are asked
// for; "" leaves a part as it is.
type SELinuxLabel struct {
	User, Role, Type, Level string
}

// SeccompProfile is which filter of system calls a container gets. The zero value is
// the default profile.
type SeccompProfile struct {
	JSON string // the JSON text of a profile as Docker publishes them
	Name string // of the profile, to be told
	Off  bool   // no filter at all
}

// Sysctl is a setting of the kernel: sysctl(8).
type Sysctl struct {
	Name, Value string // the name as in net.ipv4.ip_forward
}

// Rlimit is a limit of each process, as setrlimit(2) knows them.
type Rlimit struct {
	Name       string // as ulimit and docker run spell it: nofile
	Soft, Hard int64  // -1 is no limit
}

// Tmpfs is a fresh tmpfs(5) in the container.
type Tmpfs struct {
	Target  string // absolute path in the container
	Options string // as mount(8) takes them, for example "size=1m,noexec"
}

// Volume is a file or folder of this computer that the container shares.
type Volume struct {
	Source, Target string // absolute paths, here and in the container
	ReadOnly       bool
}

// Device is a device file of this computer that works in the container.
type Device struct {
	Source, Target string // absolute paths, here and in the container
	Access         string // of r (read), w (write) and m (mknod); "" is all
}

// Limits are what a container's cgroup may use. Zero is no limit.
type Limits struct {
	Memory int64   // bytes
	CPUs   float64 // of one CPU's time: 0.5 is half of one
	Pids   int64   // processes and threads

	CPUSet      string // CPUs to run on, such as 0-1,3
	MemSet      string // memory nodes to take memory from
	BlkioWeight int    // share of the disks against others, 10 to 1000
	IO          []IOLimit

	// Devices are those that may be opened, when there are any.
	Devices []DeviceRule
}

// Any says whether there is a limit on what can be used up.
func (l Limits) Any() bool {
	return l.Memory != 0 || l.CPUs != 0 || l.Pids != 0 || l.CPUSet != "" || l.MemSet != "" || l.BlkioWeight != 0 || len(l.IO) > 0
}

// IOLimit is how fast a disk may be read or written.
type IOLimit struct {
	Device       string // its file on this computer
	Major, Minor uint32 // its numbers, which the runtime finds out
	Write        bool   // else reading
	Operations   bool   // counts operations, else bytes
	Rate         int64  // per second
}

// DeviceRule allows a container's processes to open some device files, or to
// make them.
type DeviceRule struct {
	Type         byte  // 'c', 'b', or 'a' for both
	Major, Minor int64 // -1 is any
	Access       string
}
