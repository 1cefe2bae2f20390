//go:build linux

package network

import (
	"os"
	"os/exec"
	"slices"
	"syscall"
	"testing"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"cloison/sandbox"
)

// room is a process in a network namespace of its own, and a socket there.
func room(t *testing.T) *namespace {
	t.Helper()
	cmd := exec.Command("cat")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNET}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Skip("this computer does not let us make network namespaces: ", err)
	}
	t.Cleanup(func() { _ = stdin.Close(); _ = cmd.Wait() })
	n, err := enter(cmd.Process.Pid)
	if err != nil {
		t.Skip("this computer does not let us enter network namespaces: ", err)
	}
	t.Cleanup(n.leave)
	return n
}

// do fails the test on an error.
func do(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// device is the one of that name.
func device(t *testing.T, all []sandbox.DeviceFact, name string) sandbox.DeviceFact {
	t.Helper()
	i := slices.IndexFunc(all, func(d sandbox.DeviceFact) bool { return d.Name == name })
	if i < 0 {
		t.Fatalf("no device %s in %+v", name, all)
	}
	return all[i]
}

// A veth whose other end is a port of a bridge in another namespace: neither is
// the one we are in.
func TestLookFindsThePeer(t *testing.T) {
	inner, outer, third := room(t), room(t), room(t)
	do(t, outer.LinkAdd(&netlink.Bridge{LinkAttrs: named("br0")}))
	do(t, inner.LinkAdd(&netlink.Veth{LinkAttrs: named("eth0"), PeerName: "veth7", PeerNamespace: netlink.NsFd(outer.file)}))
	port, err := outer.LinkByName("veth7")
	do(t, err)
	bridge, err := outer.LinkByName("br0")
	do(t, err)
	do(t, outer.LinkSetMaster(port, bridge))
	eth0, err := inner.LinkByName("eth0")
	do(t, err)
	address, err := netlink.ParseAddr("10.99.0.2/24")
	do(t, err)
	do(t, inner.AddrAdd(eth0, address))
	do(t, inner.LinkSetUp(eth0))

	devices, err := Look(inner.pid, []int{third.pid, outer.pid})
	do(t, err)
	if lo := device(t, devices, "lo"); lo.Kind != "loopback" || lo.Up {
		t.Errorf("loopback of a fresh namespace: %+v", lo)
	}
	got := device(t, devices, "eth0")
	if !got.Up || got.Kind != "veth" || !slices.Contains(got.Addresses, "10.99.0.2/24") {
		t.Errorf("%+v", got)
	}
	want := sandbox.PeerFact{Index: port.Attrs().Index, Name: "veth7", Inode: outer.inode, PID: outer.pid, Master: "br0"}
	if got.Peer == nil || *got.Peer != want {
		t.Errorf("peer %+v, want %+v", got.Peer, want)
	}
	devices, err = Look(outer.pid, []int{inner.pid})
	do(t, err)
	if got := device(t, devices, "veth7"); got.Master != "br0" || got.Peer == nil || got.Peer.Name != "eth0" || got.Peer.PID != inner.pid {
		t.Errorf("from the other side: %+v, peer %+v", got, got.Peer)
	}
	// Where nobody is known there, only its index is.
	devices, err = Look(inner.pid, []int{third.pid})
	do(t, err)
	if peer := device(t, devices, "eth0").Peer; peer == nil || *peer != (sandbox.PeerFact{Index: port.Attrs().Index}) {
		t.Errorf("a peer that nobody can see: %+v", peer)
	}
}

func named(name string) netlink.LinkAttrs {
	a := netlink.NewLinkAttrs()
	a.Name = name
	return a
}

func TestBothEndsInOneNamespace(t *testing.T) {
	n := room(t)
	do(t, n.LinkAdd(&netlink.Veth{LinkAttrs: named("a"), PeerName: "b"}))
	devices, err := Look(n.pid, nil)
	do(t, err)
	b := device(t, devices, "b")
	if peer := device(t, devices, "a").Peer; peer == nil || *peer != (sandbox.PeerFact{Index: b.Index, Name: "b", Inode: n.inode, Here: true}) {
		t.Errorf("peer %+v", peer)
	}
}

// What Look opens, it closes: an open socket would keep a namespace alive.
func TestLookKeepsNothingOpen(t *testing.T) {
	n := room(t)
	count := func() int {
		entries, err := os.ReadDir("/proc/self/fd")
		do(t, err)
		return len(entries)
	}
	before := count()
	for range 20 {
		if _, err := Look(n.pid, []int{1}); err != nil {
			t.Fatal(err)
		}
	}
	if after := count(); after > before {
		t.Errorf("%d files are open, %d before", after, before)
	}
	if _, err := Look(1<<22+1, nil); err == nil {
		t.Error("a process that is not there has devices")
	}
}
