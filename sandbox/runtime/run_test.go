//go:build linux

package runtime

import (
	"bufio"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/moby/sys/mountinfo"

	"cloison/sandbox"
	"cloison/sandbox/cgroup"
)

func TestContainerForReal(t *testing.T) {
	for user, plain := range users(t) {
		for name, c := range map[string]struct {
			spec sandbox.Spec
			code int
			out  string // regular expression
		}{
			"is number 1":         {shell("echo $$; ps | wc -l"), 0, `^1\n\d\n$`},
			"host name":           {sandbox.Spec{Args: []string{"hostname"}, Hostname: "web"}, 0, `^web\n$`},
			"is root inside":      {shell("id -u; cat /proc/self/setgroups"), 0, `^0\n`},
			"its own code":        {shell("exit 7"), 7, ``},
			"killed by a signal":  {shell("sh -c 'kill -TERM $$'; exit $?"), 143, ``},
			"no such command":     {sandbox.Spec{Args: []string{"nosuch"}}, 127, ``},
			"no such path":        {sandbox.Spec{Args: []string{"/no/such"}}, 127, ``},
			"a folder":            {sandbox.Spec{Args: []string{"/etc"}}, 126, ``},
			"not executable":      {sandbox.Spec{Args: []string{"/etc/passwd"}}, 126, ``},
			"default sets":        {shell("grep Cap /proc/self/status"), 0, `CapInh:\t0{16}\nCapPrm:\t00000000a80425fb\nCapEff:\t00000000a80425fb\nCapBnd:\t00000000a80425fb\nCapAmb:\t0{16}\n`},
			"all dropped, one in": {sandbox.Spec{Args: []string{"grep", "Cap", "/proc/self/status"}, CapDrop: []string{"ALL"}, CapAdd: []string{"kill"}}, 0, `CapPrm:\t0{14}20\nCapEff:\t0{14}20\nCapBnd:\t0{14}20\n`},
			"no_new_privs":        {sandbox.Spec{Args: []string{"grep", "NoNewPrivs", "/proc/self/status"}, NoNewPrivileges: true}, 0, `NoNewPrivs:\t1\n`},
			"new privileges":      {sandbox.Spec{Args: []string{"grep", "NoNewPrivs", "/proc/self/status"}}, 0, `NoNewPrivs:\t0\n`},
			"read-only":           {sandbox.Spec{Args: []string{"touch", "/x"}, ReadOnly: true}, 1, ``},
			"writable":            {shell("echo a >/x && cat /x"), 0, `^a\n$`},
			"tmpfs on read-only":  {sandbox.Spec{Args: []string{"sh", "-c", "echo a >/run/x && grep ' /run ' /proc/mounts"}, ReadOnly: true, Tmpfs: []sandbox.Tmpfs{{Target: "/run", Options: "size=1m"}}}, 0, `nosuid,nodev,noexec,.*size=1024k`},
			"loopback is up":      {shell("ip -o link | wc -l; ip -o link show lo"), 0, `^1\n.*LOOPBACK,UP`},
			"environment":         {sandbox.Spec{Args: []string{"env"}, Env: []string{"A=b"}}, 0, `A=b`},
			"nothing inherited":   {sandbox.Spec{Args: []string{"env"}}, 0, `^PATH=[^\n]*\nHOME=/root\nHOSTNAME=cloison\n$`},
			"working directory":   {sandbox.Spec{Args: []string{"pwd"}, Dir: "/a/b"}, 0, `^/a/b\n$`},
			"devices":             {shell("echo x >/dev/null && head -c 3 /dev/zero | wc -c; ls /dev | wc -l"), 0, `^3\n13\n$`},
			"no file left open":   {shell("ls /proc/self/fd"), 0, `^0\n1\n2\n3\n$`},
			"settings are locked": {shell("echo x >/proc/sys/kernel/hostname"), 1, ``},
			"/ is the cgroup":     {shell("cut -d: -f3 /proc/self/cgroup | sort -u"), 0, `^/`},
		} {
			got := order{Spec: c.spec}.give(t, plain)
			if got.code != c.code || !regexp.MustCompile(c.out).MatchString(got.out) {
				t.Errorf("%s, %s: exit code %d, said %q and %q; want %d and %s", user, name, got.code, got.out, got.told, c.code, c.out)
			}
		}
	}
}

