//go:build linux

package build

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"

	"github.com/erofs/go-erofs"
	"golang.org/x/sys/unix"
)

// bigTree has the sizes at which file systems go wrong: around a block, around
// what fits beside an inode, and folders of many blocks.
func bigTree(t *testing.T) *tree {
	tr := sampleTree(t)
	for _, size := range []int{0, 1, 31, 32, 4000, 4031, 4032, 4033, 4095, 4096, 4097, 8191, 8192, 8193, 1 << 20} {
		content := bytes.Repeat([]byte{byte(size)}, size)
		if err := tr.file(fmt.Sprintf("sizes/%d", size), 0o600, content); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 3000 {
		add(t, tr, map[string]string{fmt.Sprintf("many/%s%d", strings.Repeat("n", i%200), i): "x"})
	}
	for i := range 200 {
		target := strings.Repeat("t/", i*10) + "end"
		if err := tr.put(fmt.Sprintf("links/%d", i), &node{mode: fs.ModeSymlink | 0o777, mtime: someTime, target: target}); err != nil {
			t.Fatal(err)
		}
	}
	return tr
}

// sameAs reads an EROFS file back with the library and compares it with the tree.
func sameAs(t *testing.T, want *tree, path string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got, err := erofs.Open(f)
	if err != nil {
		t.Fatal(err)
	}
	err = fs.WalkDir(want, ".", func(name string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		n, _ := want.find(name)
		i, err := fs.Lstat(got, name)
		if err != nil {
			return err
		}
		sys := i.Sys().(*erofs.Stat)
		mode := goMode(i.Mode())
		if mode != n.mode || int(sys.UID) != n.uid || int(sys.GID) != n.gid || sys.Mtime != uint64(n.mtime.Unix()) || sys.Rdev != n.rdev {
			t.Errorf("%s: %v %d:%d at %d, device %x; want %v %d:%d at %d, device %x", name,
				mode, sys.UID, sys.GID, sys.Mtime, sys.Rdev, n.mode, n.uid, n.gid, n.mtime.Unix(), n.rdev)
		}
		if len(n.xattrs) > 0 && !reflect.DeepEqual(sys.Xattrs, n.xattrs) {
			t.Errorf("%s: attributes %q, want %q", name, sys.Xattrs, n.xattrs)
		}
		if n.content == nil {
			return nil
		}
		b, err := fs.ReadFile(got, name)
		if err != nil {
			return err
		}
		if w, _ := want.read(name); !bytes.Equal(b, w) {
			t.Errorf("%s holds %d bytes that are not the %d written", name, len(b), len(w))
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// goMode mends a mode as the library gives it: inode(7)'s bits stay in it.
func goMode(m fs.FileMode) fs.FileMode {
	for bit, mode := range map[fs.FileMode]fs.FileMode{0o4000: fs.ModeSetuid, 0o2000: fs.ModeSetgid, 0o1000: fs.ModeSticky} {
		if m&bit != 0 {
			m |= mode
		}
	}
	return m & (fs.ModeType | fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky)
}

func TestEROFSIsReadAsWritten(t *testing.T) {
	tr, path := bigTree(t), filepath.Join(t.TempDir(), "root")
	pack(t, tr, path)
	sameAs(t, tr, path)
}

func TestEROFSIsTheSameEveryTime(t *testing.T) {
	dir := t.TempDir()
	var files [2][]byte
	for i := range files {
		path := filepath.Join(dir, fmt.Sprint(i))
		pack(t, bigTree(t), path)
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files[i] = b
	}
	if !bytes.Equal(files[0], files[1]) {
		t.Error("the same tree gave two different files")
	}
}

// TestTheKernelMountsIt compares what the kernel shows with the tree.
func TestTheKernelMountsIt(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("mounting a loop device needs root")
	}
	if b, err := os.ReadFile("/proc/filesystems"); err != nil || !strings.Contains(string(b), "\terofs\n") {
		if out, err := exec.Command("modprobe", "erofs").CombinedOutput(); err != nil {
			t.Skipf("this kernel has no EROFS: %s", out)
		}
	}
	want, dir := bigTree(t), t.TempDir()
	path, at := filepath.Join(dir, "root"), filepath.Join(dir, "mnt")
	pack(t, want, path)
	if err := os.Mkdir(at, 0o755); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mount", "-t", "erofs", "-o", "loop,ro", path, at).CombinedOutput(); err != nil {
		t.Skipf("no loop device can be mounted here: %s", out)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(at, 0); err != nil {
			t.Error(err)
		}
	})
	seen := 0
	err := fs.WalkDir(want, ".", func(name string, _ fs.DirEntry, err error) error {
		if err == nil {
			seen++
			n, _ := want.find(name)
			sameFile(t, n, filepath.Join(at, name))
		}
		return err
	})
	if err != nil || seen < 3000 {
		t.Errorf("%d files were compared, %v", seen, err)
	}
}

// sameFile compares a node with a file.
func sameFile(t *testing.T, n *node, path string) {
	t.Helper()
	i, err := os.Lstat(path)
	if err != nil {
		t.Error(err)
		return
	}
	sys := i.Sys().(*syscall.Stat_t)
	if i.Mode() != n.mode || int(sys.Uid) != n.uid || int(sys.Gid) != n.gid || i.ModTime().Unix() != n.mtime.Unix() {
		t.Errorf("%s: %v %d:%d at %v; want %v %d:%d at %v", path, i.Mode(), sys.Uid, sys.Gid, i.ModTime(), n.mode, n.uid, n.gid, n.mtime)
	}
	if n.mode&fs.ModeDevice != 0 && device(unix.Major(sys.Rdev), unix.Minor(sys.Rdev)) != n.rdev {
		t.Errorf("%s is device %d:%d", path, unix.Major(sys.Rdev), unix.Minor(sys.Rdev))
	}
	if n.mode.IsDir() && int(sys.Nlink) != (info{n}).links() {
		t.Errorf("%s has %d links, want %d", path, sys.Nlink, info{n}.links())
	}
	if n.target != "" {
		if got, err := os.Readlink(path); err != nil || got != n.target {
			t.Errorf("%s points to %q, %v", path, got, err)
		}
	}
	for name, want := range n.xattrs {
		b := make([]byte, 256)
		if size, err := unix.Lgetxattr(path, name, b); err != nil || string(b[:size]) != want {
			t.Errorf("%s: %s is %q, %v", path, name, b[:max(size, 0)], err)
		}
	}
	if n.content != nil {
		want, _ := io.ReadAll(io.NewSectionReader(n.content, 0, n.content.Size()))
		if b, err := os.ReadFile(path); err != nil || !bytes.Equal(b, want) {
			t.Errorf("%s holds %d bytes that are not the %d written, %v", path, len(b), len(want), err)
		}
	}
}
