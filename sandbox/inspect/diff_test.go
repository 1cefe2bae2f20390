package inspect

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"cloison/sandbox"
)

func TestDiff(t *testing.T) {
	base := sandbox.Facts{
		Command:      "bash",
		Namespaces:   []sandbox.NamespaceFact{{Type: sandbox.PIDNS, Inode: 1, Host: true}, {Type: sandbox.UTSNS, Inode: 2}},
		Capabilities: sandbox.Capabilities{Effective: 1<<0 | 1<<13},
		Cgroup: sandbox.CgroupFacts{
			Paths:  map[string]string{"memory": "/"},
			Memory: sandbox.Gauge{Used: 10 << 20, Limit: 32 << 20},
			Pids:   sandbox.Gauge{Used: 5},
		},
		Memory: sandbox.MemoryView{Total: 1 << 30, Free: 1 << 20},
	}
	for _, c := range []struct {
		what string
		do   func(*sandbox.Facts)
		want []Change
	}{
		{"nothing", func(*sandbox.Facts) {}, nil},
		{"free memory flows", func(f *sandbox.Facts) { f.Memory.Free = 7 }, nil},
		{"a little use", func(f *sandbox.Facts) { f.Cgroup.Memory.Used += 1 << 20 }, nil},
		{
			"a stride of use", func(f *sandbox.Facts) { f.Cgroup.Memory.Used += 2 << 20 },
			[]Change{{"cgroup.memory.used", "10485760", "12582912"}},
		},
		{"a few processes where there is no limit", func(f *sandbox.Facts) { f.Cgroup.Pids.Used = 9 }, nil},
		{
			"one process where there is", func(f *sandbox.Facts) { f.Cgroup.Pids = sandbox.Gauge{Used: 6, Limit: 20} },
			[]Change{{"cgroup.pids.limit", "max", "20"}, {"cgroup.pids.used", "5", "6"}},
		},
		{"a namespace entered", func(f *sandbox.Facts) {
			f.Namespaces = []sandbox.NamespaceFact{{Type: sandbox.PIDNS, Inode: 9}, {Type: sandbox.UTSNS, Inode: 2}}
		}, []Change{{"namespaces.pid", "pid:[1]", "pid:[9]"}}},
		{
			"a capability dropped", func(f *sandbox.Facts) { f.Capabilities.Effective = 1 },
			[]Change{{"capabilities.effective", "CAP_CHOWN CAP_NET_RAW", "CAP_CHOWN"}},
		},
		{"in the order of the fields", func(f *sandbox.Facts) {
			f.Memory.Total = 64 << 20
			f.Cgroup.Paths = map[string]string{"memory": "/box"}
			f.NoNewPrivs = true
			f.UIDMap = []sandbox.IDRange{{Inside: 0, Outside: 1000, Size: 1}}
			f.Command = "sh"
		}, []Change{
			{"command", "bash", "sh"},
			{"uid_map", "", "0 1000 1"},
			{"no_new_privs", "false", "true"},
			{"cgroup.paths.memory", "/", "/box"},
			{"memory.total", "1073741824", "67108864"},
		}},
	} {
		after := base
		c.do(&after)
		if diff := cmp.Diff(c.want, Diff(base, after), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: -want +got:\n%s", c.what, diff)
		}
	}
}

func TestEveryFactHasItsPlace(t *testing.T) {
	facts, err := New(tree(t, "v2-docker")).Read(3301)
	if err != nil {
		t.Fatal(err)
	}
	for key := range flatten(facts) {
		group, _, _ := strings.Cut(key, ".")
		if !slices.Contains(order, group) {
			t.Errorf("%s has no place in the order", key)
		}
	}
}
