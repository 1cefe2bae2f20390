//go:build linux

package calls

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Options say how the fresh process is made.
type Options struct {
	Flags    uintptr // CLONE_NEW… of clone(2)
	Cgroup   int     // file descriptor of a cgroup v2 folder to be born in (CLONE_INTO_CGROUP); 0 is none
	Stepwise bool    // the process waits for Go before every told call and reports every call
}

// Process is a fresh process that waits to carry out its program. It belongs
// to the thread that started it: see [Program.Start].
type Process struct {
	PID int // as the caller counts

	program *Program
	goWrite int
	report  int
}

// Report is the outcome of one call.
type Report struct {
	Index  int // of the call in the program; its length when every execve failed
	Errno  syscall.Errno
	Result uintptr
}

// Start clones a process that waits for [Process.Go]. The caller must have
// locked its goroutine to its thread (runtime.LockOSThread) and keep it locked
// while the process lives: PR_SET_PDEATHSIG counts the death of this thread.
func (p *Program) Start(o Options) (*Process, error) {
	var down, up [2]int
	if err := unix.Pipe2(down[:], unix.O_CLOEXEC); err != nil {
		return nil, fmt.Errorf("make a pipe: %w", err)
	}
	if err := unix.Pipe2(up[:], unix.O_CLOEXEC); err != nil {
		closeAll(down[:])
		return nil, fmt.Errorf("make a pipe: %w", err)
	}
	pid, errno := p.fork(o, down, up)
	closeAll([]int{down[0], up[1]})
	if errno != 0 {
		closeAll([]int{down[1], up[0]})
		return nil, errno
	}
	return &Process{PID: pid, program: p, goWrite: down[1], report: up[0]}, nil
}

func (p *Program) fork(o Options, down, up [2]int) (int, syscall.Errno) {
	b := &birth{
		steps: p.steps, result: p.result, stepwise: o.Stepwise,
		goRead: uintptr(down[0]), goWrite: uintptr(down[1]),
		reportRead: uintptr(up[0]), reportWrite: uintptr(up[1]),
	}
	b.clone = cloneArgs{flags: uint64(o.Flags), exitSignal: uint64(unix.SIGCHLD)}
	if o.Cgroup > 0 {
		b.useClone3 = true
		b.clone.flags |= unix.CLONE_INTO_CGROUP
		b.clone.cgroup = uint64(o.Cgroup)
	}
	syscall.ForkLock.Lock()
	pid, errno := b.fork()
	syscall.ForkLock.Unlock()
	runtime.KeepAlive(p)
	return int(pid), errno
}

// Go lets the process carry out its list, or with Options.Stepwise its next
// told call.
func (p *Process) Go() error {
	if _, err := retry(func() (int, error) { return unix.Write(p.goWrite, []byte{1}) }); err != nil {
		return fmt.Errorf("tell the new process to go: %w", err)
	}
	return nil
}

// Next is the next report of the process: with Options.Stepwise one a call,
// else only of a fork and of what went wrong. It is io.EOF when an execve has
// succeeded or the process has ended.
func (p *Process) Next() (Report, error) {
	var buf [recordSize]byte
	n, err := retry(func() (int, error) { return unix.Read(p.report, buf[:]) })
	switch {
	case err != nil:
		return Report{}, fmt.Errorf("read the new process's report: %w", err)
	case n == 0:
		return Report{}, io.EOF
	case n != recordSize:
		return Report{}, io.ErrUnexpectedEOF
	}
	r := *(*record)(unsafe.Pointer(&buf))
	return Report{Index: int(r.index), Errno: syscall.Errno(r.errno), Result: uintptr(r.result)}, nil
}

// Close closes the pipes to the process. One that still waits for Go ends.
func (p *Process) Close() { closeAll([]int{p.goWrite, p.report}) }

func retry(f func() (int, error)) (int, error) {
	for {
		n, err := f()
		if !errors.Is(err, unix.EINTR) {
			return n, err
		}
	}
}

func closeAll(fds []int) {
	for _, fd := range fds {
		_ = unix.Close(fd)
	}
}
