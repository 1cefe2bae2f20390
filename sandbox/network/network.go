//go:build linux

// Package network knows the devices of a container: loopback, which the kernel
// creates down, and a veth pair that leads to a bridge of ours, from which
// masquerading leads out. It also looks at the devices of other processes'
// namespaces, and finds the far ends of their veth pairs.
//
// What an ip(8) or nft(8) command does is a message over netlink, for which
// github.com/vishvananda/netlink and github.com/google/nftables have the words.
// The package does not know who runs: addresses in use are told to it, and when
// the last container has left the bridge, it is told to take it away.
//
// See netdevice(7) for SIOCSIFFLAGS, network_namespaces(7), veth(4),
// rtnetlink(7), nft(8), and in the kernel's Documentation:
// networking/bridge.rst and networking/ip-sysctl.rst for ip_forward.
package network

import (
	"encoding/binary"

	"golang.org/x/sys/unix"

	"cloison/sandbox/calls"
)

// Loopback are the calls that bring "lo" up. They need CAP_NET_ADMIN in the
// user namespace that owns the network namespace.
func Loopback() []calls.Call {
	socket := calls.New("socket", unix.SYS_SOCKET, calls.Named(unix.AF_INET, "AF_INET"),
		calls.Named(unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, "SOCK_DGRAM|SOCK_CLOEXEC"), calls.Int(0)).
		As(`socket(AF_INET, SOCK_DGRAM, 0), ioctl(fd, SIOCSIFFLAGS, {"lo", IFF_UP})`).
		Because(
			"a fresh network namespace has one interface, loopback, and it is down",
			"un espace de noms réseau neuf n’a qu’une interface, celle de bouclage, et elle est inactive").
		InShell("ip link set lo up")
	up := calls.New("ioctl", unix.SYS_IOCTL, calls.Result(1, "fd"),
		calls.Named(unix.SIOCSIFFLAGS, "SIOCSIFFLAGS"), calls.Bytes(ifreq("lo", unix.IFF_UP), `{"lo", IFF_UP}`))
	done := calls.New("close", unix.SYS_CLOSE, calls.Result(2, "fd"))
	return calls.Group(socket, up, done)
}

// ifreq is struct ifreq of netdevice(7): 16 bytes of name, then the flags in a
// union of 24 bytes.
func ifreq(name string, flags uint16) []byte {
	b := make([]byte, 40)
	copy(b, name)
	binary.NativeEndian.PutUint16(b[unix.IFNAMSIZ:], flags)
	return b
}
