//go:build linux

package rootfs

import (
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// Kept are the flags of the mount that holds path, as mount(2) takes them: in
// a user namespace a remount must repeat them, because they are locked
// (mount_namespaces(7)).
func Kept(path string) (uintptr, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(path, &st); err != nil {
		return 0, &os.PathError{Op: "statfs", Path: path, Err: err}
	}
	return kept(uintptr(st.Flags)), nil
}

// kept translates the ST_ bits of statfs(2), of which these have the values of
// their MS_ kin.
func kept(st uintptr) uintptr {
	return st & (unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC | unix.MS_RDONLY)
}

// Missing lists which mount points a folder lacks.
func Missing(dir string) []string {
	var missing []string
	for _, name := range []string{"proc", "sys", "dev"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			missing = append(missing, name)
		}
	}
	return missing
}

// Scaffold picks a folder of the host to mount a fresh root on. It must not
// hold busybox, which would be covered.
func Scaffold(busybox string) string {
	for _, dir := range []string{"/tmp", "/run", "/mnt", "/var"} {
		if st, err := os.Stat(dir); err == nil && st.IsDir() && !strings.HasPrefix(busybox, dir+"/") {
			return dir
		}
	}
	return "/home"
}
