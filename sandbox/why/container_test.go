//go:build linux

package why

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cloison/sandbox"
)

func TestWhatContainersLeave(t *testing.T) {
	usual := open(0).Namespaces
	for name, c := range map[string]struct {
		spec   sandbox.Spec
		copies bool
		want   bool
	}{
		"nothing":             {sandbox.Spec{Namespaces: usual}, false, false},
		"a root folder":       {sandbox.Spec{Namespaces: usual, Rootfs: "/r"}, false, true},
		"copies of it":        {sandbox.Spec{Namespaces: usual, Rootfs: "/r"}, true, false},
		"a volume":            {sandbox.Spec{Namespaces: usual, Volumes: []sandbox.Volume{{Source: "/v"}}}, false, true},
		"one that is kept":    {sandbox.Spec{Namespaces: usual, Volumes: []sandbox.Volume{{Source: "/v", ReadOnly: true}}}, false, false},
		"the host's network":  {sandbox.Spec{Namespaces: slices.DeleteFunc(slices.Clone(usual), func(ns sandbox.Namespace) bool { return ns == sandbox.NetNS })}, false, true},
		"without a namespace": {sandbox.Spec{}, false, true},
	} {
		if got := (&Container{spec: c.spec, copies: c.copies}).Lasting(); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestCopiesOfARoot asks about what can be done once only, again and again.
func TestCopiesOfARoot(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root: only root lays an overlay over a folder")
	}
	busybox, err := exec.LookPath("busybox")
	if err != nil {
		t.Skip("there is no busybox to make a root of")
	}
	root := filepath.Join(prepared(t), "root")
	for _, dir := range []string{"bin", "tmp", "etc", "proc", "sys", "dev"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	script := "cp " + busybox + " " + root + "/bin/busybox && ln -s busybox " + root + "/bin/sh && ln -s busybox " + root + "/bin/mkdir"
	if out, err := exec.Command("sh", "-c", script).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	spec := open(permitted(t))
	spec.Rootfs, spec.User, spec.Args = root, "1000", []string{"sh", "-c", "mkdir /d"}
	c, err := NewContainer(spec, os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	a, err := Ask(t.Context(), c.InCopies())
	if err != nil {
		t.Fatal(err)
	}
	if got := sets(a.Ways); len(got) != 1 || got[0] != "dac" || strings.Join(a.Ways[0][0].Narrowest, " ") != "CAP_DAC_OVERRIDE" {
		t.Errorf("%+v", a)
	}
	if _, err := os.Stat(filepath.Join(root, "d")); err == nil {
		t.Error("the folder itself has been changed")
	}
}
