//go:build linux

package why

import (
	"fmt"
	"runtime"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
)

// ptraceSeccompGetFilter is PTRACE_SECCOMP_GET_FILTER of ptrace(2).
const ptraceSeccompGetFilter = 0x420c

// filters reads the seccomp filters of a process, the first loaded first. For
// this it has to stop for a moment: only a tracer with CAP_SYS_ADMIN, itself
// without a filter, may read them.
func filters(pid, count int) (list [][]byte, err error) {
	runtime.LockOSThread() // a tracer is a thread
	defer runtime.UnlockOSThread()
	if err := unix.PtraceSeize(pid); err != nil {
		return nil, fmt.Errorf("ptrace(PTRACE_SEIZE, %d): %w", pid, err)
	}
	defer func() { _ = unix.PtraceDetach(pid) }()
	if err := unix.PtraceInterrupt(pid); err != nil {
		return nil, fmt.Errorf("ptrace(PTRACE_INTERRUPT, %d): %w", pid, err)
	}
	if err := stopped(pid); err != nil {
		return nil, err
	}
	for i := range count {
		raw, err := filterOf(pid, i)
		if err != nil {
			return nil, fmt.Errorf("ptrace(PTRACE_SECCOMP_GET_FILTER, %d, %d): %w", pid, i, err)
		}
		list = append(list, raw)
	}
	return list, nil
}

// stopped waits until the process has stopped, but not for long.
func stopped(pid int) error {
	for deadline := time.Now().Add(2 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		var status unix.WaitStatus
		got, err := unix.Wait4(pid, &status, unix.WNOHANG|unix.WALL, nil)
		switch {
		case err == unix.EINTR:
		case err != nil:
			return fmt.Errorf("wait for process %d to stop: %w", pid, err)
		case got == pid && status.Stopped():
			return nil
		case got == pid:
			return sandbox.Errorf("process %d has ended", "le processus %d est terminé", pid)
		}
	}
	return sandbox.Errorf("process %d does not stop", "le processus %d ne s’arrête pas", pid)
}

// filterOf reads one: first its length, then itself.
func filterOf(pid, index int) ([]byte, error) {
	n, _, errno := unix.Syscall6(unix.SYS_PTRACE, ptraceSeccompGetFilter, uintptr(pid), uintptr(index), 0, 0, 0)
	if errno != 0 {
		return nil, errno
	}
	raw := make([]byte, 8*n)
	if n == 0 {
		return raw, nil
	}
	_, _, errno = unix.Syscall6(unix.SYS_PTRACE, ptraceSeccompGetFilter, uintptr(pid), uintptr(index), uintptr(unsafe.Pointer(&raw[0])), 0, 0)
	if errno != 0 {
		return nil, errno
	}
	return raw, nil
}
