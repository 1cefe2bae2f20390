package held

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
)

// The files of a holder.
const (
	socketName = "socket"
	lockName   = "lock" // flock(2): one holder at a time
)

// Place is the folder that the holder of this user has.
func Place() string {
	return usualPlace(os.Geteuid(), os.Getenv("XDG_RUNTIME_DIR"))
}

func usualPlace(uid int, runtimeDir string) string {
	switch {
	case runtimeDir != "" && unix.Access(runtimeDir, unix.W_OK) == nil:
		return filepath.Join(runtimeDir, "cloison-vm")
	case uid == 0:
		return "/run/cloison-vm"
	}
	return "/tmp/cloison-vm-" + strconv.Itoa(uid)
}

// openPlace makes the folder, which has to be ours alone: in /tmp somebody
// else may have been there first.
func openPlace(dir string) error {
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return sandbox.Errorf("make a folder for the VM's socket: %w", "créer un dossier pour la socket de la VM : %w", err)
	}
	return ours(dir)
}

// ours checks that a folder is ours alone.
func ours(dir string) error {
	var st unix.Stat_t
	if err := unix.Lstat(dir, &st); err != nil {
		return &fs.PathError{Op: "look at", Path: dir, Err: err}
	}
	if st.Mode&unix.S_IFMT != unix.S_IFDIR || int(st.Uid) != os.Geteuid() || st.Mode&0o077 != 0 {
		return sandbox.Errorf("keep the VM's socket in %s: it is not a folder of ours alone; remove it",
			"garder la socket de la VM dans %s : ce dossier n’est pas à nous seuls ; supprimez-le", dir)
	}
	return nil
}
