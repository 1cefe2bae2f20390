// Command locker closes accesses by rules of Landlock and becomes a program, for
// the tests of package why: older setpriv(1) can't.
//
//	locker fs:read-file,execute path-beneath:read-file:/usr … -- PROGRAM [ARG…]
package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// accesses of each kind, the lowest bit first.
var accesses = map[string][]string{
	"fs": {
		"execute", "write-file", "read-file", "read-dir", "remove-dir", "remove-file", "make-char", "make-dir", "make-reg",
		"make-sock", "make-fifo", "make-block", "make-sym", "refer", "truncate", "ioctl-dev",
	},
	"net": {"bind-tcp", "connect-tcp"},
}

func main() {
	runtime.LockOSThread() // rules are a thread's, and execve(2) is to be the same one's
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "locker:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	end := slices.Index(args, "--")
	if end < 0 || end+1 >= len(args) {
		return fmt.Errorf("there is no program")
	}
	var attr struct{ fs, net uint64 }
	for _, word := range args[:end] {
		kind, names, _ := strings.Cut(word, ":")
		switch kind {
		case "fs":
			attr.fs |= mask(kind, names)
		case "net":
			attr.net |= mask(kind, names)
		}
	}
	set, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&attr)), unsafe.Sizeof(attr), 0)
	if errno != 0 {
		return fmt.Errorf("landlock_create_ruleset: %w", errno)
	}
	for _, word := range args[:end] {
		if rule, ok := strings.CutPrefix(word, "path-beneath:"); ok {
			if err := open(set, rule); err != nil {
				return err
			}
		}
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	if _, _, errno := unix.Syscall(unix.SYS_LANDLOCK_RESTRICT_SELF, set, 0, 0); errno != 0 {
		return fmt.Errorf("landlock_restrict_self: %w", errno)
	}
	file, err := exec.LookPath(args[end+1])
	if err != nil {
		return err
	}
	return unix.Exec(file, args[end+1:], os.Environ())
}

func mask(kind, names string) (bits uint64) {
	for _, name := range strings.Split(names, ",") {
		if n := slices.Index(accesses[kind], name); n >= 0 {
			bits |= 1 << n
		}
	}
	return bits
}

// open adds a rule such as read-file:/usr.
func open(set uintptr, rule string) error {
	names, path, _ := strings.Cut(rule, ":")
	parent, err := unix.Open(path, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	attr := unix.LandlockPathBeneathAttr{Allowed_access: mask("fs", names), Parent_fd: int32(parent)}
	_, _, errno := unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, set, unix.LANDLOCK_RULE_PATH_BENEATH, uintptr(unsafe.Pointer(&attr)), 0, 0, 0)
	if errno != 0 {
		return fmt.Errorf("landlock_add_rule %s: %w", path, errno)
	}
	return nil
}
