package shell

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// Terminal opens a fresh pseudo-terminal of that size (pty(7)). The slave is
// for the shell's standard streams and controlling terminal, the master for
// [Master]. The caller closes both.
func Terminal(cols, rows int) (master int, slave *os.File, err error) {
	master, err = unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		return 0, nil, fmt.Errorf("open a pseudo-terminal: %w", err)
	}
	slave, err = openSlave(master, cols, rows)
	if err != nil {
		_ = unix.Close(master)
		return 0, nil, err
	}
	return master, slave, nil
}

// openSlave opens the other side by its descriptor and not by its name in
// /dev/pts, which another mount namespace may not have (TIOCGPTPEER(2const)).
func openSlave(master, cols, rows int) (*os.File, error) {
	if err := unix.IoctlSetPointerInt(master, unix.TIOCSPTLCK, 0); err != nil {
		return nil, fmt.Errorf("unlock a pseudo-terminal: %w", err)
	}
	size := &unix.Winsize{Col: uint16(cols), Row: uint16(rows)}
	if err := unix.IoctlSetWinsize(master, unix.TIOCSWINSZ, size); err != nil {
		return nil, fmt.Errorf("size a pseudo-terminal: %w", err)
	}
	flags := uintptr(unix.O_RDWR | unix.O_NOCTTY | unix.O_CLOEXEC)
	fd, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(master), unix.TIOCGPTPEER, flags)
	if errno != 0 {
		return nil, fmt.Errorf("open the slave of a pseudo-terminal: %w", errno)
	}
	return os.NewFile(fd, "pts"), nil
}

// Master makes a file of fd, the master side of a pseudo-terminal, as [New]
// wants it: non-blocking, so that Close ends a Read.
func Master(fd int) (*os.File, error) {
	if err := unix.SetNonblock(fd, true); err != nil {
		return nil, fmt.Errorf("make a terminal non-blocking: %w", err)
	}
	return os.NewFile(uintptr(fd), "ptmx"), nil
}

// Resize sets the terminal's size, and by that sends SIGWINCH to the programs
// on it (TIOCSWINSZ(2const)).
func (s *Shell) Resize(cols, rows int) error { return Resize(s.tty, cols, rows) }

// Resize sets the size of the terminal whose master side is tty.
func Resize(tty *os.File, cols, rows int) error {
	size := &unix.Winsize{Col: uint16(cols), Row: uint16(rows)}
	err := ioctl(tty, func(fd int) error { return unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, size) })
	if err != nil {
		return fmt.Errorf("resize a terminal to %d by %d: %w", cols, rows, err)
	}
	return nil
}

// Foreground is the process that the terminal's keys go to: the leader of the
// process group that has the terminal (TIOCGPGRP(2const)), or what that leader
// only waits for, such as the container of a cloison run.
func (s *Shell) Foreground() (int, error) {
	var group int
	err := ioctl(s.tty, func(fd int) (err error) {
		group, err = unix.IoctlGetInt(fd, unix.TIOCGPGRP)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("find who has the terminal: %w", err)
	}
	return innermost(os.DirFS("/proc"), processGroup, group), nil
}

func processGroup(pid int) int {
	group, err := unix.Getpgid(pid)
	if err != nil {
		return 0
	}
	return group
}

// ioctl runs an ioctl(2) without taking the file out of the poller, which
// Fd would do.
func ioctl(tty *os.File, do func(fd int) error) error {
	raw, err := tty.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	if err := raw.Control(func(fd uintptr) { failed = do(int(fd)) }); err != nil {
		return err
	}
	return failed
}
