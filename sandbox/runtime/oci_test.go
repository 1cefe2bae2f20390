//go:build linux

package runtime

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/opencontainers/runtime-spec/specs-go"

	"cloison/sandbox"
	"cloison/sandbox/inspect"
)

// probe prints what a container's process finds: who it is, what it may do, and
// what it sees. Mounts are told by target and the options that matter, but for
// those that cover something, where the two runtimes use different means, and
// for busybox, which a bundle holds as a copy. Order does not count.
const probe = `id; grep -E '^(Cap|NoNewPrivs|Seccomp:|Groups)' /proc/self/status
hostname; pwd; env | sort; ulimit -n; cat /proc/self/oom_score_adj /proc/self/uid_map /proc/self/gid_map | tr -s ' '
ls /dev; ls /; umask; readlink /proc/self/ns/cgroup >/dev/null && echo cgroup $(cut -d: -f3 /proc/self/cgroup | sort -u | head -1)
awk '{print $2, ($4 ~ /^ro|,ro,/) ? "ro" : "rw", ($4 ~ /nosuid/), ($4 ~ /noexec/)}' /proc/mounts | grep -vE '^/bin/busybox |^/dev/[a-z]+ |^/proc/(interrupts|keys|timer_list|kcore|acpi|scsi|asound|latency_stats|sched_debug) |^/sys/(firmware|devices)|^/ ' | sort
for f in /proc/kcore /proc/keys /proc/timer_list /proc/interrupts; do [ -e $f ] && echo $f $(head -c 1 $f 2>&1 | wc -c); done
unshare -U true 2>&1; mknod /dev/x b 7 0 2>&1; echo ports from $(cat /proc/sys/net/ipv4/ip_unprivileged_port_start); echo x 2>&1 >/proc/sys/kernel/hostname
ip -o link | cut -d: -f2,3 | cut -d' ' -f2,3`

// alike are containers that must come out the same from cloison and runc.
func alike(volume string) map[string]func(*sandbox.Spec) {
	return map[string]func(*sandbox.Spec){
		"as it comes": func(*sandbox.Spec) {},
		"hardened": func(s *sandbox.Spec) {
			s.CapDrop, s.NoNewPrivileges, s.ReadOnly, s.User = []string{"ALL"}, true, true, "1000:1000"
		},
		"with more": func(s *sandbox.Spec) {
			s.CapAdd, s.Hostname, s.Dir, s.Env = []string{"NET_ADMIN"}, "web", "/tmp", []string{"A=b"}
		},
		"limits": func(s *sandbox.Spec) {
			s.Limits = sandbox.Limits{Memory: 64 << 20, Pids: 50, CPUs: 0.5}
			s.OOMScoreAdj = 300
			s.Rlimits = []sandbox.Rlimit{{Name: "nofile", Soft: 77, Hard: 88}}
		},
		"user, groups": func(s *sandbox.Spec) {
			s.User, s.Groups, s.Ambient = "1000", []string{"tty", "7"}, []string{"NET_BIND_SERVICE"}
		},
		"mounts": func(s *sandbox.Spec) {
			s.Tmpfs, s.Volumes = []sandbox.Tmpfs{{Target: "/run", Options: "size=1m"}}, []sandbox.Volume{{Source: volume, Target: "/v", ReadOnly: true}, {Source: volume, Target: "/w"}}
		},
		"unconfined": func(s *sandbox.Spec) { s.Seccomp.Off, s.Unmasked = true, true },
		"sysctl": func(s *sandbox.Spec) {
			s.Sysctls = []sandbox.Sysctl{{Name: "net.ipv4.ip_unprivileged_port_start", Value: "0"}}
		},
		"host network": func(s *sandbox.Spec) { s.Namespaces = without(sandbox.NetNS) },
		"remapped": func(s *sandbox.Spec) {
			s.Namespaces = append(DefaultNamespaces(true), sandbox.UserNS)
			s.UIDMap = []sandbox.IDRange{{Outside: 100000, Size: 65536}}
			s.GIDMap = s.UIDMap
		},
	}
}

func needRunc(t *testing.T) {
	t.Helper()
	needRoot(t)
	if _, err := exec.LookPath("runc"); err != nil {
		t.Skip("there is no runc to compare with")
	}
}

// bundleOf writes a container down and gives the folder.
func bundleOf(t *testing.T, spec sandbox.Spec) string {
	t.Helper()
	base, err := os.MkdirTemp("/var/tmp", "cloison-bundle")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(base) })
	if err := os.Chmod(base, 0o755); err != nil {
		t.Fatal(err)
	}
	s, err := Look(spec)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(base, "bundle")
	if err := WriteBundle(dir, spec, s); err != nil {
		t.Fatal(err)
	}
	return dir
}

// runc starts a bundle; the container's name is the folder's.
func runc(dir string, args ...string) *exec.Cmd {
	return exec.Command("runc", append([]string{"--root", filepath.Join(filepath.Dir(dir), "state")}, args...)...)
}

func TestBundleStartsAlike(t *testing.T) {
	needRunc(t)
	needLimits(t)
	for name, change := range alike(shared(t, false)) {
		spec := shell(probe)
		change(&spec)
		ours := order{Spec: spec}.give(t, false)
		dir := bundleOf(t, spec)
		theirs, err := runc(dir, "run", "--bundle", dir, "cloison-test").CombinedOutput()
		if err != nil && !strings.Contains(string(theirs), "Read-only") {
			t.Errorf("%s: runc: %v: %s", name, err, theirs)
		}
		for _, line := range differing(t, ours.out+ours.told, string(theirs)) {
			t.Errorf("%s: %s", name, line)
		}
	}
}

