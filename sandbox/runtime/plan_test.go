//go:build linux

package runtime

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
	"cloison/sandbox/capability"
	"cloison/sandbox/cgroup"
	"cloison/sandbox/namespace"
	"cloison/sandbox/seccomp"
)

// update rewrites the goldens: go test ./sandbox/runtime -run Golden -update
var update = flag.Bool("update", false, "rewrite testdata/*.golden")

// The computers of the goldens.
var (
	rootV1 = Surroundings{
		Arch: "amd64", Kernel: seccomp.Version{Major: 6, Minor: 1},
		Permitted: capability.All(40), LastCap: 40, LeavesGroups: true, GroupName: "cloison-run-7-42-1",
		Cgroups: cgroup.Place{Version: 1, V1: map[string]cgroup.Folder{
			"memory": {Path: "/sys/fs/cgroup/memory", Writable: true},
			"pids":   {Path: "/sys/fs/cgroup/pids", Writable: true},
			"cpu":    {Path: "/sys/fs/cgroup/cpu,cpuacct", Writable: true},
		}},
		Busybox: "/usr/bin/busybox", Scaffold: "/tmp",
	}
	rootV2 = Surroundings{
		Arch: "amd64", Kernel: seccomp.Version{Major: 6, Minor: 1},
		Permitted: capability.All(40), LastCap: 40, LeavesGroups: true, GroupName: "cloison-run-7-42-1",
		Cgroups: cgroup.Place{Version: 2, V2: []cgroup.Level{
			{Path: "/sys/fs/cgroup/user.slice/user-0.slice/session-1.scope", Offered: []string{"memory", "pids"}, Occupied: true, Writable: true},
			{Path: "/sys/fs/cgroup/user.slice/user-0.slice", Offered: []string{"memory", "pids"}, Enabled: []string{"memory", "pids"}, Writable: true},
		}},
		Busybox: "/usr/bin/busybox", Scaffold: "/tmp",
	}
	alice = Surroundings{
		Arch: "amd64", Kernel: seccomp.Version{Major: 6, Minor: 1},
		UID: 1000, GID: 1001, LastCap: 40, GroupName: "cloison-run-7-42-1",
		Cgroups: cgroup.Place{Version: 2, V2: []cgroup.Level{{Path: "/sys/fs/cgroup/user.slice/user-1000.slice/session-1.scope", Offered: []string{"memory", "pids"}, Occupied: true}}},
		Busybox: "/usr/bin/busybox", Scaffold: "/tmp",
	}
)

func TestGoldenPlans(t *testing.T) {
	inFolder := rootV1
	inFolder.RootKept, inFolder.RootMissing = unix.MS_NOSUID, []string{"sys"}
	for name, c := range map[string]struct {
		spec sandbox.Spec
		s    Surroundings
	}{
		"root-v1":  {sandbox.Spec{Args: []string{"sh"}, Limits: sandbox.Limits{Memory: 64 << 20, Pids: 20, CPUs: 0.5}}, rootV1},
		"root-v2":  {sandbox.Spec{Args: []string{"/bin/id", "-u"}, Limits: sandbox.Limits{Memory: 64 << 20}, User: "1000:1000", ReadOnly: true, NoNewPrivileges: true, Tmpfs: []sandbox.Tmpfs{{Target: "/run/x", Options: "size=1m"}}}, rootV2},
		"rootless": {sandbox.Spec{Args: []string{"sh"}, CapDrop: []string{"ALL"}, Seccomp: sandbox.SeccompProfile{Off: true}}, alice},
		"remapped": {sandbox.Spec{
			Args: []string{"sh", "-c", "echo $HOME"}, Rootfs: "/srv/root", Dir: "/srv", Hostname: "web",
			Namespaces: append(DefaultNamespaces(true), sandbox.UserNS),
			UIDMap:     []sandbox.IDRange{{Outside: 100000, Size: 65536}}, GIDMap: []sandbox.IDRange{{Outside: 200000, Size: 65536}},
		}, inFolder},
	} {
		plan, err := New(c.spec, c.s)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		golden(t, name+".golden", told(plan, sandbox.English))
	}
}

