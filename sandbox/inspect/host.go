package inspect

import (
	"slices"

	"cloison/sandbox"
)

// Host is what a survey found of this computer. Its judgement is [Lacks].
type Host struct {
	Kernel       string // uname -r
	LSMs         []string
	UID          int            // effective
	Capabilities sandbox.CapSet // effective
	InitUserNS   bool           // we are in the initial user namespace
	Emulated     bool           // another program plays the processor, which is slow

	// UserNS and NetNS are the errors of making such a namespace, nil where it
	// works. UserNS is also refused where its root may do nothing in it.
	UserNS error
	NetNS  error
	// Sysctls are those that forbid user namespaces, by dotted name; a kernel
	// that does not have one leaves it out.
	Sysctls map[string]string

	Cgroup      CgroupHost
	UserManager bool // a systemd of this user's session can be asked for cgroups
	Seccomp     bool // the kernel takes seccomp filters
	Pressure    bool // the kernel measures how long processes wait: PSI

	Landlock      error  // why setpriv(1) can put no rules of Landlock on a program; nil when it can
	Docker        error  // why the Docker daemon does not answer; nil when it does
	Busybox       string // path; "" for none
	BusyboxStatic bool   // it needs no shared library
	Setcap        string // path; "" for none

	Absent  []string // the names of [Tools] that are not there
	Unbuilt []string // the names of [Features] that the kernel does not have
}

// CgroupHost is what the cgroup file systems offer to this process.
type CgroupHost struct {
	V1, V2    []string // controllers of the v1 hierarchies, and of the v2 hierarchy
	Writable  bool     // the roots of the hierarchies with memory and pids can be written to
	Delegated string   // the nearest folder of cgroup v2 that we may fill with cgroups of our own, where not all is Writable; "" for none
}

// needed are the controllers that lessons limit things with.
var needed = []string{"memory", "pids", "cpu"}

// Version is 1 or 2, whichever has the memory controller; 0 for neither.
func (c CgroupHost) Version() int {
	switch {
	case slices.Contains(c.V1, "memory"):
		return 1
	case slices.Contains(c.V2, "memory"):
		return 2
	}
	return 0
}

// Root says whether we are root with nothing taken away that lessons use: of
// the initial user namespace and with CAP_SYS_ADMIN.
func (h Host) Root() bool {
	return h.UID == 0 && h.InitUserNS && h.Capabilities.Has(capSysAdmin)
}

const capSysAdmin = 21 // CAP_SYS_ADMIN, capabilities(7)

// About describes the computer as the machine of that name.
func (h Host) About(name string) sandbox.About {
	about := sandbox.About{
		Name:          name,
		Kernel:        h.Kernel,
		CgroupVersion: h.Cgroup.Version(),
		LSMs:          h.LSMs,
		Root:          h.Root(),
		Lacks:         Lacks(h),
	}
	if h.Emulated {
		about.Pace = sandbox.EmulatedPace
	}
	return about
}
