package progress

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/google/renameio/v2"
)

// names in the folder.
const (
	fileName = "progress.json"
	lockName = "progress.lock" // empty; kept, since removing a lock file races
)

// lockLimit is how long we wait for another cloison, whose writes take
// milliseconds: one that was stopped with Ctrl-Z must not stop this one too.
const lockLimit = 2 * time.Second

// locked calls do while no other cloison may write.
func locked(dir string, do func() error) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer f.Close() // and so unlock, flock(2)
	if err := flock(f, lockLimit); err != nil {
		return err
	}
	return do()
}

// flock takes the lock, or gives up with ErrLocked.
func flock(f *os.File, limit time.Duration) error {
	for deadline := time.Now().Add(limit); ; {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case err == nil:
			return nil
		case !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR):
			return os.NewSyscallError("flock", err)
		case time.Now().After(deadline):
			return ErrLocked
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// write replaces the file. Call it locked: it clears what a writer that was
// killed has left behind.
func write(file string, s State) error {
	text, err := format(s)
	if err != nil {
		return err
	}
	dir := filepath.Dir(file)
	left, err := filepath.Glob(filepath.Join(quoteGlob(dir), "."+fileName+"[0-9]*"))
	if err != nil {
		return err
	}
	for _, name := range left {
		os.Remove(name) // the write below says what is wrong here
	}
	return renameio.WriteFile(file, text, 0o600, renameio.WithTempDir(dir), renameio.WithStaticPermissions(0o600))
}

// quoteGlob makes a folder's name mean itself in a pattern.
func quoteGlob(name string) string {
	var quoted []rune
	for _, r := range name {
		switch r {
		case '*', '?', '[', '\\':
			quoted = append(quoted, '\\')
		}
		quoted = append(quoted, r)
	}
	return string(quoted)
}
