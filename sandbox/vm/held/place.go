package held

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
	"cloison/sandbox/folder"
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
	switch alone, err := folder.IsOurs(dir, folder.Enter); {
	case err != nil:
		return err
	case !alone:
		return sandbox.Errorf("keep the VM's socket in %s: it is not a folder of ours alone; remove it",
			"garder la socket de la VM dans %s : ce dossier n’est pas à nous seuls ; supprimez-le", dir)
	}
	return nil
}

// takeTries is how often the place is made again: a holder that ends removes it,
// maybe just after another has found it.
const takeTries = 100

// take makes the folder, and this process the only holder as long as the file is
// open. It is ErrHeld where there is another.
func take(dir string) (file *os.File, err error) {
	for range takeTries {
		if err = openPlace(dir); err == nil {
			file, err = lock(dir)
		}
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return nil, err
		case isNamed(file, filepath.Join(dir, lockName)):
			return file, nil
		default:
			_ = file.Close()
		}
	}
	return nil, sandbox.Errorf("take %s: others make and remove it all the time", "prendre %s : d’autres ne cessent de le créer et de le supprimer", dir)
}

// lock takes the lock, or is ErrHeld.
func lock(dir string) (*os.File, error) {
	file, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|os.O_CREATE|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the VM's place: %w", err)
	}
	if err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		_ = file.Close()
		return nil, ErrHeld
	}
	return file, nil
}

// isNamed says whether a file still has that name: nobody else would lock one
// that has been removed.
func isNamed(file *os.File, path string) bool {
	there, err := os.Lstat(path)
	own, err2 := file.Stat()
	return err == nil && err2 == nil && os.SameFile(there, own)
}
