//go:build linux

package runtime

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cloison/sandbox"
)

// shared is a folder with a file in it, which whoever the test runs as owns.
func shared(t *testing.T, plain bool) string {
	t.Helper()
	dir, err := os.MkdirTemp("/var/tmp", "cloison-volume")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	file := filepath.Join(dir, "f")
	if err := os.WriteFile(file, []byte("from outside\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if plain && os.Geteuid() == 0 {
		if err := errors.Join(os.Chown(dir, 61234, 61234), os.Chown(file, 61234, 61234)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestVolumesForReal(t *testing.T) {
	for user, plain := range users(t) {
		dir := shared(t, plain)
		for name, c := range map[string]struct {
			script string
			volume sandbox.Volume
			code   int
			out    string
			told   string
		}{
			"a folder":             {"cat /a/b/f; echo inside >/a/b/g", sandbox.Volume{Source: dir, Target: "/a/b"}, 0, "from outside\n", ""},
			"read-only":            {"cat /a/f; echo >/a/g", sandbox.Volume{Source: dir, Target: "/a", ReadOnly: true}, 1, "from outside\n", "Read-only file system"},
			"a file":               {"cat /etc/motd", sandbox.Volume{Source: filepath.Join(dir, "f"), Target: "/etc/motd"}, 0, "from outside\n", ""},
			"over a file":          {"cat /etc/passwd", sandbox.Volume{Source: filepath.Join(dir, "f"), Target: "/etc/passwd"}, 0, "from outside\n", ""},
			"a file onto a folder": {"true", sandbox.Volume{Source: filepath.Join(dir, "f"), Target: "/etc"}, 125, "", "a folder can only be put onto a folder"},
			"no such source":       {"true", sandbox.Volume{Source: "/no/such", Target: "/a"}, 125, "", "make it first"},
		} {
			spec := shell(c.script)
			spec.Volumes = []sandbox.Volume{c.volume}
			got := order{Spec: spec, Explain: name == "a folder"}.give(t, plain)
			if got.code != c.code || got.out != c.out || !strings.Contains(got.told, c.told) {
				t.Errorf("%s, %s: exit code %d, said %q and %q; want %d and %q", user, name, got.code, got.out, got.told, c.code, c.out)
			}
		}
		if text, err := os.ReadFile(filepath.Join(dir, "g")); err != nil || string(text) != "inside\n" {
			t.Errorf("%s: outside there is %q, %v", user, text, err)
		}
		if left := mountsBelow(t, dir); left != "" {
			t.Errorf("%s: mounts are left: %s", user, left)
		}
	}
}

// TestVolumeOfAFolderThatIsClosed shares what the container's root could not
// reach by its path.
func TestVolumeOfAFolderThatIsClosed(t *testing.T) {
	needRoot(t)
	dir := shared(t, false)
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	spec := shell("cat /f; id -u")
	spec.Volumes = []sandbox.Volume{{Source: filepath.Join(dir, "f"), Target: "/f"}}
	spec.Namespaces = append(DefaultNamespaces(true), sandbox.UserNS)
	spec.UIDMap = []sandbox.IDRange{{Outside: 100000, Size: 65536}}
	spec.GIDMap = spec.UIDMap
	if got := (order{Spec: spec}).give(t, false); got.out != "from outside\n0\n" {
		t.Errorf("said %q and %q", got.out, got.told)
	}
}

// TestVolumeStaysInside has a link in the container's files that leads out.
func TestVolumeStaysInside(t *testing.T) {
	needRoot(t)
	root, dir := shared(t, false), shared(t, false)
	systemIn(t, root)
	if err := os.Symlink("/var/tmp/../tmp", filepath.Join(root, "way-out")); err != nil {
		t.Fatal(err)
	}
	spec := sandbox.Spec{Args: []string{"/bin/busybox", "true"}, Rootfs: root, Volumes: []sandbox.Volume{{Source: dir, Target: "/way-out/x"}}}
	got := order{Spec: spec}.give(t, false)
	if _, err := os.Lstat("/var/tmp/x"); err == nil {
		t.Errorf("the volume's place was made outside; exit code %d, said %q", got.code, got.told)
	}
	if got.code != 125 {
		t.Errorf("exit code %d, said %q; want 125", got.code, got.told)
	}
}

func TestDevicesForReal(t *testing.T) {
	for user, plain := range users(t) {
		spec := shell("head -c 3 /dev/nought | wc -c; head -c 2 /dev/other/nought | wc -c")
		spec.Devices = []sandbox.Device{{Source: "/dev/zero", Target: "/dev/nought"}, {Source: "/dev/zero", Target: "/dev/other/nought", Access: "r"}}
		if got := (order{Spec: spec}).give(t, plain); got.out != "3\n2\n" {
			t.Errorf("%s: said %q and %q", user, got.out, got.told)
		}
		spec.Devices = []sandbox.Device{{Source: "/etc/passwd", Target: "/dev/p"}}
		if got := (order{Spec: spec}).give(t, plain); got.code != 125 || !strings.Contains(got.told, "that is no device file") {
			t.Errorf("%s: exit code %d, said %q", user, got.code, got.told)
		}
	}
}

func TestUnmaskedForReal(t *testing.T) {
	for user, plain := range users(t) {
		spec := shell("grep -c ' /proc/' /proc/mounts")
		masked := order{Spec: spec}.give(t, plain)
		spec.Unmasked = true
		bare := order{Spec: spec}.give(t, plain)
		if masked.out == "0\n" || bare.out != "0\n" {
			t.Errorf("%s: masked %q, unmasked %q mounts below /proc; told %q", user, masked.out, bare.out, bare.told)
		}
	}
}
