package image

import (
	"fmt"
	"io"
	"io/fs"
)

// Archive writes a newc cpio archive, the only form in which the kernel takes
// an initial RAM file system. The kernel unpacks several that follow one
// another, so a second archive can add to what a first one holds.
//
// See Documentation/driver-api/early-userspace/buffer-format.rst in the
// kernel's source; cpio(5) describes the header.
type Archive struct {
	w   io.Writer
	at  int64 // bytes written so far
	ino int   // of the latest entry
	err error
}

// NewArchive starts an archive on w. The caller closes it.
func NewArchive(w io.Writer) *Archive { return &Archive{w: w} }

// Folder adds a folder; folders above it must have been added before.
func (a *Archive) Folder(name string, perm fs.FileMode) error {
	a.header(name, 0o040000|uint32(perm.Perm()), 2, 0, 0, 0)
	return a.err
}

// Char adds a character device, which mknod(2) would make.
func (a *Archive) Char(name string, perm fs.FileMode, major, minor uint32) error {
	a.header(name, 0o020000|uint32(perm.Perm()), 1, 0, major, minor)
	return a.err
}

// File adds a regular file of size bytes, which it reads from r.
func (a *Archive) File(name string, perm fs.FileMode, size int64, r io.Reader) error {
	if a.err == nil && (size < 0 || size > 1<<32-1) {
		a.err = fmt.Errorf("add %s: a cpio archive has no room for %d bytes", name, size)
	}
	a.header(name, 0o100000|uint32(perm.Perm()), 1, size, 0, 0)
	if a.err != nil {
		return a.err
	}
	n, err := io.Copy(a.w, io.LimitReader(r, size))
	a.at += n
	if err == nil && n < size {
		err = fmt.Errorf("it ended after %d of %d bytes: %w", n, size, io.ErrUnexpectedEOF)
	}
	if err != nil {
		a.err = fmt.Errorf("add %s: %w", name, err)
		return a.err
	}
	a.pad()
	return a.err
}

// Close writes the entry that ends every archive, up to a multiple of 512
// bytes, where another archive may follow.
func (a *Archive) Close() error {
	a.header("TRAILER!!!", 0, 1, 0, 0, 0)
	a.zeros(int((512 - a.at%512) % 512))
	return a.err
}

// header writes an entry's header and name. Owner and times are 0: root, 1970.
func (a *Archive) header(name string, mode uint32, links int, size int64, major, minor uint32) {
	a.ino++
	a.write(fmt.Sprintf("070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%s\x00",
		a.ino, mode, 0, 0, links, 0, size, 0, 0, major, minor, len(name)+1, 0, name))
	a.pad()
}

// pad fills up to the next multiple of four bytes.
func (a *Archive) pad() { a.zeros(int((4 - a.at%4) % 4)) }

func (a *Archive) zeros(n int) { a.write(string(make([]byte, n))) }

func (a *Archive) write(s string) {
	if a.err != nil {
		return
	}
	n, err := io.WriteString(a.w, s)
	a.at += int64(n)
	a.err = err
}
