//go:build linux

package why

import (
	"fmt"
	"os"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"

	"cloison/sandbox/inspect"
)

// create makes the ruleset in the place of the command, and hands it over.
func (w *watcher) create(n *notification) (reply, bool) {
	attr, size, flags := n.argument[0], n.argument[1], n.argument[2]
	if attr == 0 || flags != 0 || size < 8 || size > 4096 {
		return asItIs, true // a question about the kernel, or a mistake
	}
	raw := make([]byte, max(int(size), int(unsafe.Sizeof(ruleset{}))))
	if err := peek(n.pid, attr, raw[:size]); err != nil {
		return asItIs, true
	}
	asked := (*ruleset)(unsafe.Pointer(&raw[0]))
	closed := *asked
	fd := -1
	if asked.less(w.open); *asked == (ruleset{}) && closed != *asked {
		fd, _ = unix.MemfdCreate("no ruleset", unix.MFD_CLOEXEC) // nothing is left: no rules at all
	} else {
		made, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&raw[0])), uintptr(size), 0)
		if errno != 0 {
			return refusing(errno), true
		}
		fd = int(made)
	}
	defer func() { _ = unix.Close(fd) }()
	give := struct {
		id                              uint64
		flags, source, target, fileFlag uint32
	}{n.id, unix.SECCOMP_ADDFD_FLAG_SEND, uint32(fd), 0, unix.O_CLOEXEC}
	theirs, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(w.listener), unix.SECCOMP_IOCTL_NOTIF_ADDFD, uintptr(unsafe.Pointer(&give)))
	if errno != 0 {
		return refusing(errno), true
	}
	w.rules[uint64(theirs)] = &made{closed: closed}
	return reply{}, false
}

// less takes accesses away.
func (r *ruleset) less(open ruleset) {
	for i := range r {
		r[i] &^= open[i]
	}
}

// add notes a rule. One about what is left out is not made.
func (w *watcher) add(n *notification) reply {
	const path, port = 1, 2 // LANDLOCK_RULE_PATH_BENEATH, LANDLOCK_RULE_NET_PORT
	kind, raw := n.argument[1], [16]byte{}
	if kind != path && kind != port {
		return asItIs
	}
	size := 12 // struct landlock_path_beneath_attr has no padding
	if kind == port {
		size = 16
	}
	if err := peek(n.pid, n.argument[2], raw[:size]); err != nil {
		return asItIs
	}
	allowed := (*uint64)(unsafe.Pointer(&raw[0]))
	parent := (*int32)(unsafe.Pointer(&raw[8]))
	if set := w.rules[n.argument[0]]; set != nil && kind == path {
		below, _ := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", n.pid, *parent))
		set.opened = append(set.opened, fmt.Sprintf("path-beneath:%s:%s", spelled(0, *allowed), below))
	} else if set != nil {
		set.opened = append(set.opened, fmt.Sprintf("net-port:%s:%d", spelled(1, *allowed), *(*uint64)(unsafe.Pointer(&raw[8]))))
	}
	field := w.open[kind-1]
	if *allowed&field == 0 {
		return asItIs
	}
	if *allowed &^= field; *allowed == 0 {
		return reply{}
	}
	return w.addLess(n, kind == path, &raw, parent)
}

// addLess makes a rule in the place of the command, with what is left of it.
func (w *watcher) addLess(n *notification, path bool, raw *[16]byte, parent *int32) reply {
	set, err := borrow(int(n.pid), int(n.argument[0]))
	if err != nil {
		return refusing(unix.EBADF)
	}
	defer func() { _ = unix.Close(set) }()
	if path {
		below, err := borrow(int(n.pid), int(*parent))
		if err != nil {
			return refusing(unix.EBADF)
		}
		defer func() { _ = unix.Close(below) }()
		*parent = int32(below)
	}
	_, _, errno := unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, uintptr(set), uintptr(n.argument[1]), uintptr(unsafe.Pointer(raw)), uintptr(n.argument[3]), 0, 0)
	return refusing(errno)
}

// restrict notes who restricts itself, if the kernel is going to let it: that
// takes no_new_privs or CAP_SYS_ADMIN.
func (w *watcher) restrict(n *notification) reply {
	if to, _ := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", n.pid, int32(n.argument[0]))); strings.HasPrefix(to, "/memfd:no ruleset") {
		return reply{}
	}
	if set := w.rules[n.argument[0]]; set != nil && mayRestrict(n.pid) {
		name, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", n.pid))
		w.list = append(w.list, lockedBy(strings.TrimSpace(string(name)), set.closed, set.opened))
	}
	return asItIs
}

func mayRestrict(pid uint32) bool {
	facts, err := inspect.New(inspect.Root()).Read(int(pid))
	return err == nil && (facts.NoNewPrivs || facts.Capabilities.Effective.Has(unix.CAP_SYS_ADMIN))
}

// peek reads a process's memory.
func peek(pid uint32, at uint64, into []byte) error {
	file, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	_, err = file.ReadAt(into, int64(at))
	return err
}
