//go:build linux

package network

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"

	"cloison/sandbox"
)

// Step is one action of the parent: pid is the container's first process.
type Step struct {
	sandbox.Action
	Do func(pid int) error
	// Forwards marks the step that makes the computer a router.
	Forwards bool
}

// Prepare are the steps before a container's birth: the bridge and the way
// out. What is there already is left as it is.
func (p Place) Prepare() []Step {
	via := netip.PrefixFrom(gateway(p.Subnet), p.Subnet.Bits())
	mac := hardwareAddress(via.Addr())
	steps := []Step{
		{Action: sandbox.Action{
			Call:  fmt.Sprintf("netlink(RTM_NEWLINK, {%q, %s, kind = \"bridge\"})", Bridge, mac),
			Shell: fmt.Sprintf("ip link add %s address %s type bridge", Bridge, mac),
			Why: sandbox.Text{
				EN: "a bridge is a switch made of software: what comes in on one of its interfaces leaves on another; it gets a MAC address for good, because it would borrow one from its interfaces, and change it as they come and go",
				FR: "un pont (bridge) est un commutateur logiciel : ce qui entre par l’une de ses interfaces ressort par une autre ; on lui donne une adresse MAC définitive, car sinon il en emprunte une à ses interfaces, et en change quand elles vont et viennent",
			},
		}, Do: func(int) error { return addBridge(mac) }},
		{Action: sandbox.Action{
			Call:  fmt.Sprintf("netlink(RTM_NEWADDR, {%q, %s})", Bridge, via),
			Shell: fmt.Sprintf("ip address add %s dev %s; ip link set %s up", via, Bridge, Bridge),
			Why: sandbox.Text{
				EN: "with an address the bridge is also an interface of this computer, and the containers' way out",
				FR: "avec une adresse, le pont est aussi une interface de cette machine, et la sortie des conteneurs",
			},
		}, Do: func(int) error { return address(Bridge, via) }},
	}
	steps = append(steps, Step{Action: sandbox.Action{
		Call:  fmt.Sprintf("write(open(%q), \"1\")", forwarding),
		Shell: "sysctl -w net.ipv4.ip_forward=1",
		Why: sandbox.Text{
			EN: "packets that are not for this computer itself may pass through it, where they may not already; the last container to leave switches it off again",
			FR: "les paquets qui ne sont pas pour cette machine peuvent la traverser, si ce n’était pas déjà permis ; le dernier conteneur à partir le désactive",
		},
	}, Forwards: true, Do: func(int) error { return os.WriteFile(forwarding, []byte("1"), 0) }})
	return append(steps, p.wayOut())
}

// Plug are the steps after its birth: the veth pair, and the end inside.
func (p Place) Plug() []Step {
	inside := netip.PrefixFrom(p.Address, p.Subnet.Bits())
	return []Step{
		{Action: sandbox.Action{
			Call:  fmt.Sprintf("netlink(RTM_NEWLINK, {%q, kind = \"veth\", master = %q, peer = {\"eth0\", netns = $PID}})", p.Device, Bridge),
			Shell: fmt.Sprintf("ip link add %s master %s type veth peer name eth0 netns $PID; ip link set %s up", p.Device, Bridge, p.Device),
			Why: sandbox.Text{
				EN: "a veth pair is a cable: what goes in at one end comes out at the other, in another network namespace",
				FR: "une paire veth est un câble : ce qui entre d’un côté sort de l’autre, dans un autre espace de noms réseau",
			},
		}, Do: p.cable},
		{Action: sandbox.Action{
			Call:  fmt.Sprintf("setns($PID, CLONE_NEWNET), netlink(RTM_NEWADDR, {\"eth0\", %s}), netlink(RTM_NEWROUTE, {default, %s})", inside, gateway(p.Subnet)),
			Shell: fmt.Sprintf("nsenter --target $PID --net sh -c 'ip address add %s dev eth0; ip link set eth0 up; ip route add default via %s'", inside, gateway(p.Subnet)),
			Why: sandbox.Text{
				EN: "the container's end gets its address, and everything else goes by way of the bridge",
				FR: "l’extrémité du conteneur reçoit son adresse, et tout le reste passe par le pont",
			},
		}, Do: p.inside},
	}
}

