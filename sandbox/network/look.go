//go:build linux

package network

import (
	"fmt"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"

	"cloison/sandbox"
)

// mostDevices is how many devices are told.
const mostDevices = 64

// Look lists the devices in the network namespace of process pid, and finds the
// other ends of its veths among the namespaces of near, processes in others.
// It enters these for a moment, on a thread of its own, which takes
// CAP_SYS_ADMIN there and here (setns(2)); it keeps nothing open, because an
// open socket keeps a namespace, and the devices in it, alive.
func Look(pid int, near []int) ([]sandbox.DeviceFact, error) {
	own, err := enter(pid)
	if err != nil {
		return nil, err
	}
	defer own.leave()
	links, err := own.LinkList()
	if err != nil {
		return nil, fmt.Errorf("list the network interfaces of process %d: %w", pid, err)
	}
	addresses, err := own.AddrList(nil, netlink.FAMILY_ALL)
	if err != nil {
		return nil, fmt.Errorf("list the addresses of process %d: %w", pid, err)
	}
	others := neighbours{own: own, pids: near}
	defer others.leave()
	devices := []sandbox.DeviceFact{}
	for _, link := range links[:min(len(links), mostDevices)] {
		d := describe(link, links)
		for _, a := range addresses {
			if a.LinkIndex == d.Index {
				d.Addresses = append(d.Addresses, a.IPNet.String())
			}
		}
		if d.Kind == "veth" {
			d.Peer = others.peer(link.Attrs(), links)
		}
		devices = append(devices, d)
	}
	return devices, nil
}

// describe says what a link is; links are all of its namespace.
func describe(link netlink.Link, links []netlink.Link) sandbox.DeviceFact {
	a := link.Attrs()
	d := sandbox.DeviceFact{
		Index: a.Index, Name: a.Name, Kind: link.Type(),
		Up:     a.RawFlags&unix.IFF_UP != 0,
		Master: nameOf(a.MasterIndex, links),
	}
	if a.RawFlags&unix.IFF_LOOPBACK != 0 {
		d.Kind = "loopback"
	}
	if a.Statistics != nil {
		d.Received, d.Sent = a.Statistics.RxBytes, a.Statistics.TxBytes
	}
	return d
}

// nameOf is the name of the link of that index.
func nameOf(index int, links []netlink.Link) string {
	for _, l := range links {
		if index != 0 && l.Attrs().Index == index {
			return l.Attrs().Name
		}
	}
	return ""
}

// namespace is one that we have a socket in.
type namespace struct {
	*netlink.Handle
	file  netns.NsHandle
	inode uint64
	pid   int
}

// enter opens a socket in the network namespace of a process.
func enter(pid int) (*namespace, error) {
	file, err := netns.GetFromPid(pid)
	if err != nil {
		return nil, fmt.Errorf("open the network namespace of process %d: %w", pid, err)
	}
	var stat unix.Stat_t
	if err := unix.Fstat(int(file), &stat); err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("open the network namespace of process %d: %w", pid, err)
	}
	handle, err := netlink.NewHandleAt(file, unix.NETLINK_ROUTE)
	if err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("enter the network namespace of process %d: %w", pid, err)
	}
	return &namespace{handle, file, stat.Ino, pid}, nil
}

func (n *namespace) leave() {
	n.Close()
	_ = n.file.Close()
}

// neighbours are other namespaces, entered when they are asked for.
type neighbours struct {
	own     *namespace
	pids    []int
	entered []*namespace
	tried   bool
}

// peer finds the other end of a veth. The kernel tells its index, and the
// number of its namespace as the own one counts it (IFLA_LINK_NETNSID,
// rtnetlink(7)); where there is no number, that is the own one.
func (n *neighbours) peer(a *netlink.LinkAttrs, links []netlink.Link) *sandbox.PeerFact {
	peer := &sandbox.PeerFact{Index: a.ParentIndex}
	if a.NetNsID < 0 {
		peer.Here, peer.Inode, peer.Name = true, n.own.inode, nameOf(a.ParentIndex, links)
		for _, l := range links {
			if l.Attrs().Index == a.ParentIndex {
				peer.Master = nameOf(l.Attrs().MasterIndex, links)
			}
		}
		return peer
	}
	there := n.numbered(a.NetNsID)
	if there == nil {
		return peer
	}
	link, err := there.LinkByIndex(a.ParentIndex)
	if err != nil {
		return peer
	}
	peer.Name, peer.Inode, peer.PID = link.Attrs().Name, there.inode, there.pid
	if master, err := there.LinkByIndex(link.Attrs().MasterIndex); link.Attrs().MasterIndex != 0 && err == nil {
		peer.Master = master.Attrs().Name
	}
	return peer
}

// numbered is the neighbour that has a number in our own namespace.
func (n *neighbours) numbered(id int) *namespace {
	if !n.tried {
		n.tried = true
		for _, pid := range n.pids {
			if other, err := enter(pid); err == nil {
				n.entered = append(n.entered, other)
			}
		}
	}
	for _, other := range n.entered {
		if got, err := n.own.GetNetNsIdByFd(int(other.file)); err == nil && got == id {
			return other
		}
	}
	return nil
}

func (n *neighbours) leave() {
	for _, other := range n.entered {
		other.leave()
	}
}
