package inspect

import (
	"errors"
	"io/fs"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"cloison/sandbox"
)

// able is a computer that lacks nothing that does not exclude something else.
func able() Host {
	return Host{
		Kernel: "6.12.0", LSMs: []string{"capability", "apparmor", "selinux"},
		Capabilities: 1<<41 - 1, InitUserNS: true, Seccomp: true, Pressure: true,
		Cgroup:  CgroupHost{V1: needed, V2: needed, Writable: true},
		Busybox: "/bin/busybox", BusyboxStatic: true, Setcap: "/sbin/setcap",
	}
}

// ordinary is the same computer for an ordinary user in a session of systemd.
func ordinary() Host {
	h := able()
	h.UID, h.Capabilities, h.UserManager = 1000, 0, true
	h.Cgroup = CgroupHost{V2: needed, Delegated: "/sys/fs/cgroup/user.slice"}
	h.LSMs = []string{"capability"}
	h.Docker = exec.ErrNotFound
	return h
}

func TestLacks(t *testing.T) {
	for _, c := range []struct {
		what  string
		host  func() Host
		lacks string // the needs that are not met
		why   map[string]string
	}{
		{"everything is there", able, "", nil},
		{"an ordinary user", ordinary, "apparmor cgroup1 docker root selinux", map[string]string{
			"root": "ordinary user", "docker": "not installed", "cgroup1": "memory, pids, cpu",
		}},
		{"the root of a container", func() Host {
			h := able()
			h.Capabilities = 0xa80425fb
			h.Cgroup.Writable = false
			h.Cgroup.V1 = nil
			h.UserNS, h.NetNS = syscall.EPERM, syscall.EPERM
			return h
		}, "cgroup cgroup1 net root userns", map[string]string{
			"root": "CAP_SYS_ADMIN", "cgroup": "read-only", "userns": "no sysctl says why", "net": "operation not permitted",
		}},
		{"the root of a user namespace", func() Host {
			h := able()
			h.InitUserNS = false
			return h
		}, "root", map[string]string{"root": "user namespace"}},
		{"Ubuntu's rule", func() Host {
			h := ordinary()
			h.UserNS, h.NetNS = syscall.EPERM, syscall.EPERM
			h.Sysctls = map[string]string{restrictUserNS: "1", maxUserNS: "15000", clonedUserNS: "1"}
			return h
		}, "apparmor cgroup1 docker net root selinux setcap userns", map[string]string{
			"userns": "kernel.apparmor_restrict_unprivileged_userns = 1", "setcap": "takes root",
		}},
		{"Debian's switch", func() Host {
			h := ordinary()
			h.UserNS = syscall.EPERM
			h.Sysctls = map[string]string{maxUserNS: "15000", clonedUserNS: "0"}
			return h
		}, "apparmor cgroup1 docker root selinux setcap userns", map[string]string{"userns": "kernel.unprivileged_userns_clone = 0"}},
		{"the kernel's limit", func() Host {
			h := ordinary()
			h.UserNS = syscall.ENOSPC
			h.Sysctls = map[string]string{maxUserNS: "0", clonedUserNS: "1"}
			return h
		}, "apparmor cgroup1 docker root selinux setcap userns", map[string]string{"userns": "user.max_user_namespaces = 0"}},
		{"a kernel without", func() Host {
			h := ordinary()
			h.UserNS = syscall.EINVAL
			h.Seccomp = false
			return h
		}, "apparmor cgroup1 docker root seccomp selinux setcap userns", map[string]string{
			"userns": "built without user namespaces", "seccomp": "built without seccomp",
		}},
		{"a user whom AppArmor confines", func() Host {
			h := ordinary()
			h.UserNS, h.NetNS = syscall.EACCES, syscall.EACCES
			return h
		}, "apparmor cgroup1 docker net root selinux setcap userns", map[string]string{"userns": "AppArmor profile", "net": "permission denied"}},
		{"a session without delegation", func() Host {
			h := ordinary()
			h.Cgroup.Delegated = ""
			return h
		}, "apparmor cgroup cgroup1 docker root selinux", map[string]string{"cgroup": "delegated"}},
		{"no session", func() Host {
			h := ordinary()
			h.Cgroup.Delegated, h.UserManager = "", false
			return h
		}, "apparmor cgroup cgroup1 docker root selinux", map[string]string{"cgroup": "delegated"}},
		{"an ordinary user on v1", func() Host {
			h := ordinary()
			h.Cgroup = CgroupHost{V1: needed, V2: []string{"hugetlb"}}
			return h
		}, "apparmor cgroup cgroup2 docker root selinux", map[string]string{"cgroup": "only root", "cgroup2": "memory, pids, cpu"}},
		{"no cgroups", func() Host {
			h := able()
			h.Cgroup = CgroupHost{}
			return h
		}, "cgroup cgroup1 cgroup2", map[string]string{"cgroup": "No cgroup hierarchy"}},
		{"a Docker that is not for us", func() Host {
			h := able()
			h.Docker = &fs.PathError{Op: "dial", Path: "docker.sock", Err: syscall.EACCES}
			return h
		}, "docker", map[string]string{"docker": "may not talk to it"}},
		{"a Docker elsewhere", func() Host {
			h := able()
			h.Docker = errRemoteDocker
			return h
		}, "docker", map[string]string{"docker": "another computer"}},
		{"a Docker that sleeps, a dynamic busybox, no setcap", func() Host {
			h := able()
			h.Docker = syscall.ECONNREFUSED
			h.BusyboxStatic, h.Setcap = false, ""
			return h
		}, "busybox docker setcap", map[string]string{
			"docker": "connection refused", "busybox": "/bin/busybox needs shared libraries", "setcap": "not installed",
		}},
		{"a computer without two tools", func() Host {
			h := able()
			h.Absent = []string{"runc", "cni"}
			return h
		}, "cni runc", map[string]string{"runc": "not installed"}},
		{"a kernel without two parts of the network", func() Host {
			h := able()
			h.Unbuilt = []string{"ipvlan", "ipvs"}
			return h
		}, "ipvlan ipvs", map[string]string{"ipvlan": "no sign of ipvlan", "ipvs": "no sign of ip_vs"}},
		{"a kernel without pressure", func() Host {
			h := able()
			h.Pressure = false
			return h
		}, "psi", map[string]string{"psi": "no /proc/pressure"}},
		{"a kernel without Landlock", func() Host {
			h := able()
			h.LSMs, h.Landlock = []string{"apparmor", "selinux"}, errors.New("exit status 127")
			return h
		}, "landlock", map[string]string{"landlock": "not active in this kernel"}},
		{"an old setpriv", func() Host {
			h := able()
			h.LSMs, h.Landlock = append(h.LSMs, "landlock"), errors.New("exit status 1")
			return h
		}, "landlock", map[string]string{"landlock": "can't use Landlock"}},
		{"no setpriv", func() Host {
			h := able()
			h.LSMs, h.Landlock = append(h.LSMs, "landlock"), exec.ErrNotFound
			return h
		}, "landlock", map[string]string{"landlock": "not installed"}},
		{"no busybox", func() Host {
			h := able()
			h.Busybox, h.BusyboxStatic = "", false
			return h
		}, "busybox", map[string]string{"busybox": "no busybox"}},
	} {
		lacks := Lacks(c.host())
		if got := strings.Join(slices.Sorted(maps.Keys(lacks)), " "); got != c.lacks {
			t.Errorf("%s: lacks %q, want %q", c.what, got, c.lacks)
		}
		for need, why := range c.why {
			if !strings.Contains(lacks[need].Why.EN, why) {
				t.Errorf("%s: %s: %q does not say %q", c.what, need, lacks[need].Why.EN, why)
			}
		}
		for need, lack := range lacks {
			proofread(t, c.what+": "+need, lack.Why, lack.Remedy)
		}
	}
}