func TestGoldenJoin(t *testing.T) {
	target := Target{PID: 42, Root: true, LeavesGroups: true, Cgroups: []string{"/sys/fs/cgroup/x/cgroup.procs"}, Links: []namespace.Link{
		{Type: sandbox.UTSNS, FD: 5}, {Type: sandbox.PIDNS, FD: 6}, {Type: sandbox.UserNS, FD: 7},
	}}
	plan, err := NewJoin(target, sandbox.Spec{Args: []string{"ps"}})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "join.golden", told(plan, sandbox.French))
}

func told(p *Plan, lang sandbox.Lang) string {
	var b strings.Builder
	for i, a := range p.Actions() {
		b.WriteString(Sentence(i+1, a, lang))
	}
	return b.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; got\n%s", name, got)
	}
}

func TestEveryActionHasItsTexts(t *testing.T) {
	plan, err := New(sandbox.Spec{Args: []string{"sh"}, Limits: sandbox.Limits{Memory: 1 << 20, CPUs: 1, Pids: 1}, NoNewPrivileges: true, Dir: "/x"}, rootV2WithCPU())
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range plan.Actions() {
		if a.Call == "" || a.Why.EN == "" || a.Why.FR == "" || a.Shell == "" || a.Process == "" {
			t.Errorf("%+v lacks a text", a)
		}
	}
}

func rootV2WithCPU() Surroundings {
	s := rootV2
	s.Cgroups.V2 = []cgroup.Level{{Path: "/c", Offered: []string{"cpu", "memory", "pids"}, Top: true, Writable: true}}
	return s
}

func TestNewRefuses(t *testing.T) {
	sh := []string{"sh"}
	noBusybox := rootV1
	noBusybox.Busybox = ""
	weak := rootV1
	weak.Permitted &^= 1 << unix.CAP_SYS_RESOURCE
	for want, c := range map[string]struct {
		spec sandbox.Spec
		s    Surroundings
	}{
		"there is no command":                            {sandbox.Spec{}, rootV1},
		"zero byte":                                      {sandbox.Spec{Args: []string{"a\x00b"}}, rootV1},
		"the kernel takes 64":                            {sandbox.Spec{Args: sh, Hostname: strings.Repeat("x", 65)}, rootV1},
		"needs a mount namespace":                        {sandbox.Spec{Args: sh, Namespaces: []sandbox.Namespace{sandbox.PIDNS}}, rootV1},
		"needs a user namespace":                         {sandbox.Spec{Args: sh, Namespaces: DefaultNamespaces(true)}, alice},
		"can only be ahead in a time namespace":          {sandbox.Spec{Args: sh, TimeOffset: 5}, rootV1},
		"give whole seconds":                             {sandbox.Spec{Args: sh, TimeOffset: 5, Namespaces: []sandbox.Namespace{sandbox.MountNS, sandbox.TimeNS}}, rootV1},
		"so it is the whole computer's":                  {sandbox.Spec{Args: sh, Sysctls: []sandbox.Sysctl{{Name: "kernel.panic", Value: "1"}}}, rootV1},
		"belongs to the net namespace":                   {sandbox.Spec{Args: sh, Namespaces: []sandbox.Namespace{sandbox.MountNS}, Sysctls: []sandbox.Sysctl{{Name: "net.ipv4.ip_forward", Value: "1"}}}, rootV1},
		"--sysctl net...kernel.panic=1: give NAME=VALUE": {sandbox.Spec{Args: sh, Sysctls: []sandbox.Sysctl{{Name: "net...kernel.panic", Value: "1"}}}, rootV1},
		"--ulimit nofiles: there is no such":             {sandbox.Spec{Args: sh, Rlimits: []sandbox.Rlimit{{Name: "nofiles"}}}, rootV1},
		"--oom-score-adj 2000":                           {sandbox.Spec{Args: sh, OOMScoreAdj: 2000}, rootV1},
		"the container does not have CAP_SYS_ADMIN":      {sandbox.Spec{Args: sh, Ambient: []string{"SYS_ADMIN"}}, rootV1},
		"--group-add 5: without root":                    {sandbox.Spec{Args: sh, Groups: []string{"5"}}, alice},
		"--group-add: unable to find group":              {sandbox.Spec{Args: sh, Groups: []string{"wheel"}}, rootV1},
		"at least 512k":                                  {sandbox.Spec{Args: sh, Limits: sandbox.Limits{Memory: 5}}, rootV1},
		"at least 0.01":                                  {sandbox.Spec{Args: sh, Limits: sandbox.Limits{CPUs: -1}}, rootV1},
		"--pids-limit -1":                                {sandbox.Spec{Args: sh, Limits: sandbox.Limits{Pids: -1}}, rootV1},
		"apt install busybox-static":                     {sandbox.Spec{Args: sh}, noBusybox},
		"that is the root already":                       {sandbox.Spec{Args: sh, Rootfs: "/"}, rootV1},
		"the path must be absolute":                      {sandbox.Spec{Args: sh, Rootfs: "x"}, rootV1},
		"seccomp=own.json: read the profile: line 1":     {sandbox.Spec{Args: sh, Seccomp: sandbox.SeccompProfile{JSON: "{", Name: "own.json"}}, rootV1},
		"--network bridge needs root":                    {sandbox.Spec{Args: sh, Bridge: true}, alice},
		"has all interfaces of this computer already":    {sandbox.Spec{Args: sh, Bridge: true, Namespaces: []sandbox.Namespace{sandbox.MountNS}}, rootV1},
		"so it has none of its own":                      {sandbox.Spec{Args: sh, JoinNet: "web"}, rootV1},
		"needs root and no user namespace":               {sandbox.Spec{Args: sh, JoinNet: "web", Namespaces: []sandbox.Namespace{sandbox.MountNS, sandbox.UserNS}}, rootV1},
		"AppArmor is not on in this kernel":              {sandbox.Spec{Args: sh, AppArmor: "x"}, rootV1},
		"SELinux is not on in this kernel":               {sandbox.Spec{Args: sh, SELinux: sandbox.SELinuxLabel{Type: "x"}}, rootV1},
		"--workdir x":                                    {sandbox.Spec{Args: sh, Dir: "x"}, rootV1},
		`tmpfs option "nonsense" is unknown`:             {sandbox.Spec{Args: sh, Tmpfs: []sandbox.Tmpfs{{Target: "/run", Options: "nonsense"}}}, rootV1},
		"give numbers":                                   {sandbox.Spec{Args: sh, User: "alice"}, rootV1},
		"user 5 does not exist in the container":         {sandbox.Spec{Args: sh, User: "5"}, alice},
		"did you mean CAP_CHOWN":                         {sandbox.Spec{Args: sh, CapDrop: []string{"CHWON"}}, rootV1},
		"add --cap-drop CAP_SYS_RESOURCE":                {sandbox.Spec{Args: sh, CapAdd: []string{"ALL"}}, weak},
		"systemd-run --user --scope -p Delegate=yes":     {sandbox.Spec{Args: sh, Limits: sandbox.Limits{Memory: 64 << 20}}, alice},
	} {
		_, err := New(c.spec, c.s)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error with %q", err, want)
			continue
		}
		if said := sandbox.Said(err); said.EN == said.FR {
			t.Errorf("%v: it is the same in French", err)
		}
	}
}

