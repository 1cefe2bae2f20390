//go:build linux

package rootfs

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"cloison/sandbox/calls"
)

// What Docker hides or protects (moby, daemon/pkg/oci/defaults.go). What a
// kernel does not have is passed over.
var (
	hiddenFiles = []string{
		"/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
		"/proc/sched_debug", "/proc/timer_list", "/proc/timer_stats",
	}
	hiddenFolders  = []string{"/proc/acpi", "/proc/asound", "/proc/scsi", "/sys/firmware", "/sys/devices/virtual/powercap"}
	protectedPaths = []string{"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"}
)

// Hidden lists the paths that are covered.
func Hidden() []string { return slices.Concat(hiddenFiles, hiddenFolders) }

// Protected lists the paths that are read-only.
func Protected() []string { return slices.Clone(protectedPaths) }

// hide covers what tells too much of the host, and protects what would change
// it: /proc/sys is the whole kernel's, whoever mounts proc.
func hide() []calls.Call {
	var masks, locks []calls.Call
	for _, p := range hiddenFiles {
		masks = append(masks, mount("/dev/null", p, "", unix.MS_BIND, "").Or(unix.ENOENT))
	}
	for _, p := range hiddenFolders {
		masks = append(masks, mount("tmpfs", p, "tmpfs", unix.MS_RDONLY|unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, "size=0").
			Or(unix.ENOENT))
	}
	for _, p := range protectedPaths {
		locks = append(locks, mount(p, p, "", unix.MS_BIND|unix.MS_REC, "").Or(unix.ENOENT),
			mount("", p, "", unix.MS_REMOUNT|unix.MS_BIND|unix.MS_RDONLY|unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, "").
				Or(unix.ENOENT, unix.EINVAL))
	}
	all := Hidden()
	masks[0] = masks[0].
		As(fmt.Sprintf(`mount("/dev/null"|"tmpfs", p, …) × %d: %s`, len(all), strings.Join(all, " "))).
		Because(
			"what would tell of the whole computer is covered, where it exists: a file by /dev/null, a folder by an empty tmpfs",
			"ce qui parlerait de toute la machine est masqué, là où cela existe : un fichier par /dev/null, un dossier par un tmpfs vide").
		InShell("mount --bind /dev/null /proc/kcore; mount -t tmpfs -o ro tmpfs /sys/firmware; …")
	locks[0] = locks[0].
		As(fmt.Sprintf(`mount(p, p, MS_BIND), mount(p, MS_REMOUNT|MS_BIND|MS_RDONLY) × %d: %s`, len(protectedPaths), strings.Join(protectedPaths, " "))).
		Because("these settings are the host's: they may be read, not written", "ces réglages sont ceux de l’hôte : on peut les lire, pas les écrire").
		InShell("mount --bind /proc/sys /proc/sys; mount -o remount,bind,ro /proc/sys; …")
	return append(calls.Group(masks[0], masks[1:]...), calls.Group(locks[0], locks[1:]...)...)
}
