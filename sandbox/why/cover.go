//go:build linux

package why

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"
)

// cover lays memory over a folder, in this process's own mount namespace, so
// that the folder's files are seen and none of them is changed (an overlay
// mount, Documentation/filesystems/overlayfs.rst). What holds the changes lies
// under the overlay itself, where nobody comes.
func cover(dir string) error {
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	below, err := unix.Open(dir, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("open %s: %w", dir, err)
	}
	defer func() { _ = unix.Close(below) }()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, ""); err != nil {
		return fmt.Errorf("mount a tmpfs on %s: %w", dir, err)
	}
	upper, work := filepath.Join(dir, "upper"), filepath.Join(dir, "work")
	for _, d := range []string{upper, work} {
		if err := os.Mkdir(d, 0o700); err != nil {
			return err
		}
	}
	if err := like(upper, info); err != nil { // it is the root of what is seen
		return err
	}
	options := fmt.Sprintf("lowerdir=/proc/self/fd/%d,upperdir=%s,workdir=%s", below, upper, work)
	if err := unix.Mount("overlay", dir, "overlay", 0, options); err != nil {
		return fmt.Errorf("mount an overlay on %s: %w", dir, err)
	}
	return nil
}

// like gives a folder the owner and the mode of another.
func like(dir string, other os.FileInfo) error {
	if st, ok := other.Sys().(*syscall.Stat_t); ok {
		if err := os.Chown(dir, int(st.Uid), int(st.Gid)); err != nil {
			return err
		}
	}
	return os.Chmod(dir, other.Mode().Perm())
}
