package inspect

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"cloison/sandbox"
)

// netFiles are what a container on a bridge has in /proc/PID/net.
func netFiles() fstest.MapFS {
	v := village{fstest.MapFS{}}
	v.file("proc/9/net/dev", `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:     100       1    0    0    0     0          0         0      100       1    0    0    0     0       0          0
  eth0:  123456       1    0    0    0     0          0         0     7890       1    0    0    0     0       0          0
down0:0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
`)
	v.file("proc/9/net/if_inet6", "00000000000000000000000000000001 01 80 10 80       lo\nfe800000000000000042acfffe110002 07 40 20 80     eth0\n")
	v.file("proc/9/net/fib_trie", `Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 172.17.0.0/16 2 0 2
        |-- 172.17.0.2
           /32 host LOCAL
        |-- 172.17.255.255
           /32 link BROADCAST
     |-- 127.0.0.1
        /32 host LOCAL
Local:
     |-- 172.17.0.2
        /32 host LOCAL
     |-- 10.9.9.9
        /32 host LOCAL
`)
	v.file("proc/9/net/route", `Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	00000000	010011AC	0003	0	0	0	00000000	0	0	0
eth0	000011AC	00000000	0001	0	0	0	0000FFFF	0	0	0
`)
	return v.MapFS
}

func TestDevicesFromProc(t *testing.T) {
	got, err := readDevices(netFiles(), 9)
	if err != nil {
		t.Fatal(err)
	}
	want := []sandbox.DeviceFact{
		{Index: 1, Name: "lo", Kind: "loopback", Up: true, Addresses: []string{"127.0.0.1/8", "::1/128"}, Received: 100, Sent: 100},
		{Index: 7, Name: "eth0", Up: true, Addresses: []string{"172.17.0.2/16", "fe80::42:acff:fe11:2/64"}, Received: 123456, Sent: 7890},
		{Name: "down0"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestDevicesThatMakeNoSense(t *testing.T) {
	for _, bad := range []string{"a\nb\nc\n", "a\nb\nlo: 1 2\n", "a\nb\nlo: x 0 0 0 0 0 0 0 1 0\n"} {
		if _, err := parseDevices(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	if _, err := readDevices(fstest.MapFS{}, 9); err == nil || !strings.Contains(err.Error(), "process 9") {
		t.Errorf("a process without a network: %v", err)
	}
}

// The better way is asked only where there is more than loopback, and what it
// says of peers is completed: who is at the host is of no process of the lab.
func TestDevicesByTheBetterWay(t *testing.T) {
	v := newVillage()
	for name, f := range netFiles() {
		v.MapFS[strings.Replace(name, "proc/9/", "proc/10/", 1)] = f
	}
	v.MapFS["proc/1/ns/net"] = &fstest.MapFile{Data: []byte("net:[50]"), Mode: 0o777 | 1<<27}
	v.MapFS["proc/11/ns/net"] = &fstest.MapFile{Data: []byte("net:[51]"), Mode: 0o777 | 1<<27}
	var asked []int
	better := func(pid int, near []int) ([]sandbox.DeviceFact, error) {
		asked = append([]int{pid}, near...)
		return []sandbox.DeviceFact{
			{Name: "eth0", Kind: "veth", Peer: &sandbox.PeerFact{Name: "v1", Inode: 50, PID: 1}},
			{Name: "eth1", Kind: "veth", Peer: &sandbox.PeerFact{Name: "v2", Inode: 51, PID: 11}},
		}, nil
	}
	x := read(t, New(v).Lab(LabOptions{Devices: better}), 10, all4, nil)
	if d := cmp.Diff([]int{10, 11, 1}, asked); d != "" {
		t.Error("asked for the subject, one process of each other namespace, and the first one: ", d)
	}
	if !x.Devices[0].Peer.Host || x.Devices[0].Peer.PID != 0 || x.Devices[1].Peer.Host || x.Devices[1].Peer.PID != 11 {
		t.Errorf("peers %+v, %+v", x.Devices[0].Peer, x.Devices[1].Peer)
	}
	refused := func(int, []int) ([]sandbox.DeviceFact, error) { return nil, fs.ErrPermission }
	x = read(t, New(v).Lab(LabOptions{Devices: refused}), 10, all4, nil)
	if len(x.Devices) != 3 || !slices.Contains(x.Unread, "peers") {
		t.Errorf("where that is refused: %+v, unread %v", x.Devices, x.Unread)
	}
}

// In a container, process 1 is neither the host's nor, as a rule, the lab's.
func TestAPeerInTheNamespaceOfAContainersFirstProcess(t *testing.T) {
	v := newVillage()
	for name, f := range netFiles() {
		v.MapFS[strings.Replace(name, "proc/9/", "proc/10/", 1)] = f
	}
	v.add(villager{pid: 1, started: 1, command: "sh", bounding: "ff", pidNS: 77, userNS: hostUser})
	better := func(int, []int) ([]sandbox.DeviceFact, error) {
		return []sandbox.DeviceFact{{Name: "eth0", Kind: "veth", Peer: &sandbox.PeerFact{Name: "v1", Inode: 50, PID: 1}}}, nil
	}
	x := read(t, New(v).Lab(LabOptions{Devices: better}), 10, all4, nil)
	if p := x.Devices[0].Peer; p.Host || p.PID != 0 || p.Name != "v1" {
		t.Errorf("peer %+v, want its name alone", p)
	}
}
