//go:build linux

package build

import (
	"io/fs"
	"testing"
)

func TestFinish(t *testing.T) {
	tr := rootWithBusybox(t)
	add(t, tr, map[string]string{
		"boot/vmlinuz-6.1":                "kernel",
		"dev/null":                        "",
		"etc/resolv.conf":                 "nameserver 192.0.2.1\n",
		"etc/machine-id":                  "0123\n",
		"etc/cron.d/debsecan":             "17 * * * *\n",
		"usr/share/doc/bash/changelog":    "",
		"usr/share/man/man7/namespaces":   "EN",
		"usr/share/man/fr/man7/caps":      "FR",
		"usr/share/man/de/man7/caps":      "DE",
		"var/log/dpkg.log":                "today",
		"var/lib/apt/lists/Packages":      "",
		"var/lib/dpkg/status":             "Package: a\nVersion: 1\n",
		"usr/bin/containerd-shim":         "old",
		"usr/bin/containerd-shim-runc-v2": "new",
	})
	if err := finish(tr); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		"boot/vmlinuz-6.1", "dev/null", "etc/cron.d", "usr/share/doc", "usr/share/man/de",
		"var/log/dpkg.log", "var/lib/apt/lists/Packages", "usr/bin/containerd-shim",
	} {
		if _, ok := tr.find(name); ok {
			t.Errorf("%s is still there", name)
		}
	}
	for _, name := range []string{
		"usr/share/man/man7/namespaces", "usr/share/man/fr/man7/caps", "var/lib/dpkg/status",
		"usr/bin/containerd-shim-runc-v2", "etc/cloison-disposable", imagesFolder + "/mini-1.tar",
	} {
		if n, ok := tr.find(name); !ok || n.content == nil {
			t.Errorf("%s is not there", name)
		}
	}
	for name, want := range map[string]fs.FileMode{
		"tmp": fs.ModeDir | fs.ModeSticky | 0o777, "proc": fs.ModeDir | 0o555, "var/lib/docker": fs.ModeDir | 0o710,
	} {
		if n, ok := tr.find(name); !ok || n.mode != want {
			t.Errorf("%s: %v, want %v", name, n.mode, want)
		}
	}
	if b, err := tr.read("etc/machine-id"); err != nil || len(b) != 0 {
		t.Errorf("every VM would have the machine id %q, %v", b, err)
	}
	if b, err := tr.read("etc/resolv.conf"); err != nil || b[0] != '#' {
		t.Errorf("the builder's name servers are in the image: %q, %v", b, err)
	}
}

func TestReleaseIsOfTheOneKernel(t *testing.T) {
	tr := bootTree(t)
	if got, err := release(tr); err != nil || got != "6.1" {
		t.Errorf("got %q, %v", got, err)
	}
	if b, err := kernel(tr, "6.1"); err != nil || string(b) != "kernel" {
		t.Errorf("got %q, %v", b, err)
	}
	if _, err := kernel(tr, "6.2"); err == nil {
		t.Error("a kernel that is not there: no error")
	}
	add(t, tr, map[string]string{"usr/lib/modules/6.2/modules.dep": ""})
	if _, err := release(tr); err == nil {
		t.Error("two kernels: no error")
	}
	if _, err := release(newTree(someTime)); err == nil {
		t.Error("no kernel: no error")
	}
}

func TestInstalledDoesNotDependOnTheOrder(t *testing.T) {
	sum := func(status string) string {
		tr := newTree(someTime)
		add(t, tr, map[string]string{"var/lib/dpkg/status": status})
		got, err := installed(tr)
		if err != nil {
			t.Error(err)
		}
		return got
	}
	a, b := "Package: a\nStatus: ok\nVersion: 1\n\n", "Package: b\nVersion: 2\n\n"
	if sum(a+b) != sum(b+a) {
		t.Error("the order counts")
	}
	if sum(a+b) == sum(a) {
		t.Error("a package does not count")
	}
	if _, err := installed(newTree(someTime)); err == nil {
		t.Error("no list: no error")
	}
}
