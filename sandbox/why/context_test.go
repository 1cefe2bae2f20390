//go:build linux

package why

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/sys/mountinfo"

	"cloison/sandbox"
	"cloison/sandbox/capability"
	"cloison/sandbox/namespace"
)

// guarded is a context in which every layer stands.
func guarded() Context {
	return Context{
		PID: 7, Args: []string{"true"}, UID: 101000, GID: 101000, Inside: IDs{UID: 1000, GID: 1000, Mapped: true},
		Caps: sandbox.Capabilities{Bounding: 3}, NoNewPrivs: true, Filters: [][]byte{{6, 0, 0, 0, 0, 0, 0xff, 0x7f}},
		Rlimits: []Rlimit{{7, 4, 4}}, Label: "docker-default", Users: true, Cgroup: true,
	}
}

func TestContextRelaxesOneLayer(t *testing.T) {
	c := guarded()
	before := c.layers(true, true, true)
	if got := before.String(); got != "dac+capabilities+userns+nnp+seccomp+apparmor+cgroup+readonly+masked" {
		t.Fatalf("layers are %s", got)
	}
	for _, l := range before {
		r := c.Relax(Set{l}, capability.All(40), 7)
		after := r.layers(true, !r.Writable, !r.Uncover)
		want := before.Without(l)
		if l == DAC || l == Capabilities { // relaxed by giving
			want = before
		}
		if !slices.Equal(after, want) {
			t.Errorf("%s relaxed: left are %s, want %s", l, after, want)
		}
	}
	if diff := cmp.Diff(guarded(), c); diff != "" {
		t.Errorf("relaxing changed the context itself:\n%s", diff)
	}
}

func TestContextGivesCapabilities(t *testing.T) {
	c := guarded()
	if r := c.Relax(Set{DAC}, 0, 0); strings.Join(capability.Names(r.Caps.Ambient), " ") != "CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_FOWNER" {
		t.Errorf("files: %v", capability.Names(r.Caps.Ambient))
	}
	if r := c.Relax(Set{Capabilities}, capability.All(40), 0); r.Caps.Ambient.Has(1) || !r.Caps.Ambient.Has(21) {
		t.Errorf("capabilities: %v", capability.Names(r.Caps.Ambient))
	}
	if r := c.Relax(Set{Capabilities, UserNS}, capability.All(40), 1<<21); r.Caps.Ambient != 1<<21 {
		t.Errorf("ours: %v", capability.Names(r.Caps.Ambient))
	}
	c.Inside = IDs{Mapped: true}
	if r := c.Relax(Set{Capabilities}, capability.All(40), 0); r.Caps.Ambient != 0 || r.Caps.Bounding != capability.All(40) {
		t.Errorf("root: %+v", r.Caps)
	}
}

func TestHasNoRoot(t *testing.T) {
	root := IDs{Mapped: true}
	for name, c := range map[string]struct {
		ids  IDs
		caps sandbox.Capabilities
		want bool
	}{
		"root with everything":   {root, sandbox.Capabilities{Permitted: 7, Bounding: 7}, false},
		"root of less":           {root, sandbox.Capabilities{Permitted: 3, Bounding: 3}, false},
		"root that gets nothing": {root, sandbox.Capabilities{Bounding: 7}, true},
		"another user":           {IDs{UID: 5, Mapped: true}, sandbox.Capabilities{Bounding: 7}, false},
		"nobody's number":        {IDs{}, sandbox.Capabilities{Bounding: 7}, false},
	} {
		if got := hasNoRoot(c.ids, c.caps, 2); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestContextCalls looks at the order: what needs power comes before what
// takes it away, and the filter last.
func TestContextCalls(t *testing.T) {
	links := []namespace.Link{{Type: sandbox.PIDNS, FD: 5}, {Type: sandbox.MountNS, FD: 6}}
	for name, c := range map[string]struct {
		place place
		want  string
	}{
		"root": {
			place{links: links, users: 9, groups: []int{8}, held: capability.All(40), last: 1},
			"prctl setns setns clone prctl openat write close fchdir chroot fchdir write prlimit64 prctl setgroups setresgid setresuid capset setns capset prctl capset prctl prctl close_range seccomp execve",
		},
		"its owner": {
			place{links: links, users: 9, last: 1},
			"prctl setns setns setns clone prctl openat write close fchdir chroot fchdir prlimit64 setgroups setresgid setresuid capset prctl capset prctl prctl close_range seccomp execve",
		},
	} {
		ctx := guarded()
		ctx.Args, ctx.Caps.Bounding = []string{"/bin/true"}, 1
		list, err := ctx.calls(c.place)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, call := range list {
			names = append(names, call.Name)
		}
		if diff := cmp.Diff(strings.Fields(c.want), names); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestProtectingMounts(t *testing.T) {
	list, err := mountinfo.GetMountsFromReader(strings.NewReader(`1 0 0:1 / / ro,relatime - overlay overlay rw
2 1 0:2 / /proc rw - proc proc rw
3 2 0:2 /sys /proc/sys ro - proc proc rw
4 2 0:3 /null /proc/kcore rw - tmpfs tmpfs rw
5 1 0:4 / /sys ro - sysfs sysfs rw
6 1 0:5 / /snap/core ro - squashfs /dev/loop0 ro
7 5 0:6 / /sys/fs/cgroup rw - tmpfs none rw
8 1 0:7 / /data rw - ext4 /dev/sda rw
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	readOnly, covered := protecting(list)
	if diff := cmp.Diff([]string{"/"}, readOnly); diff != "" {
		t.Errorf("read-only:\n%s", diff)
	}
	if diff := cmp.Diff([]string{"/proc/sys", "/proc/kcore", "/sys"}, covered); diff != "" {
		t.Errorf("covered:\n%s", diff)
	}
}

func TestLabelLayer(t *testing.T) {
	for label, want := range map[string]Layer{"docker-default": AppArmor, "system_u:system_r:container_t:s0:c1,c2": SELinux} {
		if got := labelLayer(label); got != want {
			t.Errorf("%s: %s", label, got)
		}
	}
}

func TestOnlyALabelThatRestrictsIsWorthALayer(t *testing.T) {
	for theirs, want := range map[string]string{
		"": "", "unconfined": "", "vscode (unconfined)": "", "slapd (complain)": "", "docker-default (enforce)": "docker-default",
	} {
		var s snapshot
		if s.label(theirs); s.context.Label != want {
			t.Errorf("%q: %q, want %q", theirs, s.context.Label, want)
		}
	}
}
