//go:build linux

package runtime

import (
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// likeStarted gives this process back the soft limit on open files that it was
// started with, so that its containers inherit that one. Go raises the limit for
// itself, to one below the hard limit (go.dev/issue/46279), keeps the old one for
// the programs that replace it or that package os/exec starts, and tells it to
// nobody. So we ask to be replaced by a program without a name: Go puts the old
// limit back, execve(2) fails with ENOENT, and we go on. See getrlimit(2).
var likeStarted = sync.OnceFunc(func() {
	var own unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &own) == nil && own.Cur == own.Max-1 { // nobody has set it since
		_ = syscall.Exec("", nil, nil)
	}
})
