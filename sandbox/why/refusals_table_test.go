//go:build linux

package why

import (
	"fmt"
	"slices"
	"strings"

	"cloison/sandbox"
	"cloison/sandbox/capability"
	"cloison/sandbox/runtime"
)

// refusal is a command that is refused by layers that are known, because all
// others are relaxed.
type refusal struct {
	name   string
	layers []func(*sandbox.Spec) // what is switched on in a container without any layer
	sh     string
	want   []string // the sets of layers, each in the order of the alphabet
	part   string   // what must be among the narrowest, where that is known
}

// open is a container without any layer that could refuse: root with every
// capability that we have, no filter, nothing hidden, no limit.
func open(may sandbox.CapSet) sandbox.Spec {
	return sandbox.Spec{
		Namespaces: runtime.DefaultNamespaces(true), CapAdd: capability.Names(may),
		Seccomp: sandbox.SeccompProfile{Off: true}, Unmasked: true,
	}
}

// The layers, one at a time.
func drop(names ...string) func(*sandbox.Spec) {
	return func(s *sandbox.Spec) {
		s.CapAdd = slices.DeleteFunc(slices.Clone(s.CapAdd), func(have string) bool { return slices.Contains(names, strings.TrimPrefix(have, "CAP_")) })
		s.CapDrop = append(s.CapDrop, names...)
	}
}

func filter(calls ...string) func(*sandbox.Spec) {
	return func(s *sandbox.Spec) {
		s.Seccomp = sandbox.SeccompProfile{Name: "test", JSON: fmt.Sprintf(
			`{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["%s"], "action": "SCMP_ACT_ERRNO"}]}`, strings.Join(calls, `", "`))}
	}
}

func defaultFilter(s *sandbox.Spec) { s.Seccomp = sandbox.SeccompProfile{} }
func readOnly(s *sandbox.Spec)      { s.ReadOnly = true }
func masked(s *sandbox.Spec)        { s.Unmasked = false }
func ordinary(s *sandbox.Spec)      { s.User = "1000:1000" }
func noNewPrivs(s *sandbox.Spec)    { s.NoNewPrivileges = true }

func remapped(s *sandbox.Spec) {
	s.Namespaces = append(slices.Clone(s.Namespaces), sandbox.UserNS)
	s.UIDMap = []sandbox.IDRange{{Inside: 0, Outside: 100000, Size: 65536}}
	s.GIDMap = s.UIDMap
}

func pids(n int64) func(*sandbox.Spec)    { return func(s *sandbox.Spec) { s.Limits.Pids = n } }
func mem(bytes int64) func(*sandbox.Spec) { return func(s *sandbox.Spec) { s.Limits.Memory = bytes } }

func rlimit(name string, n int64) func(*sandbox.Spec) {
	return func(s *sandbox.Spec) { s.Rlimits = append(s.Rlimits, sandbox.Rlimit{Name: name, Soft: n, Hard: n}) }
}

func volume(source, target string, ro bool) func(*sandbox.Spec) {
	return func(s *sandbox.Spec) {
		s.Volumes = append(s.Volumes, sandbox.Volume{Source: source, Target: target, ReadOnly: ro})
	}
}

func on(f ...func(*sandbox.Spec)) []func(*sandbox.Spec) { return f }

