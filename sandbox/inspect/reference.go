package inspect

import (
	"io/fs"
	"maps"

	"cloison/sandbox"
)

// initial are the inodes of the namespaces that the kernel makes at boot. Those
// of the mount and the network namespace are fixed since Linux 6.18 only
// (include/uapi/linux/nsfs.h, enum init_ns_ino).
var initial = map[sandbox.Namespace]uint64{
	sandbox.IPCNS:    0xEFFFFFFF,
	sandbox.UTSNS:    0xEFFFFFFE,
	sandbox.UserNS:   0xEFFFFFFD,
	sandbox.PIDNS:    0xEFFFFFFC,
	sandbox.CgroupNS: 0xEFFFFFFB,
	sandbox.TimeNS:   0xEFFFFFFA,
	sandbox.NetNS:    0xEFFFFFF9,
	sandbox.MountNS:  0xEFFFFFF8,
}

// hostNamespaces are the namespaces that count as the host's: those of the
// computer's PID 1. In a container PID 1 is another, and ordinary users may not
// see them. Then they are the initial ones, by their fixed inodes; for mount and
// network, where older kernels fix none, they are the reader's, provided that
// the reader is in the initial namespaces otherwise.
func hostNamespaces(root fs.FS) map[sandbox.Namespace]uint64 {
	first := reading{root: root, dir: "proc/1"}
	inodes := first.namespaceInodes()
	if inode, ok := inodes[sandbox.PIDNS]; len(inodes) > 0 && (!ok || inode == initial[sandbox.PIDNS]) {
		return inodes
	}
	self := reading{root: root, dir: "proc/self"}
	own := self.namespaceInodes()
	host := maps.Clone(initial)
	for ns, inode := range own {
		if ns != sandbox.MountNS && ns != sandbox.NetNS && inode != initial[ns] {
			return host
		}
	}
	maps.Copy(host, own)
	return host
}
