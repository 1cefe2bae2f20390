//go:build linux

package calls

import (
	"syscall"
	"unsafe"
	_ "unsafe" // for go:linkname
)

// The runtime's own preparations for a fork: signals are blocked in the
// parent, and their handlers reset in the child. Package syscall uses them
// for os/exec, and the runtime promises to keep them for others.

//go:linkname beforeFork syscall.runtime_BeforeFork
func beforeFork()

//go:linkname afterFork syscall.runtime_AfterFork
func afterFork()

//go:linkname afterForkInChild syscall.runtime_AfterForkInChild
func afterForkInChild()

// record is what the child writes into its pipe.
type record struct {
	index  int32 // of the call; the list's length when it ran out
	errno  int32
	result uint64
}

const recordSize = int(unsafe.Sizeof(record{}))

// pollFD is struct pollfd of poll(2).
type pollFD struct {
	fd      int32
	events  int16
	revents int16
}

// birth is all that the child touches. It is written before the fork, and the
// child works on its copy.
type birth struct {
	steps  []step
	result []uintptr

	clone     cloneArgs
	useClone3 bool
	stepwise  bool // wait and report at every told call

	goRead, goWrite         uintptr // the parent says go
	reportRead, reportWrite uintptr // the child reports

	record    record
	execErrno syscall.Errno // of the execve calls so far: that of a file which is there, else of one which is not
	poll      pollFD
	goByte    [8]byte
	zeroTime  [2]int64
	nowhere   *byte // nil
}

// cloneArgs is struct clone_args of clone3(2), up to the field cgroup.
type cloneArgs struct {
	flags, pidfd, childTID, parentTID, exitSignal uint64
	stack, stackSize, tls, setTID, setTIDSize     uint64
	cgroup                                        uint64
}

// fork clones the process and never returns in the child. It must not
// allocate or split its stack between beforeFork and the end.
//
//go:norace
//go:nosplit
func (b *birth) fork() (pid uintptr, errno syscall.Errno) {
	beforeFork()
	if b.useClone3 {
		pid, errno = rawClone3(&b.clone)
	} else {
		pid, errno = rawClone(uintptr(b.clone.flags | b.clone.exitSignal))
	}
	if errno != 0 || pid != 0 {
		afterFork()
		return pid, errno
	}
	afterForkInChild()
	b.child()
	return 0, 0 // not reached
}

//go:norace
//go:nosplit
func rawClone(flags uintptr) (uintptr, syscall.Errno) {
	pid, _, errno := syscall.RawSyscall6(sysClone, flags, 0, 0, 0, 0, 0)
	return pid, errno
}

//go:norace
//go:nosplit
func rawClone3(args *cloneArgs) (uintptr, syscall.Errno) {
	pid, _, errno := syscall.RawSyscall6(sysClone3, uintptr(unsafe.Pointer(args)), unsafe.Sizeof(*args), 0, 0, 0, 0)
	return pid, errno
}

// child walks the list. Nothing here may call Go code that could allocate,
// lock or grow the stack.
//
//go:norace
//go:nosplit
func (b *birth) child() {
	syscall.RawSyscall6(syscall.SYS_CLOSE, b.goWrite, 0, 0, 0, 0, 0)
	syscall.RawSyscall6(syscall.SYS_CLOSE, b.reportRead, 0, 0, 0, 0, 0)
	for i := range b.steps {
		if b.steps[i].told && (b.stepwise || i == 0) {
			b.await()
		}
		result, errno := b.call(i)
		if b.steps[i].ties {
			b.leaveIfAlone()
		}
		b.after(i, result, errno)
	}
	b.tell(len(b.steps), b.execErrno, 0)
	b.exit()
}

// after reports the outcome of call i where somebody waits for it, and ends
// the process where the list must not go on.
//
//go:norace
//go:nosplit
func (b *birth) after(i int, result uintptr, errno syscall.Errno) {
	s := &b.steps[i]
	if s.exec && (b.execErrno == 0 || errno != syscall.ENOENT && errno != syscall.ENOTDIR) {
		b.execErrno = errno
	}
	refused := errno != 0 && s.tolerate[(errno/64)%3]&(1<<(errno%64)) == 0
	parted := s.forks && errno == 0 && result != 0
	if refused || parted || b.stepwise {
		b.tell(i, errno, result)
	}
	if refused || parted {
		b.exit()
	}
}

// call makes call number i and keeps its result.
//
//go:norace
//go:nosplit
func (b *birth) call(i int) (uintptr, syscall.Errno) {
	s := &b.steps[i]
	for n := range s.args {
		if s.back[n] > 0 {
			s.args[n] = b.result[i-int(s.back[n])]
		}
	}
	r, _, errno := syscall.RawSyscall6(s.nr, s.args[0], s.args[1], s.args[2], s.args[3], s.args[4], s.args[5])
	b.result[i] = r
	return r, errno
}

// await waits for the parent's go, and ends the process when the parent is
// gone. Where a seccomp filter refuses to wait, the process goes on.
//
//go:norace
//go:nosplit
func (b *birth) await() {
	for {
		n, _, errno := syscall.RawSyscall6(syscall.SYS_READ, b.goRead, uintptr(unsafe.Pointer(&b.goByte)), 1, 0, 0, 0)
		if errno == syscall.EINTR {
			continue
		}
		if errno == 0 && n != 1 {
			b.exit()
		}
		return
	}
}

// leaveIfAlone ends the process when the parent is gone: between its death and
// PR_SET_PDEATHSIG there is a moment in which no signal would come.
//
//go:norace
//go:nosplit
func (b *birth) leaveIfAlone() {
	b.poll = pollFD{fd: int32(b.goRead)}
	b.zeroTime = [2]int64{}
	n, _, errno := syscall.RawSyscall6(syscall.SYS_PPOLL, uintptr(unsafe.Pointer(&b.poll)), 1,
		uintptr(unsafe.Pointer(&b.zeroTime)), 0, 0, 0)
	const pollHup = 0x10
	if errno == 0 && n > 0 && b.poll.revents&pollHup != 0 {
		b.exit()
	}
}

// tell reports. A seccomp filter may refuse it; then the process goes on
// without its parent's word, which would not come.
//
//go:norace
//go:nosplit
func (b *birth) tell(i int, errno syscall.Errno, result uintptr) {
	b.record = record{index: int32(i), errno: int32(errno), result: uint64(result)}
	_, _, refused := syscall.RawSyscall6(syscall.SYS_WRITE, b.reportWrite, uintptr(unsafe.Pointer(&b.record)), unsafe.Sizeof(b.record), 0, 0, 0)
	if refused != 0 {
		b.stepwise = false // nobody would answer
	}
}

// exit ends the process. Where a seccomp filter refuses even that, a write to
// nowhere does it.
//
//go:norace
//go:nosplit
func (b *birth) exit() {
	syscall.RawSyscall6(syscall.SYS_EXIT_GROUP, 125, 0, 0, 0, 0, 0)
	for {
		*b.nowhere = 0
	}
}
