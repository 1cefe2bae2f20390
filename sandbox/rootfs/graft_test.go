//go:build linux

package rootfs

import (
	"strings"
	"testing"

	"cloison/sandbox"
)

func TestParseVolume(t *testing.T) {
	for value, want := range map[string]sandbox.Volume{
		"/a:/b":             {Source: "/a", Target: "/b"},
		"/a:/b:ro":          {Source: "/a", Target: "/b", ReadOnly: true},
		"/a:/b:rw,rprivate": {Source: "/a", Target: "/b"},
	} {
		if got, err := ParseVolume(value); err != nil || got != want {
			t.Errorf("%s: got %+v, %v; want %+v", value, got, err, want)
		}
	}
	for value, want := range map[string]string{
		"/a":           "give SOURCE:TARGET",
		"data:/b":      "keeps no volumes with names",
		"/a:b":         "an absolute path below /",
		"/a:/":         "an absolute path below /",
		"/a:/b:z":      `option "z" is unknown`,
		"/a:/proc/sys": "nothing may cover /proc",
		"/a:/x/../sys": "nothing may cover /proc",
	} {
		if _, err := ParseVolume(value); err == nil || !strings.Contains(err.Error(), want) || sandbox.Say(err, sandbox.French) == err.Error() {
			t.Errorf("%s: got %v, want %s", value, err, want)
		}
	}
}

func TestParseDevice(t *testing.T) {
	for value, want := range map[string]sandbox.Device{
		"/dev/fuse":               {Source: "/dev/fuse", Target: "/dev/fuse"},
		"/dev/fuse:r":             {Source: "/dev/fuse", Target: "/dev/fuse", Access: "r"},
		"/dev/loop0:/dev/disk":    {Source: "/dev/loop0", Target: "/dev/disk"},
		"/dev/loop0:/dev/disk:rw": {Source: "/dev/loop0", Target: "/dev/disk", Access: "rw"},
	} {
		if got, err := ParseDevice(value); err != nil || got != want {
			t.Errorf("%s: got %+v, %v; want %+v", value, got, err, want)
		}
	}
	for value, want := range map[string]string{
		"fuse":              "give an absolute path",
		"/dev/a:/dev/b:x":   `access "x"`,
		"/dev/a:/dev/b:r:w": "give SOURCE",
		"/dev/a:/proc/x":    "nothing may cover /proc",
	} {
		if _, err := ParseDevice(value); err == nil || !strings.Contains(err.Error(), want) || sandbox.Say(err, sandbox.French) == err.Error() {
			t.Errorf("%s: got %v, want %s", value, err, want)
		}
	}
}

func FuzzParseGrafts(f *testing.F) {
	for _, seed := range []string{"/a:/b:ro", "/dev/a:/dev/b:rwm", "::", "/a:/..:ro,,rw"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if v, err := ParseVolume(value); err == nil && CheckVolume(v) != nil {
			t.Errorf("%q was parsed and is refused", value)
		}
		if d, err := ParseDevice(value); err == nil && CheckDevice(d) != nil {
			t.Errorf("%q was parsed and is refused", value)
		}
	})
}
