//go:build linux

package runtime

import (
	"os/exec"
	"sync"

	"golang.org/x/sys/unix"
)

// likeStarted gives this process back the soft limit on open files that it was
// started with, so that its containers inherit that one. Go raises the limit for
// itself, to one below the hard limit, gives programs that package os/exec starts
// the old one (go.dev/issue/46279), and tells it to nobody: such a program is looked
// at. Without one the limit stays raised, which does no harm. See getrlimit(2).
var likeStarted = sync.OnceFunc(func() {
	var own, started unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &own) != nil || own.Cur != own.Max-1 {
		return
	}
	waiting := exec.Command("sleep", "60")
	if waiting.Start() != nil {
		return
	}
	err := unix.Prlimit(waiting.Process.Pid, unix.RLIMIT_NOFILE, nil, &started)
	_ = waiting.Process.Kill()
	_ = waiting.Wait()
	if err == nil {
		_ = unix.Setrlimit(unix.RLIMIT_NOFILE, &started)
	}
})
