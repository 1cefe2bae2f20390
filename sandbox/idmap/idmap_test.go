//go:build linux

package idmap

import (
	"slices"
	"strings"
	"testing"

	"cloison/sandbox"
)

func TestFiles(t *testing.T) {
	got := Files(Single(1000), Single(1001), false)
	want := []File{{"setgroups", "deny"}, {"uid_map", "0 1000 1"}, {"gid_map", "0 1001 1"}}
	if !slices.Equal(got, want) {
		t.Errorf("without privileges: %v, want %v", got, want)
	}
	two := []sandbox.IDRange{{Inside: 0, Outside: 100000, Size: 10}, {Inside: 10, Outside: 5, Size: 1}}
	got = Files(two, two, true)
	want = []File{{"uid_map", "0 100000 10\n10 5 1"}, {"gid_map", "0 100000 10\n10 5 1"}}
	if !slices.Equal(got, want) {
		t.Errorf("as root: %v, want %v", got, want)
	}
}

func TestOutside(t *testing.T) {
	ranges := []sandbox.IDRange{{Inside: 0, Outside: 100000, Size: 65536}}
	for _, c := range []struct {
		inside, outside uint32
		ok              bool
	}{{0, 100000, true}, {65535, 165535, true}, {65536, 0, false}} {
		if got, ok := Outside(ranges, c.inside); got != c.outside || ok != c.ok {
			t.Errorf("id %d: %d %v, want %d %v", c.inside, got, ok, c.outside, c.ok)
		}
	}
	if Has(Single(1000), 1) {
		t.Error("a single map has id 1")
	}
}

func TestRemap(t *testing.T) {
	const file = "alice:200000:65536\n1000:300000:10\nalice:400000:5\n"
	for _, c := range []struct {
		value, name string
		uid         int
		want        string
	}{
		{"default", "alice", 7, "0 200000 65536"},
		{"default", "bob", 1000, "0 300000 10"},
		{"default", "eve", 7, "0 100000 65536"},
		{"5000", "eve", 7, "0 5000 65536"},
		{"5000:3", "eve", 7, "0 5000 3"},
	} {
		got, err := Remap(c.value, c.name, c.uid, strings.NewReader(file))
		if err != nil || Format(got) != c.want {
			t.Errorf("%s for %s: %q, %v; want %q", c.value, c.name, Format(got), err, c.want)
		}
	}
	for _, bad := range []string{"", "alice", "1:0", "-1", "4294967295:2", "1:2:3"} {
		if got, err := Remap(bad, "eve", 7, strings.NewReader("")); err == nil {
			t.Errorf("%q was read as %v", bad, got)
		}
	}
}
