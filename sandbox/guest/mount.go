package guest

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// mount is one mount(2) of the guest's set-up.
type mount struct {
	what, where, kind string
	flags             uintptr
	data              string
	optional          bool // a kernel may not have it
}

const (
	noExec = unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC
	noDev  = unix.MS_NOSUID | unix.MS_NODEV
)

// early are the mounts of the initramfs.
var early = []mount{
	{what: "proc", where: "/proc", kind: "proc", flags: noExec},
	{what: "sysfs", where: "/sys", kind: "sysfs", flags: noExec},
	{what: "devtmpfs", where: "/dev", kind: "devtmpfs", flags: unix.MS_NOSUID, data: "mode=755"},
}

// The file systems in memory share what memory there is: each may take so much
// of it that a learner who fills one gets ENOSPC, and not the out-of-memory
// killer, who cannot free files.
const (
	upperSize      = "25%" // what is written over the root
	dockerSize     = "25%" // container images and containers
	containerdSize = "5%"
	tmpSize        = "10%" // a lab has one of its own
	shmSize        = "5%"
	runSize        = "5%"
)

// layers make the root that can be written to, in the folders of the initramfs.
func layers(rootKind string) []mount {
	return []mount{
		{what: "/dev/vda", where: "/lower", kind: rootKind, flags: unix.MS_RDONLY},
		{what: "tmpfs", where: "/upper", kind: "tmpfs", data: "mode=755,size=" + upperSize},
		{what: "overlay", where: "/root", kind: "overlay", data: "lowerdir=/lower,upperdir=/upper/files,workdir=/upper/work"},
		{what: "tmpfs", where: "/root/run", kind: "tmpfs", flags: noDev, data: "mode=755,size=" + runSize},
	}
}

// late are the mounts of the guest's own root. Docker keeps images in an
// overlay of its own, which the kernel does not lay over another one.
var late = []mount{
	{what: "devpts", where: "/dev/pts", kind: "devpts", flags: unix.MS_NOSUID | unix.MS_NOEXEC, data: "gid=5,mode=620,ptmxmode=666"},
	{what: "tmpfs", where: "/dev/shm", kind: "tmpfs", flags: noDev, data: "mode=1777,size=" + shmSize},
	{what: "mqueue", where: "/dev/mqueue", kind: "mqueue", flags: noExec},
	{what: "tmpfs", where: "/tmp", kind: "tmpfs", flags: noDev, data: "mode=1777,size=" + tmpSize},
	{what: "cgroup2", where: "/sys/fs/cgroup", kind: "cgroup2", flags: noExec, data: "nsdelegate"},
	{what: "securityfs", where: "/sys/kernel/security", kind: "securityfs", flags: noExec, optional: true},
	{what: "bpf", where: "/sys/fs/bpf", kind: "bpf", flags: noExec, data: "mode=700", optional: true},
	{what: "tracefs", where: "/sys/kernel/tracing", kind: "tracefs", flags: noExec, optional: true},
	{what: "tmpfs", where: "/var/lib/docker", kind: "tmpfs", flags: unix.MS_NODEV, data: "mode=710,size=" + dockerSize},
	{what: "tmpfs", where: "/var/lib/containerd", kind: "tmpfs", flags: unix.MS_NODEV, data: "mode=711,size=" + containerdSize},
}

// do mounts, on a folder that is made where it is missing.
func (m mount) do() error {
	err := os.MkdirAll(m.where, 0o755)
	if err == nil {
		err = unix.Mount(m.what, m.where, m.kind, m.flags, m.data)
	}
	if err != nil && !(m.optional && missing(err)) {
		return fmt.Errorf("mount %s on %s: %w", m.kind, m.where, err)
	}
	return nil
}

// missing says whether err is that of a file system the kernel does not have:
// no such type, or nowhere to put it.
func missing(err error) bool {
	return errors.Is(err, unix.ENODEV) || errors.Is(err, unix.ENOENT)
}

func mountAll(all []mount) error {
	for _, m := range all {
		if err := m.do(); err != nil {
			return err
		}
	}
	return nil
}
