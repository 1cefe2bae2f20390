//go:build linux

package build

import (
	"slices"
	"strings"
)

// Debian's name for the release that the image is made of, and for the only
// architecture that it is made for.
const (
	suite = "trixie"
	arch  = "amd64"
)

// group is some packages and what they are there for.
type group struct{ why, packages string }

// The groups that a computer with a kernel of its own does not need, or not
// always.
const (
	whyKernel  = "the kernel; tiny-initramfs fills the place of a tool that would pull in systemd and udev"
	whySELinux = "SELinux"
)

// groups are the packages of the image, besides the essential ones that every
// Debian has, and what all of them depend on. Recommended ones are left out.
var groups = []group{
	{whyKernel, "linux-image-cloud-amd64 tiny-initramfs kmod"},
	{"what every shell expects", "bash bash-completion less vim-tiny login passwd mount hostname procps psmisc util-linux util-linux-extra sudo attr acl e2fsprogs xz-utils"},
	{"Docker, and what it is made of", "docker.io docker-cli docker-buildx containerd runc"},
	{"Docker without root", "uidmap rootlesskit slirp4netns"},
	{"other runtimes and image tools", "runsc bubblewrap skopeo umoci docker-registry notary containernetworking-plugins lxcfs debsecan gpg gpg-agent"},
	{"AppArmor", "apparmor apparmor-utils"},
	{whySELinux, "selinux-policy-default policycoreutils selinux-utils secilc semodule-utils"},
	{"capabilities, kernel calls, audits", "libcap2-bin libcap-ng-utils strace auditd lynis seccomp bpftool"},
	{"networks", "iproute2 nftables iptables conntrack iputils-ping tcpdump ethtool socat netcat-openbsd wireguard-tools bird2 curl ca-certificates openssl"},
	{"what lessons' scripts need", "busybox-static jq python3 keyutils"},
	{"the manual; tools' pages come with the tools", "man-db manpages manpages-dev manpages-fr manpages-fr-dev"},
}

// packages lists the packages by name.
func packages() []string { return packagesOf(func(group) bool { return true }) }

// MachinePackages lists what makes a Debian or Ubuntu with a kernel of its own
// into a machine for lessons. SELinux's packages are left out: no kernel
// enforces it beside AppArmor, and its policy takes long to compile.
func MachinePackages() []string {
	return packagesOf(func(g group) bool { return g.why != whyKernel && g.why != whySELinux })
}

// SELinuxPackages lists what a machine with SELinux needs besides.
func SELinuxPackages() []string {
	return packagesOf(func(g group) bool { return g.why == whySELinux })
}

func packagesOf(wanted func(group) bool) []string {
	var all []string
	for _, g := range groups {
		if wanted(g) {
			all = append(all, strings.Fields(g.packages)...)
		}
	}
	slices.Sort(all)
	return all
}
