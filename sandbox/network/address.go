//go:build linux

package network

import (
	"net/netip"
	"slices"
)

// subnets are those that the bridge may take, the first that nobody here uses.
// Docker's begin with 172.17.
var subnets = []netip.Prefix{
	netip.MustParsePrefix("10.177.0.0/16"),
	netip.MustParsePrefix("172.30.0.0/16"),
	netip.MustParsePrefix("10.213.0.0/16"),
	netip.MustParsePrefix("192.168.240.0/20"),
}

// choose picks the bridge's subnet: the one that the bridge has already, else
// the first that overlaps with nothing this computer can reach.
func choose(bridge netip.Prefix, reached []netip.Prefix) (netip.Prefix, bool) {
	if bridge.IsValid() {
		return bridge.Masked(), true
	}
	for _, s := range subnets {
		if !slices.ContainsFunc(reached, s.Overlaps) {
			return s, true
		}
	}
	return netip.Prefix{}, false
}

// gateway is the bridge's own address: the first of the subnet.
func gateway(subnet netip.Prefix) netip.Addr { return subnet.Addr().Next() }

// pick finds an address that is not used, beginning with one that follows from
// seed, so that containers which start at the same moment seldom pick the same.
func pick(subnet netip.Prefix, used []netip.Addr, seed int) (netip.Addr, bool) {
	hosts := 1<<(32-subnet.Bits()) - 3 // without the network, the gateway and the broadcast address
	for i := range hosts {
		a := plus(gateway(subnet), 1+(seed+i)%hosts)
		if !slices.Contains(used, a) {
			return a, true
		}
	}
	return netip.Addr{}, false
}

// plus counts on from an address of IPv4.
func plus(a netip.Addr, n int) netip.Addr {
	b := a.As4()
	sum := uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
	sum += uint32(n)
	return netip.AddrFrom4([4]byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)})
}
