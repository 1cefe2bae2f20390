package watch

import (
	"bytes"
	"io"
	"io/fs"
)

// usage is the file of a cgroup that counts for how long its processes have
// run. Its first line changes when any of them has: "usage_usec 123" in
// cpu.stat of v2, nanoseconds in cpuacct.usage of v1.
type usage struct {
	file io.ReaderAt // nil where there is none
	last []byte
}

func newUsage(root fs.FS, name string) *usage {
	u := &usage{}
	if name == "" {
		return u
	}
	file, err := root.Open(name)
	if err != nil {
		return u
	}
	if at, ok := file.(io.ReaderAt); ok {
		u.file = at
	} else {
		_ = file.Close()
	}
	return u
}

// moved says whether anybody has run since it was last asked, and whether that
// can be known. It cannot be, any more, when the cgroup has been removed.
func (u *usage) moved() (moved, known bool) {
	if u.file == nil {
		return false, false
	}
	var room [64]byte
	n, err := u.file.ReadAt(room[:], 0)
	if err != nil && err != io.EOF || n == 0 {
		return false, false
	}
	now, _, _ := bytes.Cut(room[:n], []byte("\n"))
	if bytes.Equal(now, u.last) {
		return false, true
	}
	u.last = append(u.last[:0], now...)
	return true, true
}

func (u *usage) close() {
	if c, ok := u.file.(io.Closer); ok {
		_ = c.Close()
	}
	u.file = nil
}
