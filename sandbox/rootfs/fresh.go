//go:build linux

package rootfs

import (
	"fmt"
	"strings"

	"golang.org/x/sys/unix"

	"cloison/sandbox/calls"
)

// fresh makes a root from nothing: a tmpfs with busybox and the few files that
// programs look for.
func fresh(o Options) []calls.Call {
	dead := "nodev,"
	if o.Filtered {
		dead = ""
	}
	list := []calls.Call{
		mount("tmpfs", o.Scaffold, "tmpfs", o.noDevices(), "mode=755").
			Because(
				"an empty root in memory, seen by this mount namespace alone and gone with it",
				"une racine vide en mémoire, vue de ce seul espace de montage et qui disparaît avec lui").
			InShell("mount -t tmpfs -o " + dead + "mode=755 tmpfs " + o.Scaffold),
		chdir(o.Scaffold).
			Because("the new root is where the next paths start", "les chemins suivants partent de la nouvelle racine").
			InShell("cd " + o.Scaffold),
	}
	list = append(list, skeleton()...)
	list = append(list, busybox(o)...)
	return append(list, accounts(o)...)
}

// Folders are those of a fresh root; tmp is everybody's.
var Folders = []string{"bin", "dev", "etc", "home", "mnt", "proc", "root", "run", "sys", "tmp", "var"}

func skeleton() []calls.Call {
	names := Folders
	list := make([]calls.Call, 0, len(names)+1)
	for _, name := range names {
		list = append(list, mkdir(name, 0o755))
	}
	list = append(list, calls.New("fchmodat", unix.SYS_FCHMODAT, calls.Named(atCWD, "AT_FDCWD"), calls.String("tmp"), calls.Octal(0o1777)))
	list[0] = list[0].As("mkdir("+strings.Join(names, ", ")+")").
		Because("the folders that every program expects", "les dossiers que tout programme attend").
		InShell("mkdir " + strings.Join(names, " ") + "; chmod 1777 tmp")
	return calls.Group(list[0], list[1:]...)
}

// busybox binds the one program, read-only, and makes a link for each of its
// names.
func busybox(o Options) []calls.Call {
	bind := []calls.Call{
		empty("bin/busybox", 0o755).
			As(fmt.Sprintf("mount(%q, \"bin/busybox\", MS_BIND), mount(\"bin/busybox\", MS_REMOUNT|MS_BIND|MS_RDONLY)", o.Busybox)).
			Because(
				"one static program that is a whole system, bound from the host and read-only",
				"un seul programme statique qui vaut tout un système, lié depuis l’hôte en lecture seule").
			InShell("touch bin/busybox; mount --bind " + o.Busybox + " bin/busybox; mount -o remount,bind,ro bin/busybox"),
		mount(o.Busybox, "bin/busybox", "", unix.MS_BIND, ""),
		mount("", "bin/busybox", "", unix.MS_REMOUNT|unix.MS_BIND|unix.MS_RDONLY|o.BusyboxKept, ""),
	}
	names := Applets()
	links := make([]calls.Call, 0, len(names))
	for _, name := range names {
		links = append(links, symlink("busybox", "bin/"+name))
	}
	links[0] = links[0].As(fmt.Sprintf(`symlink("busybox", "bin/NAME") × %d`, len(names))).
		Because("busybox does what the name it is called by says", "busybox fait ce que dit le nom sous lequel on l’appelle").
		InShell("bin/busybox --install -s bin")
	return append(calls.Group(bind[0], bind[1:]...), calls.Group(links[0], links[1:]...)...)
}

// Who lives in a fresh root: passwd(5) and group(5).
const (
	Passwd = "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n"
	Group  = "root:x:0:\ntty:x:5:\nnogroup:x:65534:\n"
)

// File is one of a fresh root.
type File struct {
	Name, Content string
}

// Files are what programs look for in a fresh root.
func Files(o Options) []File {
	address := o.Address
	if address == "" {
		address = "127.0.0.1"
	}
	files := []File{
		{"etc/passwd", Passwd},
		{"etc/group", Group},
		{"etc/hostname", o.Hostname + "\n"},
		{"etc/hosts", "127.0.0.1 localhost\n::1 localhost\n" + address + " " + o.Hostname + "\n"},
	}
	if o.Resolv != "" {
		files = append(files, File{"etc/resolv.conf", o.Resolv})
	}
	return files
}

func accounts(o Options) []calls.Call {
	var group []calls.Call
	var names []string
	for _, f := range Files(o) {
		group = append(group, file(f.Name, f.Content)...)
		names = append(names, f.Name)
	}
	group[0] = group[0].As("write("+strings.Join(names, ", ")+")").
		Because("names for the numbers: ls(1) and id(1) read them", "des noms pour les numéros : ls(1) et id(1) les lisent").
		InShell("echo root:x:0:0:root:/root:/bin/sh >etc/passwd; …")
	return calls.Group(group[0], group[1:]...)
}

// Applets are the names by which busybox is linked into bin.
func Applets() []string { return strings.Fields(applets) }

// applets are the names by which a Debian or Ubuntu busybox-static is called;
// one that a busybox lacks says so itself.
const applets = `[ [[ acpid adjtimex ar arch arp arping ascii ash awk base64 basename bc blkdiscard blockdev
brctl bunzip2 bzcat bzip2 cal cat chgrp chmod chown chroot chvt clear cmp cp cpio crc32 crond
crontab cttyhack cut date dc dd deallocvt depmod devmem df diff dirname dmesg dnsdomainname
dos2unix dpkg dpkg-deb du dumpkmap dumpleases echo ed egrep env expand expr factor fallocate
false fatattr fdisk fgrep find findfs fold free freeramdisk fsfreeze fstrim ftpget ftpput getopt
getty grep groups gunzip gzip halt head hexdump hostid hostname httpd hwclock i2cdetect i2cdump
i2cget i2cset i2ctransfer id ifconfig ifdown ifup init insmod ionice ip ipcalc ipneigh kill
killall klogd last less link linux32 linux64 linuxrc ln loadfont loadkmap logger login logname
logread losetup ls lsmod lsscsi lzcat lzma lzop md5sum mdev microcom mim mkdir mkdosfs mke2fs
mkfifo mknod mkpasswd mkswap mktemp modinfo modprobe more mount mt mv nameif nc netstat nl
nologin nproc nsenter nslookup nuke od openvt partprobe passwd paste patch pidof ping ping6
pivot_root poweroff printf ps pwd rdate readlink realpath reboot renice reset resume rev rm
rmdir rmmod route rpm rpm2cpio run-init run-parts sed seq setkeycodes setpriv setsid sh sha1sum
sha256sum sha3sum sha512sum shred shuf sleep sort ssl_client start-stop-daemon stat strings stty
su sulogin svc svok swapoff swapon switch_root sync sysctl syslogd tac tail tar taskset tc tee
telnet telnetd test tftp time timeout top touch tr traceroute traceroute6 true truncate ts tty
tunctl ubirename udhcpc udhcpd uevent umount uname uncompress unexpand uniq unix2dos unlink
unlzma unshare unxz unzip uptime usleep uudecode uuencode vconfig vi w watch watchdog wc wget
which who whoami xargs xxd xz xzcat yes zcat
`
