//go:build linux

package network

import (
	"net"
	"net/netip"
	"testing"

	"github.com/vishvananda/netlink"
)

// The looks at addresses, routes and devices are three moments, between which
// another container may make the bridge, or take it away.
func TestSurvey(t *testing.T) {
	at := func(text string) *net.IPNet { return ipNet(netip.MustParsePrefix(text)) }
	lan := netlink.Addr{IPNet: at("192.0.2.1/24"), Label: "eth0", LinkIndex: 2}
	ours := netlink.Addr{IPNet: at("10.177.0.1/16"), Label: Bridge, LinkIndex: 3}
	road := netlink.Route{Dst: at("192.0.2.0/24"), LinkIndex: 2}
	path := netlink.Route{Dst: at("10.177.0.0/16"), LinkIndex: 3}
	away := netlink.Route{LinkIndex: 2} // default
	for name, c := range map[string]struct {
		addresses []netlink.Addr
		routes    []netlink.Route
		own       int
		want      string
	}{
		"never there":              {[]netlink.Addr{lan}, []netlink.Route{away, road}, -1, "10.177.0.0/16"},
		"there all the time":       {[]netlink.Addr{lan, ours}, []netlink.Route{away, road, path}, 3, "10.177.0.0/16"},
		"made after the addresses": {[]netlink.Addr{lan}, []netlink.Route{road, path}, 3, "10.177.0.0/16"},
		"made after the routes":    {[]netlink.Addr{lan}, []netlink.Route{road}, 3, "10.177.0.0/16"},
		"gone before the devices":  {[]netlink.Addr{lan, ours}, []netlink.Route{road, path}, -1, "10.177.0.0/16"},
		"a company's":              {[]netlink.Addr{lan}, []netlink.Route{{Dst: at("10.177.0.0/16"), LinkIndex: 2}}, 3, "172.30.0.0/16"},
	} {
		if subnet, _ := choose(survey(c.addresses, c.routes, c.own)); subnet.String() != c.want {
			t.Errorf("%s: got %s, want %s", name, subnet, c.want)
		}
	}
}
