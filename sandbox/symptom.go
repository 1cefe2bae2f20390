package sandbox

import (
	"fmt"
	"strings"
)

// symptoms are the errors of refusals, with the words that strerror(3) has for
// them in the C locale. Programs print these words; a kernel gives only the
// number.
var symptoms = []struct{ errno, words string }{
	{"EPERM", "are you root?"},     // busybox, where it knows better than strerror
	{"EPERM", "must be root"},      // hostname(1)
	{"EPERM", "must be superuser"}, // mount(8)
	{"EPERM", "operation not permitted"},
	{"EACCES", "permission denied"},
	{"EROFS", "read-only file system"},
	{"ENOSPC", "no space left on device"},
	{"ENOSYS", "function not implemented"},
	{"EAGAIN", "resource temporarily unavailable"},
	{"EMFILE", "too many open files"},
	{"ENOENT", "no such file or directory"},
	{"ENODEV", "no such device"},
	{"EINVAL", "invalid argument"},
}

// signals are those that end a process for what it has done or used, by their
// numbers (signal(7)).
var signals = map[int]string{4: "SIGILL", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE", 9: "SIGKILL", 11: "SIGSEGV", 13: "SIGPIPE", 15: "SIGTERM", 24: "SIGXCPU", 25: "SIGXFSZ", 31: "SIGSYS"}

// Symptom is how a command ended, in the kernel's words: the error that its
// last lines speak of, the signal that killed it, or its exit status. "" is
// success.
func (o Outcome) Symptom() string {
	if o.Exit == 0 {
		return ""
	}
	if name, ok := signals[o.Exit-128]; ok {
		return name
	}
	lines := strings.Split(strings.ToLower(strings.TrimSpace(o.Output)), "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		for _, s := range symptoms {
			if strings.Contains(lines[i], s.words) || strings.Contains(lines[i], strings.ToLower(s.errno)) {
				return s.errno
			}
		}
	}
	return fmt.Sprintf("exit %d", o.Exit)
}

// Refused says whether how a command ended looks like a refusal, so that it is
// worth asking which layer it was.
func (o Outcome) Refused() bool {
	switch o.Symptom() {
	case "EPERM", "EACCES", "EROFS", "SIGSYS", "SIGKILL", "EAGAIN":
		return true
	}
	return false
}
