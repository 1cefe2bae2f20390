//go:build linux

package rootfs

import (
	"golang.org/x/sys/unix"

	"cloison/sandbox/calls"
)

// atCWD is AT_FDCWD as an argument: the fd that stands for the working folder.
const atCWD = ^uintptr(99)

func mount(source, target, kind string, flags uintptr, data string) calls.Call {
	return calls.New("mount", unix.SYS_MOUNT, orNull(source), calls.String(target), orNull(kind),
		calls.Flags(flags, mountFlags), orNull(data))
}

func orNull(s string) calls.Arg {
	if s == "" {
		return calls.Null()
	}
	return calls.String(s)
}

func chdir(dir string) calls.Call {
	return calls.New("chdir", unix.SYS_CHDIR, calls.String(dir))
}

func mkdir(dir string, mode uint32) calls.Call {
	return calls.New("mkdirat", unix.SYS_MKDIRAT, calls.Named(atCWD, "AT_FDCWD"), calls.String(dir), calls.Octal(mode))
}

func symlink(target, link string) calls.Call {
	return calls.New("symlinkat", unix.SYS_SYMLINKAT, calls.String(target), calls.Named(atCWD, "AT_FDCWD"), calls.String(link))
}

// empty makes an empty file, for something to be mounted on.
func empty(name string, mode uint32) calls.Call {
	return calls.New("mknodat", unix.SYS_MKNODAT, calls.Named(atCWD, "AT_FDCWD"), calls.String(name),
		calls.Octal(unix.S_IFREG|mode), calls.Int(0))
}

// file makes a small file: open, write, close.
func file(name, content string) []calls.Call {
	return []calls.Call{
		calls.New("openat", unix.SYS_OPENAT, calls.Named(atCWD, "AT_FDCWD"), calls.String(name),
			calls.Named(unix.O_WRONLY|unix.O_CREAT|unix.O_TRUNC|unix.O_CLOEXEC, "O_WRONLY|O_CREAT|O_TRUNC|O_CLOEXEC"), calls.Octal(0o644)),
		calls.New("write", unix.SYS_WRITE, calls.Result(1, "fd"), calls.String(content), calls.Int(len(content))),
		calls.New("close", unix.SYS_CLOSE, calls.Result(2, "fd")),
	}
}

// kernelFiles mounts the file systems through which the kernel speaks. They
// must come before the host's /proc is gone: in a user namespace the kernel
// shows no more of proc and sysfs than is visible already
// (mount_namespaces(7)).
func kernelFiles(o Options) []calls.Call {
	const quiet = unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC
	var list []calls.Call
	if o.FreshPID {
		list = append(list, mount("proc", "proc", "proc", quiet, "").
			Because(
				"ps(1) and its kin read /proc, which shows the PID namespace of who mounted it",
				"ps(1) et les siens lisent /proc, qui montre l’espace de noms PID de qui l’a monté").
			InShell("mount -t proc proc proc"))
	} else {
		list = append(list, mount("/proc", "proc", "", unix.MS_BIND|unix.MS_REC, "").
			Because("without a PID namespace, /proc is the host's", "sans espace de noms PID, /proc est celui de l’hôte").
			InShell("mount --rbind /proc proc"))
	}
	sys := mount("sysfs", "sys", "sysfs", quiet|unix.MS_RDONLY, "").
		Because(
			"devices and settings of the kernel, to look at only",
			"périphériques et réglages du noyau, à regarder seulement").
		InShell("mount -t sysfs -o ro sysfs sys")
	if o.ForeignUsers {
		sys = sys.Or(unix.EPERM)
	}
	list = append(list, sys)
	if o.CgroupMount {
		list = append(list, mount("cgroup", "sys/fs/cgroup", "cgroup2", quiet|unix.MS_RDONLY, "").
			Or(unix.EPERM, unix.EBUSY, unix.ENOENT, unix.ENODEV).
			Because(
				"the container may read its limits, from its own cgroup down",
				"le conteneur peut lire ses limites, à partir de son propre cgroup").
			InShell("mount -t cgroup2 -o ro cgroup sys/fs/cgroup"))
	}
	return list
}

// devices makes /dev: the harmless devices of the host, bound one by one,
// pseudo-terminals of its own, and shared memory.
func devices() []calls.Call {
	dev := mount("tmpfs", "dev", "tmpfs", unix.MS_NOSUID|unix.MS_STRICTATIME|unix.MS_NODEV, "mode=755,size=64k").
		As(`mount("tmpfs", "dev", "tmpfs", MS_NOSUID|MS_NODEV|MS_STRICTATIME, "mode=755,size=64k"), mount("/dev/X", "dev/X", MS_BIND) × 6`).
		Because(
			"a /dev of six harmless devices, bound from the host: null zero full random urandom tty",
			"un /dev de six périphériques inoffensifs, liés depuis l’hôte : null zero full random urandom tty").
		InShell("mount -t tmpfs -o nosuid,nodev,mode=755 tmpfs dev; for d in null zero full random urandom tty; do touch dev/$d; mount --bind /dev/$d dev/$d; done")
	group := []calls.Call{dev}
	for _, name := range []string{"null", "zero", "full", "random", "urandom", "tty"} {
		group = append(group, empty("dev/"+name, 0o666), mount("/dev/"+name, "dev/"+name, "", unix.MS_BIND, ""))
	}
	for _, l := range [][2]string{{"/proc/self/fd", "fd"}, {"/proc/self/fd/0", "stdin"}, {"/proc/self/fd/1", "stdout"}, {"/proc/self/fd/2", "stderr"}, {"pts/ptmx", "ptmx"}} {
		group = append(group, symlink(l[0], "dev/"+l[1]))
	}
	group = append(group, mkdir("dev/pts", 0o755), mkdir("dev/shm", 0o1777))
	pts := mount("devpts", "dev/pts", "devpts", unix.MS_NOSUID|unix.MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620").
		Because("terminals of its own: the host's cannot be opened by number", "ses propres terminaux : ceux de l’hôte ne s’ouvrent pas par leur numéro").
		InShell("mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts dev/pts")
	shm := mount("shm", "dev/shm", "tmpfs", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, "mode=1777,size=65536k").
		Because("shared memory of its own, of 64 MiB", "sa propre mémoire partagée, de 64 Mio").
		InShell("mount -t tmpfs -o nosuid,nodev,noexec,mode=1777,size=64m shm dev/shm")
	return append(calls.Group(group[0], group[1:]...), pts, shm)
}
