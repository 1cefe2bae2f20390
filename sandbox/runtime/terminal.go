//go:build linux

package runtime

import (
	"os/signal"

	"golang.org/x/sys/unix"
)

// foreground is the process group that a terminal's keys reach; 0 where
// standard input is no terminal, or belongs to another group.
type foreground int

// ownForeground says whether the terminal is ours.
func ownForeground() foreground {
	group, err := unix.IoctlGetInt(0, unix.TIOCGPGRP)
	if err != nil || group != unix.Getpgrp() {
		return 0
	}
	return foreground(group)
}

// takeBack makes the terminal ours again. An interactive shell in the
// container takes it for its own group, and cannot give it back, because our
// group has no number in its PID namespace. Asking from the background would
// stop us with SIGTTOU (credentials(7), tcsetpgrp(3)).
func (f foreground) takeBack() {
	if f == 0 || ownForeground() == f {
		return
	}
	signal.Ignore(unix.SIGTTOU)
	_ = unix.IoctlSetPointerInt(0, unix.TIOCSPGRP, int(f))
	signal.Reset(unix.SIGTTOU)
}
