package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"cloison/sandbox"
	"cloison/sandbox/capability"
	"cloison/sandbox/inspect"
)

// container is a process with something in every row.
var container = sandbox.Facts{
	PID: 3301, PPID: 3280, InnerPIDs: []int{3301, 1},
	Command: "nginx\x1b[2J", Args: []string{"nginx:", "master process", strings.Repeat("long ", 20)},
	Namespaces: []sandbox.NamespaceFact{
		{Type: sandbox.MountNS, Inode: 4026532697},
		{Type: sandbox.UserNS, Inode: 4026531837, Host: true},
	},
	UIDs:   sandbox.IDs{Real: 1000, Saved: 1000},
	GIDs:   sandbox.IDs{Real: 5, Effective: 5, Saved: 5, Filesystem: 5},
	UIDMap: []sandbox.IDRange{{Inside: 0, Outside: 1000, Size: 1}, {Inside: 1, Outside: 100000, Size: 65536}},
	GIDMap: []sandbox.IDRange{{Size: 1<<32 - 1}},
	Capabilities: sandbox.Capabilities{
		Permitted: capability.DockerDefault, Effective: capability.DockerDefault, Bounding: capability.All(40),
	},
	Seccomp: sandbox.Seccomp{Mode: 2, Filters: 1}, NoNewPrivs: true, LSM: "docker-default (enforce)",
	Cgroup: sandbox.CgroupFacts{
		Version: 2, Paths: map[string]string{"": "/system.slice/docker-5f2c.scope"},
		Memory: sandbox.Gauge{Used: 6 << 20, Limit: 64 << 20}, Pids: sandbox.Gauge{Used: 3},
		CPU: sandbox.CPULimit{Quota: 50000, Period: 100000, Throttled: 37}, OOMKill: 1,
	},
	Memory: sandbox.MemoryView{Total: 4111142912, Free: 512, Available: 3 << 30},
	Unread: []string{"attr/current"},
}

const containerEN = `PID 3301  nginx�[2J
  command        nginx: master process long long long long long long long long …
  parent         3280
  PIDs           3301 1 (outermost first)
  uid            real 1000, effective 0, saved 1000, file system 0
  gid            5
  uid_map        0 inside is 1000 outside; 1-65536 inside are 100000-165535
                 outside
  gid_map        every id is itself
Namespaces (* not the host's)
* mnt            4026532697  own
  user           4026531837  host
Capabilities
  inheritable    none
  permitted      14/41: CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID
                 SETPCAP NET_BIND_SERVICE NET_RAW SYS_CHROOT MKNOD AUDIT_WRITE
                 SETFCAP
  effective      as permitted
  bounding       all 41
  ambient        none
Protections
  seccomp        filter (1)
  no_new_privs   yes
  LSM label      docker-default (enforce)
Cgroup v2
  path           /system.slice/docker-5f2c.scope
  memory         6.0 MiB used of 64.0 MiB
  pids           3 used, no limit
  cpu            0.50 of one CPU (50000 µs every 100000 µs), throttled 37 times
  OOM kills      1
Memory as free(1) sees it there
  total          3.8 GiB
  free           512 B
  available      3.0 GiB
Not readable
  /proc/PID      attr/current (root may see more)
`

func TestXrayText(t *testing.T) {
	x := &xray{lang: sandbox.English, all: capability.All(40)}
	x.facts(container)
	if got := x.text.String(); got != containerEN {
		t.Errorf("got:\n%s\nwant:\n%s", got, containerEN)
	}
	fr := &xray{lang: sandbox.French, all: capability.All(40)}
	fr.facts(container)
	for _, want := range []string{"6,0 Mio utilisés sur 64,0 Mio", "0,50 d’un processeur", "* mnt            4026532697  propre"} {
		if !strings.Contains(fr.text.String(), want) {
			t.Errorf("the French text lacks %q:\n%s", want, fr.text.String())
		}
	}
}

func TestXrayTellsMissingCapabilities(t *testing.T) {
	x := &xray{lang: sandbox.English, all: capability.All(40)}
	for set, want := range map[sandbox.CapSet]string{
		0:                               "none",
		capability.All(40):              "all 41",
		capability.All(40) &^ (1 << 24): "all 41 but CAP_SYS_RESOURCE",
		1<<10 | 1<<13:                   "2/41: NET_BIND_SERVICE NET_RAW",
	} {
		if got := x.set(set); got != want {
			t.Errorf("set(%x) = %q, want %q", uint64(set), got, want)
		}
	}
}

// heard collects what is written, for another goroutine to wait for.
type heard struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (h *heard) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.text.Write(p)
}

func (h *heard) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.text.String()
}

// A shell that becomes another program, and then ends, under watch.
func TestWatchTellsWhatChanges(t *testing.T) {
	child := exec.Command("sh", "-c", "read line; exec cat")
	stdin, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stdin.Close(); _ = child.Wait() })

	out := &heard{}
	i := inspection{reader: inspect.New(os.DirFS("/")), lang: sandbox.English, out: out}
	ctx, stop := context.WithTimeout(context.Background(), 15*time.Second)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- i.watch(ctx, []int{child.Process.Pid}) }()

	hear := func(want string) {
		t.Helper()
		if !eventually(15*time.Second, func() bool { return strings.Contains(out.String(), want) }) {
			t.Fatalf("waited for %q, heard:\n%s", want, out)
		}
	}
	hear("Namespaces")
	if _, err := io.WriteString(stdin, "go\n"); err != nil {
		t.Fatal(err)
	}
	hear("command: sh → cat")
	stdin.Close()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	hear("has ended")
}

func TestChangesInWords(t *testing.T) {
	out := &strings.Builder{}
	at := time.Date(2026, 1, 2, 15, 4, 5, 6e6, time.UTC)
	err := writeChanges(out, at, watched{PID: 7, Changes: []inspect.Change{
		{What: "cgroup.memory.limit", Before: "max", After: "33554432"},
		{What: "cgroup.pids.limit", Before: "max", After: "20"},
		{What: "capabilities.effective", Before: "CAP_CHOWN CAP_NET_RAW", After: "CAP_CHOWN CAP_KILL"},
		{What: "uid_map", Before: "", After: "0 1000 1"},
		{What: "command", Before: "sh", After: "a\x1bb"},
	}}, sandbox.English)
	if err != nil {
		t.Fatal(err)
	}
	const want = `15:04:05.006  PID 7  cgroup.memory.limit: no limit → 32.0 MiB
15:04:05.006  PID 7  cgroup.pids.limit: no limit → 20
15:04:05.006  PID 7  capabilities.effective: -CAP_NET_RAW +CAP_KILL
15:04:05.006  PID 7  uid_map: ∅ → 0 1000 1
15:04:05.006  PID 7  command: sh → a�b
`
	if got := out.String(); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}