func TestExplainTellsEveryAction(t *testing.T) {
	for user, plain := range users(t) {
		got := order{Spec: shell("exit 5"), Explain: true}.give(t, plain)
		if !strings.Contains(got.told, "clone(") && !strings.Contains(got.told, "clone3(") {
			t.Errorf("%s: the narration lacks the birth:\n%s", user, got.told)
		}
		for _, want := range []string{"pivot_root(\".\", \".\")", "execve(\"$PATH/sh\"", "waitpid($PID)"} {
			if !strings.Contains(got.told, want) {
				t.Errorf("%s: the narration lacks %s:\n%s", user, want, got.told)
			}
		}
		if got.code != 5 {
			t.Errorf("%s: exit code %d, want 5", user, got.code)
		}
		got = order{Spec: sandbox.Spec{Args: []string{"/no/such"}}, Explain: true}.give(t, plain)
		if got.code != 127 || !strings.Contains(got.told, "refused: ENOENT (no such file or directory)") {
			t.Errorf("%s: exit code %d, told\n%s\nwant 127 and ENOENT", user, got.code, got.told)
		}
	}
}

func TestUserIsWhoItIs(t *testing.T) {
	needRoot(t)
	spec := shell("id -u; id -g; grep -E 'CapEff|CapBnd' /proc/self/status; cat /proc/self/uid_map | tr -s ' '")
	spec.User = "1000:1001"
	got := order{Spec: spec}.give(t, false)
	if want := "1000\n1001\nCapEff:\t0000000000000000\nCapBnd:\t00000000a80425fb\n"; !strings.HasPrefix(got.out, want) {
		t.Errorf("said %q and %q, want %q", got.out, got.told, want)
	}
	spec = shell("id -u; touch /mine; stat -c %u /mine; cat /proc/self/uid_map | tr -s ' '")
	spec.Namespaces = append(DefaultNamespaces(true), sandbox.UserNS)
	spec.UIDMap = []sandbox.IDRange{{Outside: 100000, Size: 65536}}
	spec.GIDMap = spec.UIDMap
	got = order{Spec: spec}.give(t, false)
	if want := "0\n0\n 0 100000 65536\n"; got.out != want {
		t.Errorf("remapped: said %q and %q, want %q", got.out, got.told, want)
	}
}

func TestMemoryLimitKills(t *testing.T) {
	needLimits(t)
	spec := sandbox.Spec{Args: []string{"tail", "/dev/zero"}, Limits: sandbox.Limits{Memory: 16 << 20}}
	if got := (order{Spec: spec}).give(t, false); got.code != 137 {
		t.Errorf("exit code %d, said %q; want 137", got.code, got.told)
	}
}

func TestPidsLimitRefusesForks(t *testing.T) {
	needLimits(t)
	spec := shell("for i in 1 2 3 4 5 6 7 8; do sleep 100 & done")
	spec.Limits.Pids = 4
	if got := (order{Spec: spec}).give(t, false); got.code == 0 || !strings.Contains(got.told, "can't fork") {
		t.Errorf("exit code %d, said %q; want a refused fork", got.code, got.told)
	}
}

// systemIn unpacks a small system into a folder.
func systemIn(t *testing.T, dir string) {
	t.Helper()
	busybox, err := exec.LookPath("busybox")
	if err != nil {
		t.Skip("there is no busybox to make a root file system of")
	}
	text, err := os.ReadFile(busybox)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"bin", "proc", "sys", "dev"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "bin", "busybox"), text, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
}

