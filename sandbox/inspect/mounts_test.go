package inspect

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"cloison/sandbox"
)

const hostMounts = `24 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
25 24 0:22 / /proc rw,nosuid shared:2 - proc proc rw
26 24 0:23 / /tmp rw shared:3 - tmpfs tmpfs rw
27 24 0:24 / /srv rw - tmpfs tmpfs rw
`

func compared(t *testing.T, own string) sandbox.MountFacts {
	t.Helper()
	mine, err := parseMounts([]byte(own))
	if err != nil {
		t.Fatal(err)
	}
	hosts, err := parseMounts([]byte(hostMounts))
	if err != nil {
		t.Fatal(err)
	}
	return compareMounts(mine, hosts)
}

// A copy of a mount namespace has the same mounts under other numbers.
func TestACopyOfTheMountsDoesNotDiffer(t *testing.T) {
	got := compared(t, `90 80 254:0 / / rw,relatime - ext4 /dev/vda rw
91 90 0:22 / /proc rw,nosuid - proc proc rw
92 90 0:23 / /tmp rw - tmpfs tmpfs rw
93 90 0:24 / /srv rw - tmpfs tmpfs rw
`)
	if d := cmp.Diff(sandbox.MountFacts{Same: 4}, got); d != "" {
		t.Error(d)
	}
}

func TestMountsThatDiffer(t *testing.T) {
	got := compared(t, `90 80 254:0 / / ro,relatime - ext4 /dev/vda rw
91 90 0:22 / /proc rw,nosuid - proc proc rw
92 90 0:23 / /tmp rw - tmpfs tmpfs rw
94 92 0:50 / /tmp rw,noexec - tmpfs mine rw,size=1024k
95 91 0:5 /null /proc/kcore rw - devtmpfs udev rw
96 91 0:51 / /proc/acpi ro - tmpfs tmpfs ro
97 91 0:22 /sys /proc/sys ro,nosuid - proc proc rw
98 90 254:0 /etc /data rw - ext4 /dev/vda ro
`)
	want := sandbox.MountFacts{Same: 2, Gone: 1, Differ: []sandbox.MountFact{
		{Point: "/", Type: "ext4", Source: "/dev/vda", Root: "/", Options: []string{"ro", "relatime"}, Changed: true},
		{Point: "/tmp", Type: "tmpfs", Source: "mine", Root: "/", Options: []string{"rw", "noexec"}, Over: true},
		{Point: "/proc/kcore", Type: "devtmpfs", Source: "udev", Root: "/null", Options: []string{"rw"}, Covering: true},
		{Point: "/proc/acpi", Type: "tmpfs", Source: "tmpfs", Root: "/", Options: []string{"ro"}, Covering: true},
		{Point: "/proc/sys", Type: "proc", Source: "proc", Root: "/sys", Options: []string{"ro", "nosuid"}, Covering: true},
		{Point: "/data", Type: "ext4", Source: "/dev/vda", Root: "/etc", Options: []string{"ro"}},
	}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestOnlySoManyMountsAreTold(t *testing.T) {
	own := ""
	for range mostMounts + 5 {
		own += "98 90 0:77 / /data rw - tmpfs x rw\n"
	}
	got := compared(t, own)
	if len(got.Differ) != mostMounts || got.More != 5 || got.Gone != 4 {
		t.Errorf("%d told, %d more, %d gone", len(got.Differ), got.More, got.Gone)
	}
}
