//go:build linux

// Package folder knows which folders are this user's alone. In a place like /tmp
// everybody may make one, or a symbolic link, by the name that we want: whoever
// has done so could read, change or replace what we put there.
//
// See inode(7) for owner and mode, symlink(7), and path_resolution(7).
package folder

import (
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// What nobody else may do in a folder, as bits of its mode.
const (
	Write fs.FileMode = 0o022 // make, rename and remove files
	Enter fs.FileMode = 0o077 // neither that nor see and open them
)

// IsOurs says whether dir is a folder, not a link to one, that belongs to this
// user, and in which others may do none of those things.
func IsOurs(dir string, nobodyElse fs.FileMode) (bool, error) {
	var st unix.Stat_t
	if err := unix.Lstat(dir, &st); err != nil {
		return false, &fs.PathError{Op: "look at", Path: dir, Err: err}
	}
	return st.Mode&unix.S_IFMT == unix.S_IFDIR && int(st.Uid) == os.Geteuid() && st.Mode&uint32(nobodyElse) == 0, nil
}
