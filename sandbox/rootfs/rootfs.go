//go:build linux

// Package rootfs knows the mounts of a container: its root, made from nothing
// but busybox or taken from a folder, /proc, /sys and /dev in it, what is
// hidden or read-only there, and pivot_root(2).
//
// It does not know who the container's user is, and makes no image.
//
// A fresh root is a tmpfs(5) inside the container's own mount namespace, over
// a folder that every system has. Nothing is written to a disk, and the kernel
// throws it away with the last process of the container.
//
// See mount(2), mount_namespaces(7), pivot_root(2), proc(5), devpts in
// the kernel's Documentation/filesystems/devpts.rst; what is hidden follows
// moby, daemon/pkg/oci/defaults.go.
package rootfs

import (
	"path"
	"strings"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
	"cloison/sandbox/calls"
)

// Options say what root to make.
type Options struct {
	Dir     string   // folder to pivot into, absolute; "" makes a fresh root
	Kept    uintptr  // MS_ flags of Dir's mount that a remount must repeat
	Missing []string // of proc, sys and dev: what Dir does not have

	Scaffold    string // folder to mount the fresh root on
	Busybox     string // the static busybox of this computer
	BusyboxKept uintptr

	Hostname     string
	Address      string // of the container on its network; "" is none
	Resolv       string // its resolv.conf(5); "" is none
	ReadOnly     bool
	Tmpfs        []sandbox.Tmpfs
	Grafts       []Graft
	Unmasked     bool   // nothing is hidden
	Filtered     bool   // a cgroup filters devices, so that files of them need not be dead
	WorkDir      string // made in a fresh root
	CgroupMount  bool   // a cgroup v2 file system can be shown in /sys/fs/cgroup
	FreshPID     bool   // there is a new PID namespace, so /proc must be its own
	ForeignUsers bool   // in a user namespace, where some mounts may be refused
}

// mountFlags are told in this order.
var mountFlags = []calls.Flag{
	{Bit: unix.MS_REMOUNT, Name: "MS_REMOUNT"},
	{Bit: unix.MS_BIND, Name: "MS_BIND"},
	{Bit: unix.MS_REC, Name: "MS_REC"},
	{Bit: unix.MS_PRIVATE, Name: "MS_PRIVATE"},
	{Bit: unix.MS_RDONLY, Name: "MS_RDONLY"},
	{Bit: unix.MS_NOSUID, Name: "MS_NOSUID"},
	{Bit: unix.MS_NODEV, Name: "MS_NODEV"},
	{Bit: unix.MS_NOEXEC, Name: "MS_NOEXEC"},
	{Bit: unix.MS_STRICTATIME, Name: "MS_STRICTATIME"},
}

// Open are the first calls: mounts stop travelling back to the host, and the
// folder to pivot into is entered. They come before the process changes its
// user, who may not be allowed to reach that folder.
func Open(o Options) []calls.Call {
	list := []calls.Call{
		mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, "").
			Because(
				"otherwise every mount that follows would also appear on the host",
				"sinon, chaque montage qui suit apparaîtrait aussi sur l’hôte").
			InShell("mount --make-rprivate /"),
	}
	list = append(list, cut(o.Grafts)...)
	if o.Dir == "" {
		return list
	}
	remount := mount("", ".", "", unix.MS_REMOUNT|unix.MS_BIND|o.noDevices()|o.Kept, "").
		Because(
			"device files in that folder must not work: no cgroup filters devices here",
			"les fichiers de périphériques de ce dossier ne doivent pas fonctionner : aucun cgroup ne filtre les périphériques ici").
		InShell("mount -o remount,bind,nodev .")
	list = append(list,
		mount(o.Dir, o.Dir, "", unix.MS_BIND|unix.MS_REC, "").
			Because(
				"pivot_root(2) wants a mount point; a folder bound onto itself is one",
				"pivot_root(2) veut un point de montage ; un dossier lié à lui-même en est un").
			InShell("mount --rbind "+o.Dir+" "+o.Dir),
		chdir(o.Dir).
			Because("the new root is where the next paths start", "les chemins suivants partent de la nouvelle racine").
			InShell("cd "+o.Dir))
	if len(o.Missing) > 0 {
		list = append(list, missing(o.Missing)...)
	}
	if o.Filtered {
		return list
	}
	return append(list, remount)
}

