package inspect

import (
	"slices"
	"strings"
	"testing"

	"cloison/sandbox"
)

func TestParseStatusRefusesGarbage(t *testing.T) {
	const good = "PPid:\t1\nUid:\t0\t1\t2\t3\nGid:\t0\t0\t0\t0\n" +
		"CapInh:\t0\nCapPrm:\tff\nCapEff:\t0\nCapBnd:\t1ffffffffff\n"
	s, err := parseStatus(good)
	if err != nil {
		t.Fatal(err)
	}
	if s.uids != (sandbox.IDs{Real: 0, Effective: 1, Saved: 2, Filesystem: 3}) || s.caps.Permitted != 0xff {
		t.Errorf("parsed %+v", s)
	}
	for what, text := range map[string]string{
		"empty":              "",
		"no Uid":             strings.Replace(good, "Uid:", "Xid:", 1),
		"three ids":          strings.Replace(good, "\t2\t3", "\t2", 1),
		"an id beyond 32":    strings.Replace(good, "\t2\t3", "\t2\t4294967296", 1),
		"a set not in hex":   strings.Replace(good, "\tff", "\tfg", 1),
		"two parents":        strings.Replace(good, "PPid:\t1", "PPid:\t1 2", 1),
		"NSpid not a number": good + "NSpid:\tx\n",
		"empty NoNewPrivs":   good + "NoNewPrivs:\t\n",
	} {
		if s, err := parseStatus(text); err == nil {
			t.Errorf("%s: no error, %+v", what, s)
		}
	}
}

func TestParseCgroup(t *testing.T) {
	for _, c := range []struct {
		text    string
		version int
		at      map[string]string
	}{
		{"0::/user.slice\n", 2, map[string]string{"": "/user.slice"}},
		{"4:memory:/a:b\n3:cpu,cpuacct:/\n1:name=systemd:/x\n", 1, map[string]string{"memory": "/a:b", "cpu": "/", "cpuacct": "/", "name=systemd": "/x"}},
		{"1:name=systemd:/x\n0::/x\n", 2, map[string]string{"name=systemd": "/x", "": "/x"}},
		{"1:name=systemd:/x\n", 0, map[string]string{"name=systemd": "/x"}},
		{"2:net_cls:/\n0::/../../other\n", 2, map[string]string{"net_cls": "/", "": "/../../other"}},
		{"", 0, map[string]string{}},
	} {
		paths, err := parseCgroup(c.text)
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
		}
		if v := cgroupVersion(paths); v != c.version {
			t.Errorf("%q: version %d, want %d", c.text, v, c.version)
		}
		for controller, at := range c.at {
			if paths[controller] != at || len(paths) != len(c.at) {
				t.Errorf("%q: paths %v, want %v", c.text, paths, c.at)
			}
		}
	}
	for _, text := range []string{"memory", "4:memory", "4:memory:x", "0:memory:/", "4::/", "\n"} {
		if paths, err := parseCgroup(text); err == nil {
			t.Errorf("%q: no error, %v", text, paths)
		}
	}
}

func TestBelow(t *testing.T) {
	for _, c := range []struct {
		root, at, want string
		ok             bool
	}{
		{"/", "/", "", true},
		{"/", "/a/b", "a/b", true},
		{"/a", "/a", "", true},
		{"/a", "/a/b", "b", true},
		{"/a", "/ab", "", false},
		{"/a", "/", "", false},
		{"/", "/../x", "", false},
		{"/..", "/", "", false},
	} {
		got, ok := below(c.root, c.at)
		if ok != c.ok || ok && got != c.want {
			t.Errorf("below(%q, %q) = %q, %v, want %q, %v", c.root, c.at, got, ok, c.want, c.ok)
		}
	}
}

func TestParseLimit(t *testing.T) {
	for text, want := range map[string]uint64{
		"max": 0, "9223372036854771712": 0, "9223372036854710272": 0, "-1": 0, "": 0,
		"33554432": 32 << 20, "18446744073709551615": 0, "1": 1,
	} {
		if got := parseLimit(text); got != want {
			t.Errorf("parseLimit(%q) = %d, want %d", text, got, want)
		}
	}
}

func TestParseQuota(t *testing.T) {
	for text, want := range map[string]sandbox.CPULimit{
		"max 100000":    {},
		"-1 100000":     {},
		" ":             {},
		"50000 0":       {},
		"50000":         {},
		"150000 100000": {Quota: 150000, Period: 100000},
	} {
		if got := parseQuota(text); got != want {
			t.Errorf("parseQuota(%q) = %+v, want %+v", text, got, want)
		}
	}
}

func TestParseArgs(t *testing.T) {
	for text, want := range map[string][]string{
		"":                       nil,
		"ls\x00-l\x00":           {"ls", "-l"},
		"a\x00\x00b\x00":         {"a", "", "b"},
		"nginx: master":          {"nginx: master"},
		"sh\x00-c\x00a b\nc\x00": {"sh", "-c", "a b\nc"},
	} {
		if got := parseArgs(text); !slices.Equal(got, want) {
			t.Errorf("parseArgs(%q) = %q, want %q", text, got, want)
		}
	}
}

// CPU quotas of ancestors count by their share of time, not by their length.
func TestTightestQuotaWins(t *testing.T) {
	files := tree(t, "v2-session")
	slice := "sys/fs/cgroup/user.slice/"
	files[slice+"cpu.max"].Data = []byte("900000 1000000\n")
	got, err := New(files).Read(2211)
	if err != nil {
		t.Fatal(err)
	}
	if want := (sandbox.CPULimit{Quota: 900000, Period: 1000000}); got.Cgroup.CPU != want {
		t.Errorf("quota %+v, want %+v", got.Cgroup.CPU, want)
	}
}

// A reader in a cgroup namespace of its own sees its mounts and paths from
// there; what is outside cannot be seen, and that is no error.
func TestCgroupOutsideOfTheNamespace(t *testing.T) {
	files := tree(t, "v2-docker")
	files["proc/3301/cgroup"].Data = []byte("0::/../docker-other.scope\n")
	got, err := New(files).Read(3301)
	if err != nil {
		t.Fatal(err)
	}
	if want := (sandbox.CgroupFacts{Version: 2, Paths: map[string]string{"": "/../docker-other.scope"}}); got.Cgroup.Memory != want.Memory ||
		got.Cgroup.Paths[""] != want.Paths[""] || got.Cgroup.Version != 2 {
		t.Errorf("cgroup %+v, want %+v", got.Cgroup, want)
	}
}

// A bind mount may show a part of the hierarchy somewhere else.
func TestCgroupBindMount(t *testing.T) {
	files := tree(t, "v2-docker")
	files["proc/self/mountinfo"].Data = []byte(
		"40 30 0:27 /other /mnt/other rw - cgroup2 cgroup2 rw\n" +
			"41 30 0:27 /system.slice /mnt/my\\040cgroups rw - cgroup2 cgroup2 rw\n")
	files["mnt/my cgroups/docker-5f2c.scope/memory.max"] = files["sys/fs/cgroup/system.slice/docker-5f2c.scope/memory.max"]
	got, err := New(files).Read(3301)
	if err != nil {
		t.Fatal(err)
	}
	if got.Cgroup.Memory.Limit != 64<<20 {
		t.Errorf("memory limit %d, want that of the bind mount", got.Cgroup.Memory.Limit)
	}
}
