//go:build linux

package network

import (
	"net"
	"net/netip"
	"testing"
)

func TestChoose(t *testing.T) {
	p := netip.MustParsePrefix
	for name, c := range map[string]struct {
		bridge  netip.Prefix
		reached []netip.Prefix
		want    string
	}{
		"free":             {netip.Prefix{}, []netip.Prefix{p("192.168.1.7/24")}, "10.177.0.0/16"},
		"the bridge's own": {p("172.30.0.1/16"), nil, "172.30.0.0/16"},
		"a company's 10/8": {netip.Prefix{}, []netip.Prefix{p("10.0.0.0/8")}, "172.30.0.0/16"},
		"a part of it":     {netip.Prefix{}, []netip.Prefix{p("10.177.3.0/24"), p("172.16.0.0/12")}, "10.213.0.0/16"},
		"nothing left":     {netip.Prefix{}, []netip.Prefix{p("10.0.0.0/8"), p("172.16.0.0/12"), p("192.168.0.0/16")}, "invalid Prefix"},
	} {
		if got, ok := choose(c.bridge, c.reached); got.String() != c.want || ok == (c.want == "invalid Prefix") {
			t.Errorf("%s: got %s, %v; want %s", name, got, ok, c.want)
		}
	}
}

func TestPick(t *testing.T) {
	small, a := netip.MustParsePrefix("10.1.2.0/29"), netip.MustParseAddr
	for _, c := range []struct {
		used []netip.Addr
		seed int
		want string
	}{
		{nil, 0, "10.1.2.2"},
		{nil, 4, "10.1.2.6"},
		{nil, 5, "10.1.2.2"},
		{nil, 1234567, "10.1.2.4"},
		{[]netip.Addr{a("10.1.2.6")}, 4, "10.1.2.2"},
		{[]netip.Addr{a("10.1.2.2"), a("10.1.2.3"), a("10.1.2.4"), a("10.1.2.5"), a("10.1.2.6")}, 0, "invalid IP"},
	} {
		if got, _ := pick(small, c.used, c.seed); got.String() != c.want {
			t.Errorf("used %v, seed %d: got %s, want %s", c.used, c.seed, got, c.want)
		}
	}
	if got, _ := pick(netip.MustParsePrefix("10.177.0.0/16"), nil, 300); got.String() != "10.177.1.46" {
		t.Errorf("got %s", got)
	}
}

func TestPrefix(t *testing.T) {
	_, four, _ := net.ParseCIDR("10.1.0.0/16")
	_, six, _ := net.ParseCIDR("fd00::/8")
	if prefix(four).String() != "10.1.0.0/16" || prefix(six).IsValid() || prefix(nil).IsValid() {
		t.Errorf("got %s, %s, %s", prefix(four), prefix(six), prefix(nil))
	}
}

func TestStepsHaveTheirTexts(t *testing.T) {
	place := Place{Subnet: subnets[0], Address: netip.MustParseAddr("10.177.0.9"), Device: "cl9-1"}
	for _, s := range append(append(place.Prepare(), place.Plug()...), place.Unplug()) {
		if s.Call == "" || s.Shell == "" || s.Why.EN == "" || s.Why.FR == "" || s.Do == nil {
			t.Errorf("%+v lacks something", s.Action)
		}
	}
}
