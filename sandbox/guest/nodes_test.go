package guest

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

func TestParseNodes(t *testing.T) {
	text := `# Device nodes to trigger on-demand module loading.
loop loop-control c10:237
tun net/tun c10:200
floppy fd0 b2:0
evil ../etc/passwd c1:1
evil /dev/x c1:1
short one
odd x d1:2
odd x c1
odd x c99999:1
`
	want := []node{{"loop-control", unix.S_IFCHR, 10, 237}, {"net/tun", unix.S_IFCHR, 10, 200}, {"fd0", unix.S_IFBLK, 2, 0}}
	if got := parseNodes(text); !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	if got := parseNodes(""); got != nil {
		t.Errorf("got %v", got)
	}
}

func FuzzParseNodes(f *testing.F) {
	f.Add("loop loop-control c10:237\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, n := range parseNodes(text) {
			if !filepath.IsLocal(n.name) {
				t.Errorf("%q leaves /dev", n.name)
			}
		}
	})
}

func TestMakeNode(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("making a device takes root")
	}
	for n, mode := range map[node]uint32{
		{"net/tun", unix.S_IFCHR, 10, 200}:      0o666,
		{"loop-control", unix.S_IFCHR, 10, 237}: 0o600,
	} {
		dir := t.TempDir()
		for range 2 { // the second time it is there
			if err := n.make(dir); err != nil {
				t.Fatal(err)
			}
		}
		var st unix.Stat_t
		if err := unix.Stat(filepath.Join(dir, n.name), &st); err != nil {
			t.Fatal(err)
		}
		if st.Mode != n.kind|mode || unix.Major(st.Rdev) != n.major || unix.Minor(st.Rdev) != n.minor {
			t.Errorf("%s: mode %o, %d:%d", n.name, st.Mode, unix.Major(st.Rdev), unix.Minor(st.Rdev))
		}
	}
}
