//go:build linux

package why

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
	"cloison/sandbox/calls"
	"cloison/sandbox/namespace"
)

// What a command mounts, unmounts or names must not stay with the process that
// is asked about: a run sees copies of its mount and its UTS namespace. A copy
// belongs to the user namespace that the original belongs to, because that
// decides what may be done in it; so the copying process joins this one first.

// original is a namespace to copy.
type original struct {
	namespace.Link
	owner int  // link of the user namespace that it belongs to
	ours  bool // that is our own
}

// nsGetUserns is NS_GET_USERNS of ioctl_nsfs(2).
const nsGetUserns = 0xb701

// originals opens the namespaces of pid that can be copied, those that belong
// to our own user namespace first.
func originals(pid int) []original {
	var ours, others []original
	own, _ := os.Stat("/proc/self/ns/user")
	for _, ns := range []sandbox.Namespace{sandbox.MountNS, sandbox.UTSNS} {
		fd, err := unix.Open(fmt.Sprintf("/proc/%d/ns/%s", pid, ns), unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if err != nil {
			continue
		}
		owner, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), nsGetUserns, 0)
		if errno != 0 {
			_ = unix.Close(fd)
			continue
		}
		unix.CloseOnExec(int(owner))
		o := original{Link: namespace.Link{Type: ns, FD: fd}, owner: int(owner)}
		if it, err := os.Stat(fmt.Sprintf("/proc/self/fd/%d", owner)); err == nil && os.SameFile(own, it) {
			o.ours = true
			ours = append(ours, o)
			continue
		}
		others = append(others, o)
	}
	return append(ours, others...)
}

// copying are the calls that copy. root and cwd are the process's folders,
// which become those of the copy.
func (c Context) copying(list []original, root, cwd int, readOnly, covered []string) []calls.Call {
	all := []calls.Call{tied()}
	joined := false
	for _, o := range list {
		if !o.ours && !joined {
			joined = true
			all = append(all, namespace.Join(c.PID, []namespace.Link{{Type: sandbox.UserNS, FD: o.owner}})...)
		}
		all = append(all, namespace.Join(c.PID, []namespace.Link{o.Link})...)
		if o.Type == sandbox.UTSNS {
			all = append(all, calls.New("unshare", unix.SYS_UNSHARE, calls.Int(unix.CLONE_NEWUTS)))
			continue
		}
		all = append(all, at(root, cwd)...)
		all = append(all, calls.New("unshare", unix.SYS_UNSHARE, calls.Int(unix.CLONE_NEWNS)),
			calls.New("mount", unix.SYS_MOUNT, calls.Null(), calls.String("/"), calls.Null(), calls.Int(unix.MS_REC|unix.MS_PRIVATE), calls.Null()).Or(unix.EINVAL))
		all = append(all, c.opening(readOnly, covered)...)
	}
	return all
}

// opening takes protections away in the copy, as far as the kernel lets: what a
// more powerful user namespace has mounted stays as it is (mount_namespaces(7)).
func (c Context) opening(readOnly, covered []string) []calls.Call {
	var all []calls.Call
	if c.Uncover {
		for i := len(covered) - 1; i >= 0; i-- { // what was mounted last lies on top
			all = append(all,
				calls.New("umount2", unix.SYS_UMOUNT2, calls.String(covered[i]), calls.Int(unix.MNT_DETACH|unix.UMOUNT_NOFOLLOW)).Or(unix.EINVAL, unix.ENOENT, unix.EPERM, unix.EACCES),
				writable(covered[i]))
		}
	}
	if c.Writable {
		for _, path := range readOnly {
			all = append(all, writable(path))
		}
	}
	return all
}

// writable clears the mount's own flag, not the file system's, which is shared.
func writable(path string) calls.Call {
	attr := make([]byte, 32) // struct mount_attr: set, clear, propagation, userns_fd
	attr[8] = unix.MOUNT_ATTR_RDONLY
	here := int64(unix.AT_FDCWD)
	return calls.New("mount_setattr", unix.SYS_MOUNT_SETATTR, calls.Int(here), calls.String(path), calls.Int(0), calls.Bytes(attr, "{attr_clr = MOUNT_ATTR_RDONLY}"), calls.Int(len(attr))).
		Or(unix.EPERM, unix.EINVAL, unix.ENOENT, unix.EACCES, unix.ENOSYS)
}

// copied is a process that lives in copies, and waits.
type copied struct {
	*calls.Process
	types map[sandbox.Namespace]bool
}

// copyWorld makes the copies; nil means that there is nothing to copy.
func (c Context) copyWorld(list []original, readOnly, covered []string) (*copied, error) {
	if len(list) == 0 {
		return nil, nil
	}
	root, cwd, err := folders(c.PID)
	if err != nil {
		return nil, err
	}
	program := c.copying(list, root, cwd, readOnly, covered)
	for i := range program[1:] {
		program[i+1].Quiet = true
	}
	n := len(program)
	// The last call is one that it waits before, and never makes.
	compiled, err := calls.Compile(append(program, calls.New("getpid", unix.SYS_GETPID)))
	if err != nil {
		return nil, err
	}
	process, err := compiled.Start(calls.Options{Stepwise: true})
	if err != nil {
		return nil, sandbox.Errorf("copy the namespaces of process %d: %w", "copier les espaces de noms du processus %d : %w", c.PID, err)
	}
	if err := process.Go(); err != nil {
		return nil, err
	}
	for range n {
		report, err := process.Next()
		if err != nil {
			return nil, sandbox.Errorf("copy the namespaces of process %d: %w", "copier les espaces de noms du processus %d : %w", c.PID, err)
		}
		if call := program[report.Index]; report.Errno != 0 && !call.Tolerates(report.Errno) {
			return nil, sandbox.Errorf("copy the namespaces of process %d: %w", "copier les espaces de noms du processus %d : %w", c.PID, notEntered(call, report.Errno))
		}
	}
	w := &copied{Process: process, types: map[sandbox.Namespace]bool{}}
	for _, o := range list {
		w.types[o.Type] = true
	}
	return w, nil
}

// folders opens the root and the working directory of a process.
func folders(pid int) (root, cwd int, err error) {
	for name, fd := range map[string]*int{"root": &root, "cwd": &cwd} {
		file := fmt.Sprintf("/proc/%d/%s", pid, name)
		if *fd, err = unix.Open(file, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0); err != nil {
			return 0, 0, fmt.Errorf("open %s: %w", file, err)
		}
	}
	return root, cwd, nil
}
