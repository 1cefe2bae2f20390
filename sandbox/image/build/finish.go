//go:build linux

package build

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// dropped is what the installed packages leave in the root that nobody needs
// in the VM, or that would differ from one build to the next.
var dropped = []string{
	// QEMU is given the kernel; nothing boots from the root.
	"boot", "vmlinuz", "vmlinuz.old", "initrd.img", "initrd.img.old",
	// The guest mounts these.
	"dev", "proc", "run", "sys", "tmp",
	// Of no use without a network, or without mmdebstrap.
	"var/cache/apt", "var/lib/apt/lists", "etc/apt/apt.conf.d/99mmdebstrap", "etc/dpkg/dpkg.cfg.d/99mmdebstrap",
	// Read by nobody in a terminal of English and French.
	"usr/share/doc", "usr/share/doc-base", "usr/share/info", "usr/share/locale", "usr/share/lintian", "usr/share/zsh", "usr/share/fish",
	// The policy is compiled; its modules are in /var/lib/selinux too.
	"usr/share/selinux/default",
	// Nothing runs them, and debsecan draws its minute by lot.
	"etc/cron.d", "etc/cron.daily",
	// Notes of the build, with its dates.
	"var/log", "var/cache/ldconfig", "var/cache/debconf", "var/backups",
	"etc/.pwd.lock", "etc/passwd-", "etc/group-", "etc/shadow-", "etc/gshadow-", "etc/subuid-", "etc/subgid-",
	"var/lib/dbus/machine-id",
}

// legacy are big programs that neither Docker nor a lesson starts.
var legacy = []string{
	"usr/bin/containerd-shim", "usr/bin/containerd-shim-runc-v1", "usr/bin/containerd-stress",
	"usr/bin/escrow", "usr/bin/notary-signer", "usr/bin/rootlessctl",
}

// folders are made anew, or are where the guest mounts something.
var folders = []struct {
	name string
	perm fs.FileMode
}{
	{"boot", 0o755},
	{"dev", 0o755},
	{"proc", 0o555},
	{"run", 0o755},
	{"sys", 0o555},
	{"tmp", 0o777 | fs.ModeSticky},
	{"var/lib/containerd", 0o711},
	{"var/lib/docker", 0o710},
	{"var/log", 0o755},
	{"var/log/audit", 0o750},
	{"var/cache/apt/archives/partial", 0o700},
	{"var/lib/apt/lists/partial", 0o700},
}

// finish turns the root as the packages left it into the one that the VM sees.
func finish(t *tree) error {
	for _, name := range slices.Concat(dropped, legacy) {
		t.drop(name)
	}
	dropForeignManuals(t)
	for _, f := range folders {
		if err := t.put(f.name, folder("", f.perm, t.epoch)); err != nil {
			return err
		}
	}
	// Every VM gets an id of its own (machine-id(5)): the file is there, and empty.
	if err := t.file("etc/machine-id", 0o444, nil); err != nil {
		return err
	}
	if err := overlay(t, recipe()); err != nil {
		return err
	}
	return addContainers(t)
}

// dropForeignManuals leaves the manual in English and in French.
func dropForeignManuals(t *tree) {
	manual, ok := t.find("usr/share/man")
	if !ok {
		return
	}
	for name := range manual.children {
		if name != "fr" && !strings.HasPrefix(name, "man") {
			delete(manual.children, name)
		}
	}
}

// overlay puts the files below root/ into the tree.
func overlay(t *tree, from fs.FS) error {
	return fs.WalkDir(from, "root", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(from, name)
		if err != nil {
			return err
		}
		return t.file(strings.TrimPrefix(name, "root/"), 0o644, b)
	})
}

// release finds the one kernel whose modules the tree has.
func release(t *tree) (string, error) {
	list, err := t.ReadDir("usr/lib/modules")
	if err != nil {
		return "", fmt.Errorf("look for the kernel's modules: %w", err)
	}
	if len(list) != 1 {
		return "", fmt.Errorf("the root has the modules of %d kernels instead of one", len(list))
	}
	return list[0].Name(), nil
}

// installed is the SHA-256 of the sorted list of packages and their versions.
func installed(t *tree) (string, error) {
	b, err := t.read("var/lib/dpkg/status")
	if err != nil {
		return "", fmt.Errorf("list the packages: %w", err)
	}
	var list []string
	var name string
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSuffix(line, "\n")
		if v, ok := strings.CutPrefix(line, "Package: "); ok {
			name = v
		}
		if v, ok := strings.CutPrefix(line, "Version: "); ok {
			list = append(list, name+" "+v)
		}
	}
	if len(list) == 0 {
		return "", errors.New("list the packages: dpkg knows of none")
	}
	slices.Sort(list)
	sum := sha256.Sum256([]byte(strings.Join(list, "\n")))
	return hex.EncodeToString(sum[:]), nil
}

// kernel reads the kernel that belongs to release.
func kernel(t *tree, release string) ([]byte, error) {
	b, err := t.read(path.Join("boot", "vmlinuz-"+release))
	if err != nil {
		return nil, fmt.Errorf("take the kernel out of the root: %w", err)
	}
	return b, nil
}
