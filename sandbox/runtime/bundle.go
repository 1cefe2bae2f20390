//go:build linux

package runtime

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"cloison/sandbox"
	"cloison/sandbox/idmap"
	"cloison/sandbox/rootfs"
)

// WriteBundle writes the container into a new folder as an OCI bundle:
// config.json, and the root file system where it is made of busybox.
func WriteBundle(dir string, spec sandbox.Spec, s Surroundings) error {
	config, err := OCI(spec, s)
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(config, "", "\t")
	if err != nil {
		return err
	}
	if err := emptyFolder(dir); err != nil {
		return sandbox.Errorf("--oci %s: %w", "--oci %s : %w", dir, err)
	}
	if spec.Rootfs == "" {
		if err := writeRoot(filepath.Join(dir, "rootfs"), spec, s); err != nil {
			return sandbox.Errorf("--oci %s: %w", "--oci %s : %w", dir, err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "config.json"), append(text, '\n'), 0o644); err != nil {
		return sandbox.Errorf("--oci: %w", "--oci : %w", err)
	}
	return nil
}

// emptyFolder makes a folder, or takes one that is empty.
func emptyFolder(dir string) error {
	if err := os.Mkdir(dir, 0o755); err == nil || !errors.Is(err, fs.ErrExist) {
		return err
	}
	entries, err := os.ReadDir(dir)
	if err == nil && len(entries) > 0 {
		return sandbox.Errorf("the folder is not empty; give a new one", "le dossier n’est pas vide ; donnez-en un nouveau")
	}
	return err
}

// writeRoot unpacks what a fresh root is made of, and gives it to the
// container's root.
func writeRoot(dir string, spec sandbox.Spec, s Surroundings) error {
	c, err := check(spec, s)
	if err != nil {
		return err
	}
	o := rootfs.Options{Hostname: c.Hostname}
	if !c.has(sandbox.NetNS) {
		o.Resolv = s.Resolv
	}
	var errs []error
	errs = append(errs, os.Mkdir(dir, 0o755))
	for _, name := range rootfs.Folders {
		errs = append(errs, os.Mkdir(filepath.Join(dir, name), 0o755))
	}
	errs = append(errs, os.Chmod(filepath.Join(dir, "tmp"), 0o777|fs.ModeSticky), copyProgram(s.Busybox, filepath.Join(dir, "bin", "busybox")))
	for _, name := range rootfs.Applets() {
		errs = append(errs, os.Symlink("busybox", filepath.Join(dir, "bin", name)))
	}
	for _, f := range rootfs.Files(o) {
		errs = append(errs, os.WriteFile(filepath.Join(dir, f.Name), []byte(f.Content), 0o644))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return c.giveAway(dir)
}

func copyProgram(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return errors.Join(os.WriteFile(to, text, 0o755), os.Chmod(to, 0o755))
}

// giveAway makes the container's root the owner of a tree, where that is
// another user outside.
func (c container) giveAway(dir string) error {
	uid, ok1 := idmap.Outside(c.UIDMap, 0)
	gid, ok2 := idmap.Outside(c.GIDMap, 0)
	if !c.userNS || !ok1 || !ok2 || int(uid) == os.Geteuid() {
		return nil
	}
	return filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, int(uid), int(gid))
	})
}
