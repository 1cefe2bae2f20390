package build

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// imagesFolder is where the guest finds what it loads into Docker.
const imagesFolder = "usr/share/cloison/images"

// path of the programs in the small containers.
const containerPath = "PATH=/bin:/sbin:/usr/bin:/usr/sbin"

// addContainers puts the small container images into a tree, made of the
// busybox that the tree has.
func addContainers(t *tree) error {
	busybox, err := t.read("usr/bin/busybox")
	if err != nil {
		return fmt.Errorf("make the container images: %w", err)
	}
	applets, err := t.read("usr/share/cloison/applets")
	if err != nil {
		return fmt.Errorf("make the container images: %w", err)
	}
	return saveContainers(busybox, applets, t.epoch, arch, func(name string, archive []byte) error {
		return t.file(path.Join(imagesFolder, name), 0o644, archive)
	})
}

// SaveContainers writes the small container images into a folder, made of this
// computer's own busybox: the files that "docker load" makes ready what the VM
// has.
func SaveContainers(ctx context.Context, dir string) error {
	file, err := exec.LookPath("busybox")
	if err != nil {
		return fmt.Errorf("make the container images: %w", err)
	}
	busybox, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("make the container images: %w", err)
	}
	applets, err := exec.CommandContext(ctx, file, "--list").Output()
	if err != nil {
		return fmt.Errorf("ask busybox for its programs: %w", err)
	}
	return saveContainers(busybox, applets, epoch, runtime.GOARCH, func(name string, archive []byte) error {
		return os.WriteFile(filepath.Join(dir, name), archive, 0o644)
	})
}

// saveContainers makes the small container images of a busybox and the names of
// its programs, and gives each to write, as a file for "docker load".
func saveContainers(busybox, applets []byte, epoch time.Time, arch string, write func(name string, archive []byte) error) error {
	all, err := containers(busybox, strings.Fields(string(applets)), epoch, arch)
	if err != nil {
		return err
	}
	for _, c := range all {
		var b bytes.Buffer
		if err := c.save(&b); err != nil {
			return fmt.Errorf("make the container image %s: %w", c.Name, err)
		}
		if err := write(c.file(), b.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// containers are the small container images: one, and one that stands on it.
func containers(busybox []byte, applets []string, epoch time.Time, arch string) ([]container, error) {
	base, err := baseLayer(epoch, busybox, applets)
	if err != nil {
		return nil, err
	}
	web, err := webLayer(epoch)
	if err != nil {
		return nil, err
	}
	all := []container{
		{Name: "mini:1", Cmd: []string{"sh"}, Layers: [][]byte{base}},
		{Name: "web:1", Cmd: []string{"httpd", "-f", "-p", "80", "-h", "/www"}, Layers: [][]byte{base, web}},
	}
	for i := range all {
		all[i].Env, all[i].Epoch, all[i].Arch = []string{containerPath}, epoch, arch
	}
	return all, nil
}

// file is the name of the file that an image is kept in.
func (c container) file() string { return strings.ReplaceAll(c.Name, ":", "-") + ".tar" }

// baseLayer is busybox with a name for each of its programs, and the few files
// that make a system of it.
func baseLayer(epoch time.Time, busybox []byte, applets []string) ([]byte, error) {
	var b bytes.Buffer
	a := newArchive(&b, epoch)
	a.folder("bin", 0o755)
	a.file("bin/busybox", 0o755, busybox)
	for _, applet := range applets {
		if applet != "busybox" {
			a.link("bin/"+applet, "busybox")
		}
	}
	a.folder("dev", 0o755)
	a.folder("etc", 0o755)
	a.file("etc/group", 0o644, []byte("root:x:0:\nnogroup:x:65534:\n"))
	a.file("etc/os-release", 0o644, []byte("NAME=mini\nID=mini\nVERSION_ID=1\nPRETTY_NAME=\"mini 1 (busybox)\"\n"))
	a.file("etc/passwd", 0o644, []byte("root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n"))
	a.folder("proc", 0o555)
	a.folder("root", 0o700)
	a.folder("sys", 0o555)
	a.folder("tmp", 0o1777)
	err := a.close()
	return b.Bytes(), err
}

// webLayer is a page for busybox's web server.
func webLayer(epoch time.Time) ([]byte, error) {
	var b bytes.Buffer
	a := newArchive(&b, epoch)
	a.folder("www", 0o755)
	a.file("www/index.html", 0o644, []byte("web 1\n"))
	err := a.close()
	return b.Bytes(), err
}
