package why

import (
	"fmt"
	"strings"

	"golang.org/x/sys/unix"
)

// symptoms are the errors of refusals, with the words that strerror(3) has for
// them in the C locale. Programs print these words; a kernel gives only the
// number.
var symptoms = []struct {
	errno unix.Errno
	words string
}{
	{unix.EPERM, "are you root?"}, // busybox, where it knows better than strerror
	{unix.EPERM, "operation not permitted"},
	{unix.EACCES, "permission denied"},
	{unix.EROFS, "read-only file system"},
	{unix.ENOSPC, "no space left on device"},
	{unix.ENOSYS, "function not implemented"},
	{unix.EAGAIN, "resource temporarily unavailable"},
	{unix.EMFILE, "too many open files"},
	{unix.ENOENT, "no such file or directory"},
	{unix.ENODEV, "no such device"},
	{unix.EINVAL, "invalid argument"},
}

// Symptom is how a run of a command ended, in the kernel's words: the error
// that its last lines speak of, the signal that killed it, or its exit status.
// "" is success.
func Symptom(o Outcome) string {
	switch {
	case o.Works():
		return ""
	case o.Exit > 128 && o.Exit <= 128+64:
		if name := unix.SignalName(unix.Signal(o.Exit - 128)); name != "" {
			return name
		}
	}
	lines := strings.Split(strings.ToLower(strings.TrimSpace(o.Output)), "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		for _, s := range symptoms {
			if strings.Contains(lines[i], s.words) || strings.Contains(lines[i], strings.ToLower(unix.ErrnoName(s.errno))) {
				return unix.ErrnoName(s.errno)
			}
		}
	}
	return fmt.Sprintf("exit %d", o.Exit)
}

// Refused says whether what a command printed and ended with looks like a
// refusal, so that it is worth asking why.
func Refused(o Outcome) bool {
	switch Symptom(o) {
	case "EPERM", "EACCES", "EROFS", "SIGSYS", "SIGKILL", "EAGAIN":
		return true
	}
	return false
}
