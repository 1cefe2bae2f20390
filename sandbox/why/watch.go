//go:build linux

package why

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"

	"cloison/sandbox/calls"
	"cloison/sandbox/seccomp"
)

// hasLandlock says whether this kernel takes rules.
func hasLandlock() bool {
	_, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	return errno == 0
}

// lockFor is what relaxing some layers means for Landlock. The run with none
// relaxed is the one that is watched.
func lockFor(relaxed Set) locks {
	return locks{Off: relaxed.Has(Landlock), Watched: len(relaxed) == 0 && hasLandlock()}
}

// calls load the filter, before any other filter of the process: whatever those
// refuse, they go on refusing. Who may not load it goes without. The process
// must let us look at it until then (PR_SET_DUMPABLE(2const)).
func (l locks) calls() ([]calls.Call, error) {
	var load calls.Call
	var err error
	switch {
	case l.Off:
		load, err = seccomp.Answering(unix.SYS_LANDLOCK_RESTRICT_SELF, unix.SYS_LANDLOCK_RESTRICT_SELF)
	case l.asks():
		load, err = seccomp.Asking(unix.SYS_LANDLOCK_CREATE_RULESET, unix.SYS_LANDLOCK_RESTRICT_SELF)
	default:
		return nil, nil
	}
	return []calls.Call{
		calls.New("prctl", unix.SYS_PRCTL, calls.Named(unix.PR_SET_DUMPABLE, "PR_SET_DUMPABLE"), calls.Int(1)).Or(unix.EPERM),
		load.Or(unix.EINVAL, unix.EACCES, unix.EPERM, unix.EBUSY, unix.EMFILE),
	}, err
}

// watcher answers for the three calls of Landlock.
type watcher struct {
	open     ruleset // what is left out of every ruleset
	listener int

	mu    sync.Mutex
	rules map[uint64]*made // by the number of the ruleset's file
	list  []Evidence
}

// made is a ruleset, and its rules as they are told.
type made struct {
	closed ruleset
	opened []string
}

func newWatcher(l locks) *watcher {
	return &watcher{open: bits(l.Open), rules: map[uint64]*made{}}
}

// attend takes the listener over from a process that has just loaded the filter
// and waits, and answers from then on.
func (w *watcher) attend(pid int) error {
	links, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	for _, link := range links {
		if to, err := os.Readlink(link); err != nil || to != "anon_inode:seccomp notify" {
			continue
		}
		var number int
		if _, err := fmt.Sscan(filepath.Base(link), &number); err != nil {
			return err
		}
		fd, err := borrow(pid, number)
		if err != nil {
			return fmt.Errorf("watch process %d: %w", pid, err)
		}
		w.listener = fd
		go w.serve()
		return nil
	}
	return fmt.Errorf("watch process %d: it has no listener", pid)
}

// borrow is a file of another process.
func borrow(pid, number int) (int, error) {
	process, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return 0, fmt.Errorf("pidfd_open: %w", err)
	}
	defer func() { _ = unix.Close(process) }()
	fd, err := unix.PidfdGetfd(process, number, 0)
	if err != nil {
		return 0, fmt.Errorf("pidfd_getfd: %w", err)
	}
	return fd, nil
}

// evidence is what was seen so far.
func (w *watcher) evidence() []Evidence {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.list
}

// notification is struct seccomp_notif.
type notification struct {
	id       uint64
	pid      uint32
	_        uint32
	number   int32
	_        uint32
	_        uint64
	argument [6]uint64
}

// reply is struct seccomp_notif_resp.
type reply struct {
	id    uint64
	value int64
	errno int32
	flags uint32
}

// serve answers until nobody is left who could ask.
func (w *watcher) serve() {
	for {
		poll := []unix.PollFd{{Fd: int32(w.listener), Events: unix.POLLIN}}
		if _, err := unix.Poll(poll, -1); errors.Is(err, unix.EINTR) {
			continue
		} else if err != nil || poll[0].Revents&unix.POLLIN == 0 {
			return
		}
		var n notification
		if ioctl(w.listener, unix.SECCOMP_IOCTL_NOTIF_RECV, unsafe.Pointer(&n)) != 0 {
			continue // whoever asked is gone
		}
		if r, ours := w.answer(&n); ours {
			r.id = n.id
			_ = ioctl(w.listener, unix.SECCOMP_IOCTL_NOTIF_SEND, unsafe.Pointer(&r))
		}
	}
}

func ioctl(fd int, request uintptr, at unsafe.Pointer) unix.Errno {
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), request, uintptr(at))
	return errno
}

// asItIs lets the kernel do what was asked.
var asItIs = reply{flags: unix.SECCOMP_USER_NOTIF_FLAG_CONTINUE}

func refusing(errno unix.Errno) reply { return reply{errno: -int32(errno)} }

// answer decides; ours says that the answer is still to be sent.
func (w *watcher) answer(n *notification) (r reply, ours bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	const x32Bit = 0x40000000
	switch n.number &^ x32Bit {
	case unix.SYS_LANDLOCK_CREATE_RULESET:
		return w.create(n)
	case unix.SYS_LANDLOCK_ADD_RULE:
		return w.add(n), true
	}
	return w.restrict(n), true
}
