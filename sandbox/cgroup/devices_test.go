//go:build linux

package cgroup

import (
	"strings"
	"testing"

	"cloison/sandbox"
)

func TestParseDeviceRule(t *testing.T) {
	for text, want := range map[string]sandbox.DeviceRule{
		"c 10:229 rw": {Type: 'c', Major: 10, Minor: 229, Access: "rw"},
		"b *:* r":     {Type: 'b', Major: -1, Minor: -1, Access: "r"},
		"a *:* rwm":   {Type: 'a', Major: -1, Minor: -1, Access: "rwm"},
	} {
		got, err := ParseDeviceRule(text)
		if err != nil || got != want {
			t.Errorf("%s: got %+v, %v; want %+v", text, got, err, want)
		}
		if back := ruleText(got); back != text {
			t.Errorf("%s: written as %s", text, back)
		}
	}
	for _, text := range []string{"", "c 1:3", "x 1:3 r", "c 1 r", "c 1:x r", "c -1:3 r", "c 1:3 x", "cc 1:3 r", "c 1:3 r w"} {
		if got, err := ParseDeviceRule(text); err == nil {
			t.Errorf("%q was taken as %+v", text, got)
		}
	}
}

func FuzzParseDeviceRule(f *testing.F) {
	f.Add("c 10:229 rw")
	f.Add("b *:* r")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := ParseDeviceRule(text)
		if err != nil {
			return
		}
		if again, err := ParseDeviceRule(ruleText(r)); err != nil || again != r {
			t.Errorf("%q is %+v, written as %q that is %+v, %v", text, r, ruleText(r), again, err)
		}
	})
}

func TestPlanOfDisksAndDevices(t *testing.T) {
	limits := sandbox.Limits{CPUSet: "1", Devices: HarmlessDevices(), IO: []sandbox.IOLimit{
		{Device: "/dev/sda", Major: 8, Rate: 1 << 20, Write: true}, {Device: "/dev/sda", Major: 8, Rate: 100, Operations: true},
	}}
	one := Place{Version: 1, CPUs: "0-3", Mems: "0", Others: map[string]Folder{
		"cpuset": {"/c/cpuset", true}, "blkio": {"/c/blkio", true}, "devices": {"/c/devices", true},
	}}
	plan, err := one.Plan("g", limits)
	if err != nil {
		t.Fatal(err)
	}
	want := `mkdir("/c/cpuset/g", 0755)
write(open("/c/cpuset/g/cpuset.cpus"), "1")
write(open("/c/cpuset/g/cpuset.mems"), "0")
mkdir("/c/blkio/g", 0755)
write(open("/c/blkio/g/blkio.throttle.write_bps_device"), "8:0 1048576")
write(open("/c/blkio/g/blkio.throttle.read_iops_device"), "8:0 100")
mkdir("/c/devices/g", 0755)
write(open("/c/devices/g/devices.deny"), "a"), write(open("/c/devices/g/devices.allow"), rule) × 10`
	if got := told(plan); got != want {
		t.Errorf("version 1: got\n%s\nwant\n%s", got, want)
	}
	limits.BlkioWeight = 300
	if _, err := one.Plan("g", limits); err == nil || !strings.Contains(err.Error(), "no weights for disks since Linux 5.0") {
		t.Errorf("a weight on version 1: %v", err)
	}
	two := Place{Version: 2, V2: []Level{{Path: "/c", Offered: []string{"cpuset", "io", "memory", "pids"}, Top: true, Writable: true}}}
	if plan, err = two.Plan("g", limits); err != nil {
		t.Fatal(err)
	}
	want = `write(open("/c/cgroup.subtree_control"), "+cpuset +io")
mkdir("/c/g", 0755)
write(open("/c/g/cpuset.cpus"), "1")
write(open("/c/g/io.max"), "8:0 wbps=1048576")
write(open("/c/g/io.max"), "8:0 riops=100")
write(open("/c/g/io.weight"), "2930")
bpf(BPF_PROG_LOAD, {prog_type = BPF_PROG_TYPE_CGROUP_DEVICE, insns = 10 rules}), bpf(BPF_PROG_ATTACH, {target = open("/c/g"), type = BPF_CGROUP_DEVICE})`
	if got := told(plan); got != want {
		t.Errorf("version 2: got\n%s\nwant\n%s", got, want)
	}
}
