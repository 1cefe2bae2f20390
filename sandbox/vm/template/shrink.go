package template

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// step is the grain in which zeros are looked for.
const step = 64 << 10

// shrink gives back to the file system what a file does not need: the room
// reserved beyond its end, and stretches of zeros (FALLOC_FL_PUNCH_HOLE,
// fallocate(2)), which is what memory that was never used holds. Then it has
// the rest written to the disk, so that a template survives a power cut.
func shrink(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	size, err := punch(file)
	if err == nil {
		err = file.Truncate(size)
	}
	if err == nil {
		err = file.Sync()
	}
	return err
}

// punch makes holes of the zeros, and gives the file's size.
func punch(file *os.File) (size int64, err error) {
	zeros, buf := make([]byte, step), make([]byte, step)
	hole := int64(-1) // where it begins
	for {
		n, err := io.ReadFull(file, buf)
		if hole < 0 && n > 0 && bytes.Equal(buf[:n], zeros[:n]) {
			hole = size
		} else if hole >= 0 && (n == 0 || !bytes.Equal(buf[:n], zeros[:n])) {
			if err := dig(file, hole, size); err != nil {
				return 0, err
			}
			hole = -1
		}
		size += int64(n)
		switch {
		case n == 0 && errors.Is(err, io.EOF):
			return size, nil
		case err != nil && !errors.Is(err, io.ErrUnexpectedEOF):
			return 0, err
		}
	}
}

func dig(file *os.File, from, to int64) error {
	err := unix.Fallocate(int(file.Fd()), unix.FALLOC_FL_PUNCH_HOLE|unix.FALLOC_FL_KEEP_SIZE, from, to-from)
	if err != nil && !errors.Is(err, unix.EOPNOTSUPP) && !errors.Is(err, unix.ENOSYS) {
		return fmt.Errorf("make a hole: %w", err)
	}
	return nil
}
