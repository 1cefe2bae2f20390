//go:build linux

package network

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"cloison/sandbox"
)

// Bridge is the name of ours, and of its nftables table.
const Bridge = "cloison0"

// forwarding is the switch that makes a computer a router.
const forwarding = "/proc/sys/net/ipv4/ip_forward"

// Place is a container's place on the bridge.
type Place struct {
	Subnet  netip.Prefix
	Address netip.Addr
	Device  string // this computer's end of the veth pair
}

// FindPlace finds a place for a container: used are the addresses of the others, and
// seed is a number that other containers hardly have, such as a process's.
func FindPlace(used []string, seed int, device string) (Place, error) {
	bridge, reached, err := surroundings()
	if err != nil {
		return Place{}, fmt.Errorf("look at the network: %w", err)
	}
	subnet, ok := choose(bridge, reached)
	if !ok {
		return Place{}, sandbox.Errorf("--network bridge: this computer reaches every subnet that cloison could take; remove a route to one of 10.177.0.0/16, 172.30.0.0/16, 10.213.0.0/16 or 192.168.240.0/20",
			"--network bridge : cet ordinateur atteint déjà chaque sous-réseau que cloison pourrait prendre ; retirez une route vers 10.177.0.0/16, 172.30.0.0/16, 10.213.0.0/16 ou 192.168.240.0/20")
	}
	var taken []netip.Addr
	for _, text := range used {
		if a, err := netip.ParseAddr(text); err == nil {
			taken = append(taken, a)
		}
	}
	address, ok := pick(subnet, taken, seed)
	if !ok {
		return Place{}, sandbox.Errorf("--network bridge: every address of %s is in use", "--network bridge : toutes les adresses de %s sont prises", subnet)
	}
	return Place{Subnet: subnet, Address: address, Device: device}, nil
}

// surroundings are the subnet of our bridge, if it is there, and those of all
// other routes but the default one. Another container may be making the bridge
// meanwhile, so its number is asked for last: what was read before is then told
// apart rightly.
func surroundings() (bridge netip.Prefix, reached []netip.Prefix, err error) {
	addresses, err := netlink.AddrList(nil, unix.AF_INET)
	if err != nil {
		return netip.Prefix{}, nil, err
	}
	routes, err := netlink.RouteList(nil, unix.AF_INET)
	if err != nil {
		return netip.Prefix{}, nil, err
	}
	own := -1
	if link, err := netlink.LinkByName(Bridge); err == nil {
		own = link.Attrs().Index
	}
	bridge, reached = survey(addresses, routes, own)
	return bridge, reached, nil
}

// survey tells the bridge's subnet from those of others. Its address is known
// by its label, which is the device's name (rtnetlink(7), IFA_LABEL), its routes
// by its number, own; -1 where it was not there.
func survey(addresses []netlink.Addr, routes []netlink.Route, own int) (bridge netip.Prefix, reached []netip.Prefix) {
	for _, a := range addresses {
		if a.Label == Bridge {
			bridge = prefix(a.IPNet)
		} else {
			reached = append(reached, prefix(a.IPNet))
		}
	}
	for _, r := range routes {
		if p := prefix(r.Dst); r.LinkIndex != own && p.IsValid() && p.Bits() > 0 {
			reached = append(reached, p)
		}
	}
	return bridge, reached
}

// prefix is a subnet of IPv4; the zero prefix for anything else.
func prefix(n *net.IPNet) netip.Prefix {
	if n == nil {
		return netip.Prefix{}
	}
	a, ok := netip.AddrFromSlice(n.IP.To4())
	ones, bits := n.Mask.Size()
	if !ok || bits != 32 {
		return netip.Prefix{}
	}
	return netip.PrefixFrom(a, ones)
}

// Forwards says whether the computer is a router already.
func Forwards() (bool, error) {
	text, err := os.ReadFile(forwarding)
	return strings.TrimSpace(string(text)) == "1", err
}

// Namespace is the inode of this process's network namespace.
func Namespace() (uint64, error) {
	var st unix.Stat_t
	if err := unix.Stat("/proc/self/ns/net", &st); err != nil {
		return 0, fmt.Errorf("look at the network namespace: %w", err)
	}
	return st.Ino, nil
}
