package main

import (
	"bufio"
	"os"

	"golang.org/x/sys/unix"

	"cloison/sandbox/runtime"
)

// openKeys are those of the terminal, or of standard input where there is
// none.
func openKeys() (runtime.Keys, func()) {
	tty, err := os.Open("/dev/tty")
	if err != nil {
		return lineKeys{bufio.NewReader(os.Stdin)}, func() {}
	}
	return ttyKeys{tty}, func() { _ = tty.Close() }
}

// lineKeys are those of a pipe. A letter is one key, and so is the end of a
// line that holds nothing else.
type lineKeys struct{ in *bufio.Reader }

func (k lineKeys) Key(prompt func()) (byte, error) {
	prompt()
	line, err := k.in.ReadBytes('\n')
	if len(line) > 0 {
		return line[0], nil
	}
	return 0, err
}

// ttyKeys are those of a terminal, without waiting for Enter. The terminal is
// changed only while a key is waited for (termios(3)): in between it may be
// the container's.
type ttyKeys struct{ tty *os.File }

func (k ttyKeys) Key(prompt func()) (byte, error) {
	fd := int(k.tty.Fd())
	before, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return 0, err
	}
	now := *before
	now.Lflag &^= unix.ICANON | unix.ECHO | unix.ISIG
	now.Cc[unix.VMIN], now.Cc[unix.VTIME] = 1, 0
	if err := unix.IoctlSetTermios(fd, unix.TCSETS, &now); err != nil {
		return 0, err
	}
	defer func() { _ = unix.IoctlSetTermios(fd, unix.TCSETS, before) }()
	prompt()
	var b [1]byte
	if n, err := k.tty.Read(b[:]); n == 0 {
		return 0, err
	}
	return b[0], nil
}
