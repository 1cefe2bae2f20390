package template

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Lock is the right to make templates.
type Lock struct {
	store Store
	file  *os.File
}

// lockFile is never removed: two programs could else lock two files of the
// same name.
const lockFile = "lock"

// pause is the time between two attempts to get the lock.
const pause = 50 * time.Millisecond

// Lock waits for the right to make templates until ctx ends. Where another
// program has it, waiting is told that program's PID, once.
func (s Store) Lock(ctx context.Context, waiting func(pid int)) (*Lock, error) {
	file, err := os.OpenFile(filepath.Join(s.dir, lockFile), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the saved machines: %w", err)
	}
	for told := false; ; told = true {
		err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		switch {
		case err == nil:
			own(file)
			return &Lock{s, file}, nil
		case errors.Is(err, unix.EINTR):
			continue
		case !errors.Is(err, unix.EWOULDBLOCK):
			return nil, errors.Join(fmt.Errorf("lock the saved machines: %w", err), file.Close())
		case !told:
			waiting(owner(file))
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil, errors.Join(&Busy{PID: owner(file)}, ctx.Err(), file.Close())
		}
	}
}

// Busy says that another program has been making a template for too long.
type Busy struct{ PID int }

func (e *Busy) Error() string {
	return fmt.Sprintf("another cloison (process %d) is making a saved machine and does not end", e.PID)
}

// own writes down who has the lock, for who waits.
func own(file *os.File) {
	_ = file.Truncate(0)
	_, _ = file.WriteAt([]byte(strconv.Itoa(os.Getpid())), 0)
}

func owner(file *os.File) int {
	text := make([]byte, 20)
	n, _ := file.ReadAt(text, 0)
	pid, _ := strconv.Atoi(strings.TrimSpace(string(text[:n])))
	return pid
}

// Release gives the right back.
func (l *Lock) Release() { _ = l.file.Close() }