// noDevices is MS_NODEV where nothing else keeps device files from working.
func (o Options) noDevices() uintptr {
	if o.Filtered {
		return 0
	}
	return unix.MS_NODEV
}

// Build are the calls that fill the root: they run with the container's root
// as the user, and end outside, in the folder that is to become /.
func Build(o Options) []calls.Call {
	var list []calls.Call
	if o.Dir == "" {
		list = append(list, fresh(o)...)
	}
	list = append(list, kernelFiles(o)...)
	return append(list, devices()...)
}

// missing makes the mount points that a folder lacks.
func missing(names []string) []calls.Call {
	list := make([]calls.Call, 0, len(names))
	for _, name := range names {
		list = append(list, mkdir(name, 0o755).Or(unix.EEXIST))
	}
	list[0] = list[0].
		As("mkdir("+strings.Join(names, ", ")+")").
		Because("the folder lacks mount points", "il manque des points de montage dans le dossier").
		InShell("mkdir " + strings.Join(names, " "))
	return calls.Group(list[0], list[1:]...)
}

// Enter are the calls that make the folder / and finish it from inside.
func Enter(o Options) []calls.Call {
	list := pivot()
	if o.FreshPID && !o.Unmasked {
		list = append(list, hide()...)
	}
	for _, t := range o.Tmpfs {
		list = append(list, temporary(t)...)
	}
	list = append(list, put(o.Grafts)...)
	if o.Dir == "" && o.WorkDir != "" {
		list = append(list, folders(o.WorkDir)...)
	}
	if o.ReadOnly {
		list = append(list, mount("", "/", "", unix.MS_REMOUNT|unix.MS_BIND|unix.MS_RDONLY|o.noDevices()|o.Kept, "").
			Because("nothing in the root file system can be changed any more", "plus rien ne peut être modifié dans le système de fichiers racine").
			InShell("mount -o remount,bind,ro /"))
	}
	return list
}

// pivot makes the working folder the root and lets the old one go: the new
// root is stacked on the old, which is then unmounted (pivot_root(2), NOTES).
func pivot() []calls.Call {
	return []calls.Call{
		calls.New("pivot_root", unix.SYS_PIVOT_ROOT, calls.String("."), calls.String(".")).
			Because(
				"unlike chroot(2), this swaps the mount namespace's root itself: there is no way back up",
				"à la différence de chroot(2), la racine de l’espace de montage elle-même change : on ne remonte plus").
			InShell("pivot_root . ."),
		calls.New("umount2", unix.SYS_UMOUNT2, calls.String("."), calls.Named(unix.MNT_DETACH, "MNT_DETACH")).
			Because(
				"the host's files leave the container's view for good",
				"les fichiers de l’hôte disparaissent pour de bon de la vue du conteneur").
			InShell("umount --lazy ."),
		chdir("/").
			Because("stand in the new root", "se placer dans la nouvelle racine").
			InShell("cd /"),
	}
}

// folders makes a path and what is above it.
func folders(target string) []calls.Call {
	var list []calls.Call
	for p := path.Clean(target); p != "/" && p != "."; p = path.Dir(p) {
		list = append([]calls.Call{mkdir(p, 0o755).Or(unix.EEXIST, unix.EROFS)}, list...)
	}
	if len(list) == 0 {
		return nil
	}
	list[0] = list[0].As("mkdir("+target+")").
		Because("a folder that may not be there yet", "un dossier qui n’existe peut-être pas encore").
		InShell("mkdir -p " + target)
	return calls.Group(list[0], list[1:]...)
}
