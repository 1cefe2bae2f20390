package calls

import "golang.org/x/sys/unix"

const (
	sysClone  = unix.SYS_CLONE
	sysClone3 = unix.SYS_CLONE3
)
