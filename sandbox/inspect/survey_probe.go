package inspect

import (
	"context"
	"debug/elf"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"

	"cloison/sandbox"
)

// tryUserNS makes a user namespace and, as its root, a UTS namespace. The
// second shows that this root may do something: Ubuntu lets everyone make a
// user namespace and then denies all capabilities in it.
func tryUserNS(ctx context.Context) error {
	return tryClone(ctx, syscall.CLONE_NEWUSER|syscall.CLONE_NEWUTS)
}

// tryNetNS makes a network namespace, with the rights of a user namespace
// where ours do not suffice.
func tryNetNS(ctx context.Context, ours sandbox.CapSet) error {
	if ours.Has(capSysAdmin) {
		return tryClone(ctx, syscall.CLONE_NEWNET)
	}
	return tryClone(ctx, syscall.CLONE_NEWUSER|syscall.CLONE_NEWNET)
}

// tryClone runs true(1) in new namespaces.
func tryClone(ctx context.Context, flags uintptr) error {
	cmd := exec.CommandContext(ctx, "true")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: flags, Pdeathsig: syscall.SIGKILL}
	if flags&syscall.CLONE_NEWUSER != 0 {
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Geteuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getegid(), Size: 1}}
	}
	return refusal(cmd.Run())
}

// refusal is the kernel's own answer, without the circumstances.
func refusal(err error) error {
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return errno
	}
	return err
}

// findTool looks for a command on PATH, and where Debian keeps what it thinks
// ordinary users do not need; "" where there is none.
func findTool(name string) string {
	if found, err := exec.LookPath(name); err == nil {
		return found
	}
	for _, dir := range []string{"/usr/local/sbin", "/usr/sbin", "/sbin"} {
		if found, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return found
		}
	}
	return ""
}

// isStatic says whether a program asks for no dynamic linker (elf(5),
// PT_INTERP).
func isStatic(program string) bool {
	file, err := elf.Open(program)
	if err != nil {
		return false
	}
	defer file.Close()
	return !slices.ContainsFunc(file.Progs, func(p *elf.Prog) bool { return p.Type == elf.PT_INTERP })
}