func TestFolderIsLeftAsItWas(t *testing.T) {
	for user, plain := range users(t) {
		dir, err := os.MkdirTemp("/var/tmp", "cloison-root")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.RemoveAll(dir) })
		systemIn(t, dir)
		before := mountsBelow(t, dir)
		got := order{Spec: sandbox.Spec{Args: []string{"/bin/busybox", "sh", "-c", "echo $$; [ -e /proc/1/status ] && [ -c /dev/null ]"}, Rootfs: dir}}.give(t, plain)
		if got.code != 0 || got.out != "1\n" {
			t.Errorf("%s: exit code %d, said %q and %q", user, got.code, got.out, got.told)
		}
		if after := mountsBelow(t, dir); before != after {
			t.Errorf("%s: mounts are left: %s", user, after)
		}
		if left := groupsOf(t, got.pid); len(left) != 0 {
			t.Errorf("%s: cgroups are left: %v", user, left)
		}
		if names, _ := os.ReadDir(filepath.Join(dir, "dev")); len(names) != 0 {
			t.Errorf("%s: the folder's dev holds %v", user, names)
		}
	}
}

func mountsBelow(t *testing.T, dir string) string {
	t.Helper()
	text, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, line := range strings.Split(string(text), "\n") {
		if strings.Contains(line, dir) {
			found = append(found, line)
		}
	}
	return strings.Join(found, "\n")
}

// TestKillNineLeavesNothing kills cloison itself.
func TestKillNineLeavesNothing(t *testing.T) {
	for user, plain := range users(t) {
		cmd, inside := startSleeper(t, plain)
		groups := groupsOf(t, cmd.Process.Pid)
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		eventually(t, user+": the container's end", func() bool { return !alive(inside) })
		if user == "root" && len(groups) == 0 {
			t.Log("the container had no cgroup to sweep")
		}
		if got := (order{Spec: shell("true")}).give(t, plain); got.code != 0 {
			t.Fatalf("%s: the next container ended with %d: %s", user, got.code, got.told)
		}
		if left := groupsOf(t, cmd.Process.Pid); len(left) != 0 {
			t.Errorf("%s: the next start has left %v", user, left)
		}
	}
}

// startSleeper starts a container that waits, and returns its first process as
// this test counts.
func startSleeper(t *testing.T, plain bool) (*exec.Cmd, int) {
	t.Helper()
	cmd := order{Spec: shell("trap 'exit 42' TERM; echo ready; while :; do sleep 0.05; done")}.command(t, plain)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		eventually(t, "its cgroup is swept", func() bool {
			if p, err := cgroup.Look(); err == nil {
				p.Sweep()
			}
			return len(groupsOf(t, cmd.Process.Pid)) == 0
		})
	})
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "ready\n" {
		t.Fatalf("the container said %q, %v", line, err)
	}
	return cmd, childOf(t, cmd.Process.Pid)
}

// childOf finds the one child of a process, whichever thread has made it.
func childOf(t *testing.T, pid int) int {
	t.Helper()
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, list := range lists {
		text, _ := os.ReadFile(list)
		if words := strings.Fields(string(text)); len(words) > 0 {
			child, err := strconv.Atoi(words[0])
			if err != nil {
				t.Fatal(err)
			}
			return child
		}
	}
	t.Fatalf("process %d has no child", pid)
	return 0
}

// groupsOf lists the cgroups of containers that a process has made.
func groupsOf(t *testing.T, pid int) []string {
	t.Helper()
	p, err := cgroup.Look()
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, f := range slices.Concat(slices.Collect(maps.Values(p.V1)), slices.Collect(maps.Values(p.Others))) {
		groups, _ := filepath.Glob(filepath.Join(f.Path, fmt.Sprintf("cloison-run-%d-*", pid)))
		found = append(found, groups...)
	}
	for _, l := range p.V2 {
		groups, _ := filepath.Glob(filepath.Join(l.Path, fmt.Sprintf("cloison-run-%d-*", pid)))
		found = append(found, groups...)
	}
	return found
}

func TestSignalsReachTheContainer(t *testing.T) {
	for user, plain := range users(t) {
		cmd, _ := startSleeper(t, plain)
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		if code := cmd.ProcessState.ExitCode(); code != 42 {
			t.Errorf("%s: exit code %d, want 42, the trap's", user, code)
		}
	}
}

