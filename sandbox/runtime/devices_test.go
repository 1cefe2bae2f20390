//go:build linux

package runtime

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/moby/sys/mountinfo"

	"cloison/sandbox"
	"cloison/sandbox/cgroup"
)

// needDeviceFilter skips where no cgroup can close device files.
func needDeviceFilter(t *testing.T) {
	t.Helper()
	needLimits(t)
	if p, err := cgroup.Look(); err != nil || !p.Devices {
		t.Skip("no cgroup can filter devices here: that takes root and, on version 1, an open devices controller")
	}
}

func TestDeviceFilterForReal(t *testing.T) {
	needDeviceFilter(t)
	full := []sandbox.Device{{Source: "/dev/full", Target: "/dev/other"}}
	for name, c := range map[string]struct {
		script string
		spec   sandbox.Spec
		code   int
		told   string
	}{
		"made, not opened":       {"mknod /d b 7 0 && head -c 1 /d", sandbox.Spec{}, 1, "head: /d: Operation not permitted"},
		"in a folder of its own": {"mkdir /t; mount -t tmpfs t /t; mknod /t/d b 7 0 && head -c 1 /t/d", sandbox.Spec{CapAdd: []string{"SYS_ADMIN"}}, 1, "Operation not permitted"},
		"not made":               {"mknod /d b 7 0", sandbox.Spec{CapDrop: []string{"MKNOD"}}, 1, "Operation not permitted"},
		"harmless":               {"mknod /z c 1 5 && head -c 1 /z >/dev/null", sandbox.Spec{}, 0, ""},
		"named":                  {"head -c 1 /dev/other >/dev/null", sandbox.Spec{Devices: full}, 0, ""},
		"by a rule":              {"mknod /m c 1 11 && exec 3>/m", sandbox.Spec{DeviceRules: []sandbox.DeviceRule{{Type: 'c', Major: 1, Minor: 11, Access: "w"}}}, 0, ""},
		"but not otherwise":      {"mknod /m c 1 11 && exec 3</m", sandbox.Spec{DeviceRules: []sandbox.DeviceRule{{Type: 'c', Major: 1, Minor: 11, Access: "w"}}}, 1, "Operation not permitted"},
	} {
		c.spec.Args = []string{"sh", "-c", c.script}
		if got := (order{Spec: c.spec}).give(t, false); got.code != c.code && !(c.code == 1 && got.code == 2) || !strings.Contains(got.told, c.told) {
			t.Errorf("%s: exit code %d, said %q and %q; want %d and %q", name, got.code, got.out, got.told, c.code, c.told)
		}
	}
}

// TestDeviceProgramForReal attaches the program of version 2, also where the
// controllers are on version 1.
func TestDeviceProgramForReal(t *testing.T) {
	needRoot(t)
	mounts, err := mountinfo.GetMounts(mountinfo.FSTypeFilter("cgroup2"))
	if err != nil || len(mounts) == 0 {
		t.Skip("no cgroup file system of version 2 is mounted")
	}
	spec := shell("mknod /z c 1 5 && head -c 1 /z >/dev/null && echo harmless; mknod /m c 10 229; (exec 3<>/m) && echo too much; (exec 3</m) && echo reads; mknod /d b 7 0 && head -c 1 /d")
	spec.DeviceRules = []sandbox.DeviceRule{{Type: 'c', Major: 10, Minor: 229, Access: "r"}}
	got := order{Spec: spec, Unified: mounts[0].Mountpoint, Filter: true}.give(t, false)
	if strings.Contains(got.told, "CONFIG_CGROUP_BPF") || strings.Contains(got.told, "ENOSYS") {
		t.Skipf("this kernel attaches no programs to cgroups: %s", got.told)
	}
	if strings.Contains(got.told, "No such device") {
		t.Skip("this kernel has no /dev/fuse to open")
	}
	if got.code != 1 || got.out != "harmless\nreads\n" || !strings.Contains(got.told, "head: /d: Operation not permitted") {
		t.Errorf("exit code %d, said %q and %q", got.code, got.out, got.told)
	}
}

func TestCPUSetForReal(t *testing.T) {
	needLimits(t)
	spec := shell("nproc; grep Cpus_allowed_list /proc/self/status")
	spec.Limits.CPUSet = "0"
	if got := (order{Spec: spec}).give(t, false); got.out != "1\nCpus_allowed_list:\t0\n" {
		t.Errorf("said %q and %q", got.out, got.told)
	}
	spec.Limits.CPUSet = "4096"
	if got := (order{Spec: spec}).give(t, false); got.code != 125 || !strings.Contains(got.told, "cpuset.cpus") {
		t.Errorf("a CPU that is not there: exit code %d, said %q", got.code, got.told)
	}
}

// TestDiskSpeedForReal writes to a disk that is a file.
func TestDiskSpeedForReal(t *testing.T) {
	needDeviceFilter(t)
	file := filepath.Join(t.TempDir(), "disk")
	if err := os.WriteFile(file, make([]byte, 4<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("losetup", "--find", "--show", file).CombinedOutput()
	if err != nil {
		t.Skipf("no loop device can be had: %s", out)
	}
	disk := strings.TrimSpace(string(out))
	defer func() { _ = exec.Command("losetup", "--detach", disk).Run() }()
	spec := shell(fmt.Sprintf("dd if=/dev/zero of=%s bs=1M count=2 oflag=direct 2>/dev/null", disk))
	spec.Devices = []sandbox.Device{{Source: disk, Target: disk}}
	spec.Limits.IO = []sandbox.IOLimit{{Device: disk, Rate: 1 << 20, Write: true}}
	start := time.Now()
	got := order{Spec: spec}.give(t, false)
	if strings.Contains(got.told, "not available here") {
		t.Skip(got.told)
	}
	if took := time.Since(start); got.code != 0 || took < 900*time.Millisecond {
		t.Errorf("2 MiB at 1 MiB/s took %s; exit code %d, said %q", took, got.code, got.told)
	}
	spec.Limits.IO[0].Device = "/dev/null"
	if got := (order{Spec: spec}).give(t, false); got.code != 125 || !strings.Contains(got.told, "that is no disk") {
		t.Errorf("exit code %d, said %q", got.code, got.told)
	}
}
