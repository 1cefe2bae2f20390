package inspect

import (
	"bytes"
	"compress/gzip"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// gzipped is a text as /proc/config.gz has it.
func gzipped(t *testing.T, text string) string {
	t.Helper()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.String()
}

func TestUnbuilt(t *testing.T) {
	const all = "macvlan ipvlan vxlan wireguard ipvs"
	for _, c := range []struct {
		what  string
		files map[string]string
		want  string
	}{
		{"nobody says anything", nil, all},
		{"modules, plain and packed", map[string]string{
			"lib/modules/6.1/modules.dep": "kernel/drivers/net/ipvlan/ipvlan.ko: \nkernel/drivers/net/macvlan.ko.zst:\n" +
				"kernel/drivers/net/vxlan/vxlan.ko.xz: kernel/net/ipv4/udp_tunnel.ko\nkernel/net/netfilter/ipvs/ip-vs.ko:\n",
		}, "wireguard"},
		{"a module that needs another says nothing of that", map[string]string{
			"lib/modules/6.1/modules.dep": "kernel/net/openvswitch/vport-vxlan.ko: kernel/drivers/net/vxlan/vxlan.ko\n",
		}, all},
		{"the modules of another kernel", map[string]string{
			"lib/modules/6.2/modules.dep": "kernel/drivers/net/ipvlan/ipvlan.ko:\n",
		}, all},
		{"one built in, one loaded", map[string]string{
			"lib/modules/6.1/modules.builtin": "kernel/drivers/net/macvlan.ko\n",
			"sys/module/vxlan/refcnt":         "0\n",
		}, "ipvlan wireguard ipvs"},
		{"a kernel that tells its configuration", map[string]string{
			"proc/config.gz": gzipped(t, "CONFIG_MACVLAN=y\nCONFIG_VXLAN=m\n# CONFIG_IPVLAN is not set\nCONFIG_IPVLAN_L3S=y\n"),
		}, "ipvlan vxlan wireguard ipvs"},
		{"a configuration in /boot, one that is no archive in /proc", map[string]string{
			"proc/config.gz": "broken", "boot/config-6.1": "CONFIG_WIREGUARD=y\n",
		}, "macvlan ipvlan vxlan ipvs"},
	} {
		tree := fstest.MapFS{}
		for name, text := range c.files {
			tree[name] = &fstest.MapFile{Data: []byte(text)}
		}
		if got := strings.Join(unbuilt(tree, "6.1"), " "); got != c.want {
			t.Errorf("%s: lacks %q, want %q", c.what, got, c.want)
		}
	}
}

func FuzzModuleName(f *testing.F) {
	for _, line := range []string{"kernel/drivers/net/vxlan/vxlan.ko: a.ko\n", "a-b.ko.zst:", "", ":", "/.ko", "x.kö"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		if name := moduleName(line); strings.ContainsAny(name, "/-:\n") {
			t.Errorf("%q gives %q", line, name)
		}
	})
}

func TestFeaturesAreNeeds(t *testing.T) {
	for _, f := range Features {
		if !slices.ContainsFunc(Needs, func(n Need) bool { return n.Name == f.Name }) {
			t.Errorf("%s is no need", f.Name)
		}
	}
}