// differing are the lines that only one side has, with + for the other one's.
func differing(t *testing.T, ours, theirs string) (list []string) {
	t.Helper()
	a, b := strings.Split(ours, "\n"), strings.Split(theirs, "\n")
	if len(a) < 20 {
		t.Errorf("cloison said only %q", ours)
	}
	for _, line := range a {
		if !slices.Contains(b, line) {
			list = append(list, "- "+line)
		}
	}
	for _, line := range b {
		if !slices.Contains(a, line) {
			list = append(list, "+ "+line)
		}
	}
	return list
}

// TestBundleHasTheSameFacts compares what the kernel says of both from outside.
func TestBundleHasTheSameFacts(t *testing.T) {
	needRunc(t)
	needLimits(t)
	for name, change := range alike(shared(t, false)) {
		spec := sandbox.Spec{Args: []string{"sleep", "1000"}}
		change(&spec)
		ours := factsOfOurs(t, spec)
		theirs := factsOfRunc(t, bundleOf(t, spec))
		for _, c := range inspect.Diff(ours, theirs) {
			if !differs(c) {
				t.Errorf("%s: %s is %q with cloison, %q with runc", name, c.What, c.Before, c.After)
			}
		}
		for i, ns := range ours.Namespaces {
			if ns.Host != theirs.Namespaces[i].Host {
				t.Errorf("%s: %s is the host's with cloison: %v, with runc: %v", name, ns.Type, ns.Host, theirs.Namespaces[i].Host)
			}
		}
	}
}

// differs says what two containers never have in common: the numbers of their
// processes and namespaces, where their cgroups are, and what they use.
func differs(c inspect.Change) bool {
	switch c.What {
	case "ppid", "inner_pids", "cgroup.memory.used", "cgroup.pids.used", "cgroup.cpu.throttled":
		return true
	}
	return strings.HasPrefix(c.What, "namespaces.") || strings.HasPrefix(c.What, "cgroup.paths.")
}

func factsOfOurs(t *testing.T, spec sandbox.Spec) sandbox.Facts {
	t.Helper()
	cmd := order{Spec: spec}.command(t, false)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = order{Spec: shell("true")}.give(t, false) // which sweeps
	}()
	pid := 0
	eventually(t, "its process", func() bool {
		pid = firstChild(cmd.Process.Pid)
		return pid != 0 && comm(pid) == "sleep"
	})
	return factsOf(t, pid)
}

func factsOfRunc(t *testing.T, dir string) sandbox.Facts {
	t.Helper()
	cmd := runc(dir, "run", "--bundle", dir, "cloison-facts")
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = runc(dir, "delete", "--force", "cloison-facts").Run()
		_ = cmd.Wait()
	}()
	var state struct{ PID int }
	eventually(t, "runc's process", func() bool {
		out, err := runc(dir, "state", "cloison-facts").Output()
		return err == nil && json.Unmarshal(out, &state) == nil && state.PID != 0 && comm(state.PID) == "sleep"
	})
	return factsOf(t, state.PID)
}

func factsOf(t *testing.T, pid int) sandbox.Facts {
	t.Helper()
	f, err := inspect.New(os.DirFS("/")).Read(pid)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// comm is a process's name, once execve(2) has set its arguments too.
func comm(pid int) string {
	name, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "comm"))
	args, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "cmdline"))
	if !strings.HasPrefix(string(args), strings.TrimSpace(string(name))) {
		return ""
	}
	return strings.TrimSpace(string(name))
}

func firstChild(pid int) int {
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, list := range lists {
		text, _ := os.ReadFile(list)
		if words := strings.Fields(string(text)); len(words) > 0 {
			child, _ := strconv.Atoi(words[0])
			return child
		}
	}
	return 0
}

func TestOCI(t *testing.T) {
	s := rootV2
	s.Sources = map[string]Source{"/dev/fuse": {Device: 'c', Major: 10, Minor: 229}}
	got, err := OCI(sandbox.Spec{
		Args: []string{"sh"}, Devices: []sandbox.Device{{Source: "/dev/fuse", Target: "/dev/fuse", Access: "rw"}},
		Namespaces: append(DefaultNamespaces(true), sandbox.TimeNS), TimeOffset: 90 * time.Second, AppArmor: "",
	}, s)
	if err != nil {
		t.Fatal(err)
	}
	if d := got.Linux.Resources.Devices; len(d) != 12 || d[0].Allow || !d[11].Allow || *d[11].Major != 10 || d[11].Access != "rw" {
		t.Errorf("devices %+v", d)
	}
	if o := got.Linux.TimeOffsets["boottime"]; o.Secs != 90 {
		t.Errorf("time offsets %+v", got.Linux.TimeOffsets)
	}
	if !slices.ContainsFunc(got.Mounts, func(m specs.Mount) bool { return m.Destination == "/sys/fs/cgroup" && slices.Contains(m.Options, "ro") }) {
		t.Errorf("mounts %+v", got.Mounts)
	}
	if _, err := OCI(sandbox.Spec{Args: []string{"sh"}, Bridge: true}, s); err == nil || !strings.Contains(err.Error(), "a bundle cannot tell of a bridge") {
		t.Errorf("a bridge: %v", err)
	}
}

func TestBundleTakesOnlyAnEmptyFolder(t *testing.T) {
	dir := t.TempDir()
	spec := shell("true")
	s, err := Look(spec)
	if err != nil {
		t.Fatal(err)
	}
	if s.Busybox == "" {
		t.Skip("there is no busybox to make a root file system of")
	}
	if err := WriteBundle(dir, spec, s); err != nil {
		t.Error(err)
	}
	if err := WriteBundle(dir, spec, s); err == nil || !strings.Contains(err.Error(), "the folder is not empty") {
		t.Errorf("got %v", err)
	}
}