func TestEnvironment(t *testing.T) {
	got := environment(container{Spec: sandbox.Spec{Env: []string{"PATH=/opt", "A=1=2"}, Hostname: "h"}})
	want := "HOME=/root HOSTNAME=h PATH=/opt A=1=2"
	if strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

// TestConfinement tells a security module's EACCES from a lack of privilege.
func TestConfinement(t *testing.T) {
	for _, call := range []string{"clone(CLONE_NEWUSER|SIGCHLD) = $PID", "clone3({flags = CLONE_NEWUSER}) = $PID", `mount(NULL, "/", NULL, MS_REC|MS_PRIVATE, NULL)`} {
		err := refusal(call, unix.EACCES, unix.EACCES)
		if !strings.Contains(err.Error(), "EACCES (permission denied): a security module forbids it") || !strings.Contains(err.Error(), "/proc/self/attr/current") {
			t.Errorf("%v: want the security module", err)
		}
	}
}

func TestFailureIsOneClearLine(t *testing.T) {
	err := refusal(`mount("proc", "proc", …)`, unix.EPERM, unix.EPERM)
	var f *Failure
	if !errors.As(err, &f) {
		t.Fatal(err)
	}
	for lang, want := range map[sandbox.Lang]string{
		sandbox.English: `mount("proc", "proc", …): EPERM (operation not permitted): in a user namespace`,
		sandbox.French:  `mount("proc", "proc", …)` + "\u00a0: EPERM (operation not permitted)\u00a0: dans un espace",
	} {
		if got := f.In(lang); !strings.HasPrefix(got, want) || strings.Contains(got, "\n") {
			t.Errorf("got %s, want %s…", got, want)
		}
	}
}
