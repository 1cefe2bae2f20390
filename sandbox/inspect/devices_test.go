package inspect

import (
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
		{Index: 1, Name: "lo", Kind: "loopback", Up: true, Addresses: []string{"::1/128", "127.0.0.1/8"}, Received: 100, Sent: 100},
		{Index: 7, Name: "eth0", Up: true, Addresses: []string{"fe80::42:acff:fe11:2/64", "172.17.0.2/16"}, Received: 123456, Sent: 7890},
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