// proofread demands both languages and French typography.
func proofread(t *testing.T, what string, texts ...sandbox.Text) {
	t.Helper()
	for _, text := range texts {
		if text.EN == "" || text.FR == "" {
			t.Errorf("%s: not said in both languages: %+v", what, text)
		}
		for _, mark := range []string{" :", " ;", " !", " ?"} {
			if strings.Contains(text.FR, mark) {
				t.Errorf("%s: no no-break space before%s in %q", what, mark, text.FR)
			}
		}
	}
}

func TestNeedsAreSaidInBothLanguages(t *testing.T) {
	for _, need := range Needs {
		proofread(t, need.Name, need.What)
	}
}

func TestAbout(t *testing.T) {
	host := able()
	host.Cgroup.V1 = nil
	want := sandbox.About{Name: "local", Kernel: "6.12.0", CgroupVersion: 2, LSMs: host.LSMs, Root: true, Lacks: Lacks(host)}
	if diff := cmp.Diff(want, host.About("local")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func nowhere(string) bool { return false }

func TestCgroupHost(t *testing.T) {
	user := "sys/fs/cgroup/user.slice/user-1000.slice"
	below := func(prefix string) func(string) bool {
		return func(name string) bool { return strings.HasPrefix(name, prefix) }
	}
	v1 := []string{"cpuset", "cpu", "memory", "pids"}
	v2 := []string{"cpuset", "cpu", "io", "memory", "hugetlb", "pids", "rdma", "misc"}
	for _, c := range []struct {
		what, tree string
		add        map[string]string
		writable   func(string) bool
		want       CgroupHost
	}{
		{
			"root on v1", "v1-host",
			map[string]string{
				"proc/cgroups": "#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpuset\t3\t1\t1\ncpu\t1\t1\t1\nmemory\t4\t3\t1\npids\t8\t1\t1\nhugetlb\t0\t1\t1\n",
			},
			below("sys/fs/cgroup"),
			CgroupHost{V1: v1, Writable: true},
		},
		{
			"a user on v1", "v1-host",
			map[string]string{"proc/cgroups": "memory\t4\t3\t1\n"},
			nowhere,
			CgroupHost{V1: []string{"memory"}},
		},
		{"root on v2", "v2-session", nil, below("sys/fs/cgroup"), CgroupHost{
			V2: v2, Writable: true,
		}},
		{"a user's session on v2", "v2-session", nil, nowhere, CgroupHost{V2: v2}},
		{
			"a delegated folder with controllers for its children", "v2-session",
			map[string]string{user + "/cgroup.subtree_control": "memory pids\n"},
			below(user),
			CgroupHost{V2: v2, Delegated: "/" + user},
		},
		{
			"a delegated folder that can give its controllers", "v2-session",
			map[string]string{user + "/cgroup.controllers": "cpu memory pids\n", user + "/cgroup.procs": ""},
			below(user),
			CgroupHost{V2: v2, Delegated: "/" + user},
		},
		{
			"a delegated folder with processes in it", "v2-session",
			map[string]string{user + "/session-3.scope/cgroup.controllers": "cpu memory pids\n", user + "/session-3.scope/cgroup.procs": "2211\n2300\n"},
			below(user),
			CgroupHost{V2: v2},
		},
		{
			"a delegated folder without pids", "v2-session",
			map[string]string{user + "/cgroup.subtree_control": "memory\n", user + "/cgroup.controllers": "memory\n"},
			below(user),
			CgroupHost{V2: v2},
		},
	} {
		files := tree(t, c.tree)
		files["proc/self/cgroup"] = files[map[string]string{"v1-host": "proc/6375", "v2-session": "proc/2211"}[c.tree]+"/cgroup"]
		for name, text := range c.add {
			file := *files["proc/self/cgroup"]
			file.Data = []byte(text)
			files[name] = &file
		}
		if diff := cmp.Diff(c.want, cgroupHost(files, c.writable), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: -want +got:\n%s", c.what, diff)
		}
	}
}

func TestTracedLSMs(t *testing.T) {
	files := tree(t, "v2-docker")
	if got := strings.Join(tracedLSMs(files), " "); got != "capability" {
		t.Errorf("modules %q, want only capability", got)
	}
	one := *files["proc/meminfo"]
	one.Data = []byte("Y\n")
	files["sys/module/apparmor/parameters/enabled"] = &one
	files["proc/sys/kernel/yama/ptrace_scope"] = &one
	files["sys/fs/selinux/enforce"] = &one
	if got := strings.Join(tracedLSMs(files), " "); got != "capability yama apparmor selinux" {
		t.Errorf("modules %q, want all traces", got)
	}
	two := one
	two.Data = []byte("lockdown,capability,landlock\n")
	files["sys/kernel/security/lsm"] = &two
	if got := strings.Join(lsms(files), " "); got != "lockdown capability landlock" {
		t.Errorf("modules %q, want those of securityfs", got)
	}
}

// TestRemedyForDelegation is one that works: without a session, systemd-run
// finds nobody to ask.
func TestRemedyForDelegation(t *testing.T) {
	files := tree(t, "v2-session")
	bus := *files["proc/meminfo"]
	files["run/user/1000/bus"] = &bus
	for dir, want := range map[string]string{
		"/run/user/1000": "Ask systemd for one: systemd-run --user",
		"/run/user/1001": "Log in as this user",
		"":               "Log in as this user",
	} {
		h := ordinary()
		h.Cgroup.Delegated, h.UserManager = "", hasUserManager(files, dir)
		if got := Lacks(h)["cgroup"].Remedy.EN; !strings.HasPrefix(got, want) {
			t.Errorf("with XDG_RUNTIME_DIR=%q: %q, want %q", dir, got, want)
		}
	}
}

func TestRefusal(t *testing.T) {
	err := refusal(&fs.PathError{Op: "fork/exec", Path: "/bin/true", Err: syscall.EPERM})
	if err.Error() != "operation not permitted" || !errors.Is(err, fs.ErrPermission) {
		t.Errorf("refusal = %v, want the kernel's answer alone", err)
	}
	if refusal(nil) != nil {
		t.Error("a refusal of nothing")
	}
}
