package sandbox

// Namespace is a namespace type, spelled as its link in /proc/PID/ns
// (namespaces(7)).
type Namespace string

// The eight namespace types of Linux 5.6 and later.
const (
	CgroupNS Namespace = "cgroup"
	IPCNS    Namespace = "ipc"
	MountNS  Namespace = "mnt"
	NetNS    Namespace = "net"
	PIDNS    Namespace = "pid"
	TimeNS   Namespace = "time"
	UserNS   Namespace = "user"
	UTSNS    Namespace = "uts"
)

// Namespaces lists every type in the order that /proc/PID/ns shows them.
var Namespaces = []Namespace{CgroupNS, IPCNS, MountNS, NetNS, PIDNS, TimeNS, UserNS, UTSNS}

// IDRange is one line of /proc/PID/uid_map or gid_map: Size ids that start at
// Inside within the user namespace and at Outside in the reader's
// (user_namespaces(7)).
type IDRange struct {
	Inside  uint32 `json:"inside"`
	Outside uint32 `json:"outside"`
	Size    uint32 `json:"size"`
}

// InsideOf is what a user namespace with that map calls the id that the reader
// calls outside; ok is false where it has no name for it.
func InsideOf(ranges []IDRange, outside uint32) (inside uint32, ok bool) {
	for _, r := range ranges {
		if outside >= r.Outside && uint64(outside) < uint64(r.Outside)+uint64(r.Size) {
			return outside - r.Outside + r.Inside, true
		}
	}
	return 0, false
}