func TestJoin(t *testing.T) {
	for user, plain := range users(t) {
		_, inside := startSleeper(t, plain)
		for _, explain := range []bool{false, true} {
			got := order{Spec: shell("echo $$; hostname; cat /proc/1/comm; exit 6"), PID: inside, Explain: explain}.give(t, plain)
			if lines := strings.Split(got.out, "\n"); got.code != 6 || len(lines) != 4 || lines[0] == "1" || lines[1] != "cloison" || lines[2] != "sh" {
				t.Errorf("%s: exit code %d, said %q and %q", user, got.code, got.out, got.told)
			}
		}
		if got := (order{Spec: sandbox.Spec{Args: []string{"nosuch"}}, PID: inside}).give(t, plain); got.code != 127 {
			t.Errorf("%s: exit code %d for a command that is not there, want 127", user, got.code)
		}
	}
	if got := (order{Spec: shell("true"), PID: 1 << 22}).give(t, true); got.code != 125 || !strings.Contains(got.told, "there is no such process") {
		t.Errorf("no such process: exit code %d, said %q", got.code, got.told)
	}
}

func TestJoinEntersTheCgroupWhenAsked(t *testing.T) {
	needLimits(t)
	_, inside := startSleeper(t, false)
	with := order{Spec: shell("cat /proc/self/cgroup"), PID: inside, Cgroup: true}.give(t, false)
	without := order{Spec: shell("cat /proc/self/cgroup"), PID: inside}.give(t, false)
	if with.code != 0 || with.out == without.out {
		t.Errorf("with --cgroup %q, without %q: want a difference; told %q", with.out, without.out, with.told)
	}
}

// TestInsideAnotherUserNamespace starts a container from a root who is nobody
// outside, as in a rootless lab.
func TestInsideAnotherUserNamespace(t *testing.T) {
	for user, plain := range users(t) {
		cmd := order{Spec: shell("id -u; grep CapEff /proc/self/status")}.command(t, plain)
		cmd.SysProcAttr = namespaced(cmd.SysProcAttr)
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.HasPrefix(string(out), "0\nCapEff:\t00000000a80425fb\n") {
			t.Errorf("%s: %v, said %q", user, err, out)
		}
	}
}

// namespaced makes a process root of a user and a mount namespace, mapped to
// its ordinary user outside.
func namespaced(attr *syscall.SysProcAttr) *syscall.SysProcAttr {
	uid, gid := os.Getuid(), os.Getgid()
	if attr != nil && attr.Credential != nil {
		uid, gid = int(attr.Credential.Uid), int(attr.Credential.Gid)
	}
	return &syscall.SysProcAttr{
		Credential:  &syscall.Credential{NoSetGroups: true},
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{HostID: uid, Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: gid, Size: 1}},
	}
}

// TestVersion2ForReal is born into a cgroup of version 2, also where its
// controllers are on version 1.
func TestVersion2ForReal(t *testing.T) {
	needRoot(t)
	mounts, err := mountinfo.GetMounts(mountinfo.FSTypeFilter("cgroup2"))
	if err != nil || len(mounts) == 0 {
		t.Skip("no cgroup file system of version 2 is mounted")
	}
	top := mounts[0].Mountpoint
	if err := os.Mkdir(filepath.Join(top, "cloison-test"), 0o755); err != nil {
		t.Skip(err)
	}
	defer os.Remove(filepath.Join(top, "cloison-test"))
	for _, explain := range []bool{false, true} {
		got := order{Spec: shell("grep ^0: /proc/self/cgroup; head -1 /sys/fs/cgroup/cgroup.procs"), Unified: top, Explain: explain}.give(t, false)
		if got.code != 0 || got.out != "0::/\n1\n" {
			t.Errorf("exit code %d, said %q and %q; want the group as its root, with process 1 in it", got.code, got.out, got.told)
		}
		if left, _ := filepath.Glob(filepath.Join(top, fmt.Sprintf("cloison-run-%d-*", got.pid))); len(left) != 0 {
			t.Errorf("cgroups are left: %v", left)
		}
	}
}