// Unplug is the step after its end.
func (p Place) Unplug() Step {
	return Step{Action: sandbox.Action{
		Call:  fmt.Sprintf("netlink(RTM_DELLINK, {%q})", p.Device),
		Shell: "ip link delete " + p.Device,
		Why: sandbox.Text{
			EN: "the kernel removes the pair with the namespace, but takes its time; so ask",
			FR: "le noyau supprime la paire avec l’espace de noms, mais il prend son temps : alors on le demande",
		},
	}, Do: func(int) error { return Remove(p.Device) }}
}

func (p Place) cable(pid int) error {
	bridge, err := netlink.LinkByName(Bridge)
	if err != nil {
		return err
	}
	ours := attrs(p.Device)
	ours.MasterIndex, ours.Flags = bridge.Attrs().Index, net.FlagUp
	veth := netlink.NewVeth(ours)
	veth.PeerName, veth.PeerNamespace = "eth0", netlink.NsPid(pid)
	return netlink.LinkAdd(veth)
}

// inside sets up the container's end over a socket that was made in its
// network namespace: a socket stays where it was made.
func (p Place) inside(pid int) error {
	ns, err := netns.GetFromPid(pid)
	if err != nil {
		return err
	}
	defer ns.Close()
	h, err := netlink.NewHandleAt(ns, unix.NETLINK_ROUTE)
	if err != nil {
		return err
	}
	defer h.Close()
	eth0, err := h.LinkByName("eth0")
	if err != nil {
		return err
	}
	if err := h.AddrAdd(eth0, &netlink.Addr{IPNet: ipNet(netip.PrefixFrom(p.Address, p.Subnet.Bits()))}); err != nil {
		return err
	}
	if err := h.LinkSetUp(eth0); err != nil {
		return err
	}
	return h.RouteAdd(&netlink.Route{LinkIndex: eth0.Attrs().Index, Gw: gateway(p.Subnet).AsSlice()})
}

// address gives a device an address and brings it up.
func address(name string, a netip.Prefix) error {
	link, err := netlink.LinkByName(name)
	if err != nil {
		return err
	}
	if err := unlessThere(netlink.AddrAdd(link, &netlink.Addr{IPNet: ipNet(a)})); err != nil {
		return err
	}
	return netlink.LinkSetUp(link)
}

// Remove removes a device, and with one end of a veth pair the other. One that
// is gone already is no error.
func Remove(device string) error {
	link, err := netlink.LinkByName(device)
	var gone netlink.LinkNotFoundError
	if errors.As(err, &gone) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := netlink.LinkDel(link); !errors.Is(err, unix.ENODEV) {
		return err
	}
	return nil
}

// Dissolve takes the bridge and the way out away, and with stop the computer's
// forwarding. What is gone already is no error.
func Dissolve(stop bool) error {
	errs := []error{closeWayOut(), Remove(Bridge)}
	if stop {
		errs = append(errs, os.WriteFile(forwarding, []byte("0"), 0))
	}
	return errors.Join(errs...)
}

// hardwareAddress is the bridge's MAC address. It follows from the one in IPv4,
// so that a bridge which was taken away and made again has the same; the first
// byte says that no manufacturer has given it. A bridge without one given takes
// the lowest of its ports' (br_stp_recalculate_bridge_id in
// net/bridge/br_stp_if.c): each container that comes or goes may change it, and
// the others' packets for the gateway, whose address they have learnt, are lost
// until they ask again.
func hardwareAddress(ip netip.Addr) net.HardwareAddr {
	return append(net.HardwareAddr{0x02, 0x42}, ip.AsSlice()...)
}

func addBridge(mac net.HardwareAddr) error {
	a := attrs(Bridge)
	a.HardwareAddr = mac
	return unlessThere(netlink.LinkAdd(&netlink.Bridge{LinkAttrs: a}))
}

func attrs(name string) netlink.LinkAttrs {
	a := netlink.NewLinkAttrs()
	a.Name = name
	return a
}

func ipNet(p netip.Prefix) *net.IPNet {
	return &net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), 32)}
}

func unlessThere(err error) error {
	if errors.Is(err, unix.EEXIST) {
		return nil
	}
	return err
}