// refusals are at least sixty; dir has a file "secret" that is root's alone,
// and a set-user-ID reader.
func refusals(dir string) []refusal {
	const fork = "sh -c 'sleep 1 & sleep 1 & sleep 1 & wait'"
	keepSysctl := func(file string) string { return fmt.Sprintf("v=$(cat %[1]s) && echo $v > %[1]s", file) }
	list := []refusal{
		{"chown without CAP_CHOWN", on(drop("CHOWN")), "chown 1 /tmp", []string{"capabilities"}, "CAP_CHOWN"},
		{"another's mode without CAP_FOWNER", on(drop("FOWNER")), "touch /tmp/f; chown 5 /tmp/f; chmod 600 /tmp/f", []string{"capabilities"}, "CAP_FOWNER"},
		{"another's file without CAP_DAC_*", on(drop("DAC_OVERRIDE", "DAC_READ_SEARCH")), "touch /tmp/f; chmod 0 /tmp/f; chown 5 /tmp/f; cat /tmp/f", []string{"capabilities"}, ""},
		{"mount without CAP_SYS_ADMIN", on(drop("SYS_ADMIN")), "mount -t tmpfs none /mnt", []string{"capabilities"}, "CAP_SYS_ADMIN"},
		{"umount without CAP_SYS_ADMIN", on(drop("SYS_ADMIN")), "umount /dev/shm", []string{"capabilities"}, "CAP_SYS_ADMIN"},
		{"hostname without CAP_SYS_ADMIN", on(drop("SYS_ADMIN")), "hostname x", []string{"capabilities"}, "CAP_SYS_ADMIN"},
		{"a namespace without CAP_SYS_ADMIN", on(drop("SYS_ADMIN")), "unshare -m true", []string{"capabilities"}, "CAP_SYS_ADMIN"},
		{"chroot without CAP_SYS_CHROOT", on(drop("SYS_CHROOT")), "chroot / true", []string{"capabilities"}, "CAP_SYS_CHROOT"},
		{"a device down without CAP_NET_ADMIN", on(drop("NET_ADMIN")), "ip link set lo down", []string{"capabilities"}, "CAP_NET_ADMIN"},
		{"an address without CAP_NET_ADMIN", on(drop("NET_ADMIN")), "ip addr add 127.0.0.2/8 dev lo", []string{"capabilities"}, "CAP_NET_ADMIN"},
		{"the kernel's log without CAP_SYSLOG", on(drop("SYSLOG", "SYS_ADMIN")), "dmesg", []string{"capabilities"}, ""},
		{"a device file without CAP_MKNOD", on(drop("MKNOD")), "mknod /tmp/d c 1 3", []string{"capabilities"}, "CAP_MKNOD"},
		{"a low port without CAP_NET_BIND_SERVICE", on(drop("NET_BIND_SERVICE")), "httpd -p 127.0.0.1:80", []string{"capabilities"}, "CAP_NET_BIND_SERVICE"},
		{"another's process without CAP_KILL", on(drop("KILL")), "su nobody -s /bin/sh -c 'exec sleep 3' & sleep 0.2; kill $!", []string{"capabilities"}, "CAP_KILL"},
		{"another user without CAP_SETUID", on(drop("SETUID")), "su nobody -s /bin/sh -c true", []string{"capabilities"}, "CAP_SETUID"},
		{"priority without CAP_SYS_NICE", on(drop("SYS_NICE")), "renice -n -5 $$", []string{"capabilities"}, "CAP_SYS_NICE"},

		{"a filter against chmod", on(filter("chmod", "fchmodat", "fchmodat2", "fchmod")), "chmod 777 /tmp", []string{"seccomp"}, "chmod"},
		{"a filter against mkdir", on(filter("mkdir", "mkdirat")), "mkdir /tmp/d", []string{"seccomp"}, "mkdir"},
		{"a filter against rmdir", on(filter("rmdir")), "mkdir /tmp/d; rmdir /tmp/d", []string{"seccomp"}, "rmdir"},
		{"a filter against rename", on(filter("rename", "renameat", "renameat2")), "touch /tmp/a; mv /tmp/a /tmp/b", []string{"seccomp"}, "rename"},
		{"a filter against unlink", on(filter("unlink", "unlinkat")), "touch /tmp/a; rm /tmp/a", []string{"seccomp"}, "unlink"},
		{"a filter against link", on(filter("link", "linkat")), "touch /tmp/a; ln /tmp/a /tmp/b", []string{"seccomp"}, "link"},
		{"a filter against symlink", on(filter("symlink", "symlinkat")), "ln -s a /tmp/b", []string{"seccomp"}, "symlink"},
		{"a filter against mknod", on(filter("mknod", "mknodat")), "mkfifo /tmp/p", []string{"seccomp"}, "mknodat"},
		{"a filter against mount", on(filter("mount")), "mount -t tmpfs none /mnt", []string{"seccomp"}, "mount"},
		{"a filter against umount", on(filter("umount2")), "umount /dev/shm", []string{"seccomp"}, "umount2"},
		{"a filter against unshare", on(filter("unshare")), "unshare -U true", []string{"seccomp"}, "unshare"},
		{"a filter against chroot", on(filter("chroot")), "chroot / true", []string{"seccomp"}, "chroot"},
		{"a filter against sethostname", on(filter("sethostname")), "hostname x", []string{"seccomp"}, "sethostname"},
		{"a filter against kill", on(filter("kill")), "sleep 3 & kill $!", []string{"seccomp"}, "kill"},
		{"a filter against chown", on(filter("chown", "lchown", "fchownat", "fchown")), "chown 1 /tmp", []string{"seccomp"}, "chown"},
		{"a filter against sockets", on(filter("socket")), "httpd -p 127.0.0.1:8000", []string{"seccomp"}, "socket"},
		{"a filter against truncate", on(filter("ftruncate", "truncate")), "truncate -s 5 /tmp/f", []string{"seccomp"}, "ftruncate"},
		{"a filter against priorities", on(filter("setpriority")), "renice -n 5 $$", []string{"seccomp"}, "setpriority"},
		{"the default filter against namespaces", on(defaultFilter, drop("SYS_ADMIN")), "unshare -U true", []string{"seccomp"}, "unshare"},

		{"a new file in a read-only root", on(readOnly), "touch /f", []string{"readonly"}, ""},
		{"a folder in a read-only root", on(readOnly), "mkdir /d", []string{"readonly"}, ""},
		{"removal in a read-only root", on(readOnly), "rm /etc/passwd", []string{"readonly"}, ""},
		{"a mode in a read-only root", on(readOnly), "chmod 777 /etc", []string{"readonly"}, ""},
		{"an owner in a read-only root", on(readOnly), "chown 1 /etc/passwd", []string{"readonly"}, ""},
		{"a link in a read-only root", on(readOnly), "ln -s a /etc/b", []string{"readonly"}, ""},
		{"a change in a read-only volume", on(volume(dir, "/v", true)), "touch /v/new && rm /v/new", []string{"readonly"}, ""},

		{"a knob of memory", on(masked), keepSysctl("/proc/sys/vm/swappiness"), []string{"masked"}, ""},
		{"a knob of the kernel", on(masked), keepSysctl("/proc/sys/kernel/panic"), []string{"masked"}, ""},
		{"a knob of file systems", on(masked), keepSysctl("/proc/sys/fs/lease-break-time"), []string{"masked"}, ""},
		{"the keys in use", on(masked), "grep -q . /proc/keys", []string{"masked"}, ""},
		{"the firmware", on(masked), "ls -A /sys/firmware | grep -q .", []string{"masked"}, ""},

		{"the kernel's log in a user namespace", on(remapped), "dmesg", []string{"userns"}, ""},
		{"a device in a user namespace", on(remapped), "mknod /tmp/d c 1 3", []string{"userns"}, ""},
		{"a knob in a user namespace", on(remapped), keepSysctl("/proc/sys/vm/swappiness"), []string{"userns"}, ""},
		{"root's file in a user namespace", on(remapped, volume(dir, "/v", false)), "cat /v/secret", []string{"userns"}, ""},
		{"a user beyond the map", on(remapped), "chown 70000 /tmp", []string{"userns"}, ""},
		{"priority in a user namespace", on(remapped), "renice -n -5 $$", []string{"userns"}, ""},

		{"too many processes", on(pids(3)), fork, []string{"cgroup"}, ""},
		{"a device that is not harmless", nil, "mknod /d c 1 11 && : </d", []string{"cgroup"}, ""},
		{"too much memory", on(mem(16 << 20)), "dd if=/dev/zero of=/dev/null bs=64M count=1", []string{"cgroup"}, ""},
		{"too many open files", on(rlimit("nofile", 4)), "exec 3</ 4</ 5</ 6</", []string{"cgroup"}, ""},
		{"too long a file", on(rlimit("fsize", 1000)), "dd if=/dev/zero of=/tmp/f bs=2000 count=1", []string{"cgroup"}, ""},

		{"another's file to read", on(ordinary, volume(dir, "/v", false)), "cat /v/secret", []string{"dac"}, ""},
		{"another's file to write", on(ordinary), "echo >> /etc/passwd", []string{"dac"}, "CAP_DAC_OVERRIDE"},
		{"another's folder to write", on(ordinary), "touch /f", []string{"dac"}, "CAP_DAC_OVERRIDE"},
		{"another's folder to empty", on(ordinary), "rm /etc/passwd", []string{"dac"}, "CAP_DAC_OVERRIDE"},
		{"another's mode", on(ordinary), "chmod 777 /etc/passwd", []string{"dac"}, "CAP_FOWNER"},
		{"another's owner", on(ordinary), "chown 1000 /etc/passwd", []string{"capabilities"}, "CAP_CHOWN"},
		{"an ordinary user's mount", on(ordinary), "mount -t tmpfs none /mnt", []string{"capabilities"}, "CAP_SYS_ADMIN"},
		{"an ordinary user's log", on(ordinary), "dmesg", []string{"capabilities"}, ""},

		{"a set-user-ID program without new privileges", on(ordinary, noNewPrivs, volume(dir, "/v", false)), "/v/reader /v/secret", []string{"dac", "nnp"}, ""},

		{"mount: capabilities and filter", on(drop("SYS_ADMIN"), filter("mount")), "mount -t tmpfs none /mnt", []string{"capabilities+seccomp"}, "mount"},
		{"mount as it comes", on(drop("SYS_ADMIN"), defaultFilter), "mount -t tmpfs none /mnt", []string{"capabilities+seccomp"}, "CAP_SYS_ADMIN"},
		{"chown: capabilities and read-only", on(drop("CHOWN"), readOnly), "chown 1 /etc/passwd", []string{"capabilities+readonly"}, "CAP_CHOWN"},
		{"chmod: filter and read-only", on(filter("chmod"), readOnly), "chmod 777 /etc", []string{"readonly+seccomp"}, "chmod"},
		{"write: permissions and read-only", on(ordinary, readOnly), "echo >> /etc/passwd", []string{"dac+readonly"}, ""},
		{"mkdir: permissions and filter", on(ordinary, filter("mkdir")), "mkdir /d", []string{"dac+seccomp"}, "mkdir"},
		{"a knob: user namespace and protection", on(remapped, masked), keepSysctl("/proc/sys/vm/swappiness"), []string{"masked+userns"}, ""},
		{"the log: user namespace and capabilities", on(remapped, drop("SYSLOG", "SYS_ADMIN")), "dmesg", []string{"capabilities+userns"}, ""},
		{"many things at once", on(drop("CHOWN"), readOnly, filter("chown", "lchown", "fchownat")), "chown 1 /etc/passwd", []string{"capabilities+readonly+seccomp"}, ""},
	}
	return list
}
