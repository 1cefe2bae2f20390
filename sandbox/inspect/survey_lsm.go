package inspect

import (
	"io/fs"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// lsms lists the active security modules: from securityfs where that is
// mounted, else by asking the kernel, else by the traces that they leave.
func lsms(root fs.FS) []string {
	if list := line(root, "sys/kernel/security/lsm"); list != "" {
		return strings.Split(list, ",")
	}
	if list := lsmListModules(); list != nil {
		return list
	}
	return tracedLSMs(root)
}

// moduleNames are the LSM_ID_* of the kernel's include/uapi/linux/lsm.h.
var moduleNames = map[uint64]string{
	100: "capability", 101: "selinux", 102: "smack", 103: "tomoyo", 104: "apparmor",
	105: "yama", 106: "loadpin", 107: "safesetid", 108: "lockdown", 109: "bpf",
	110: "landlock", 111: "ima", 112: "evm", 113: "ipe",
}

// lsmListModules asks lsm_list_modules(2), which Linux 6.8 brought.
func lsmListModules() []string {
	var ids [64]uint64
	size := uint32(unsafe.Sizeof(ids))
	n, _, errno := unix.Syscall(unix.SYS_LSM_LIST_MODULES, uintptr(unsafe.Pointer(&ids)), uintptr(unsafe.Pointer(&size)), 0)
	if errno != 0 {
		return nil
	}
	var names []string
	for _, id := range ids[:min(int(n), len(ids))] {
		if name := moduleNames[id]; name != "" {
			names = append(names, name)
		}
	}
	return names
}

// tracedLSMs finds the modules that show without securityfs.
func tracedLSMs(root fs.FS) []string {
	found := []string{"capability"}
	if exists(root, "proc/sys/kernel/yama") {
		found = append(found, "yama")
	}
	if line(root, "sys/module/apparmor/parameters/enabled") == "Y" {
		found = append(found, "apparmor")
	}
	if exists(root, "sys/fs/selinux/enforce") {
		found = append(found, "selinux")
	}
	return found
}
