//go:build linux

package seccomp

import (
	"fmt"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"

	"cloison/sandbox/calls"
)

// Listener is what an [Asking] call is told to return: the file from which the
// questions are read (seccomp_unotify(2)).
const Listener = "listener"

// Answering is the call after which those numbered from first to last do
// nothing and return 0 (SECCOMP_RET_ERRNO with no error). All others pass. The
// numbers must be the same on every processor, as those above 423 are.
func Answering(first, last uint32) (calls.Call, error) {
	return only(first, last, unix.SECCOMP_RET_ERRNO, 0)
}

// Asking is the call after which a supervisor is asked about those numbered from
// first to last.
func Asking(first, last uint32) (calls.Call, error) {
	c, err := only(first, last, unix.SECCOMP_RET_USER_NOTIF, unix.SECCOMP_FILTER_FLAG_NEW_LISTENER)
	return c.Labelled(Listener), err
}

func only(first, last, verdict uint32, flags uintptr) (calls.Call, error) {
	raw, err := bpf.Assemble(answer(first, last, verdict))
	if err != nil {
		return calls.Call{}, fmt.Errorf("assemble a seccomp filter: %w", err)
	}
	flags |= unix.SECCOMP_FILTER_FLAG_SPEC_ALLOW
	return calls.New("seccomp", unix.SYS_SECCOMP,
		calls.Named(unix.SECCOMP_SET_MODE_FILTER, "SECCOMP_SET_MODE_FILTER"), calls.Int(flags),
		calls.Vector(uint16(len(raw)), sockFilters(raw), fmt.Sprintf("{len = %d, filter = calls %d to %d}", len(raw), first, last))), nil
}

// answer is the filter. It does not ask for which processor a call is made.
func answer(first, last, verdict uint32) []bpf.Instruction {
	return []bpf.Instruction{
		bpf.LoadAbsolute{Off: offNumber, Size: 4},
		bpf.ALUOpConstant{Op: bpf.ALUOpAnd, Val: ^x32Bit},
		bpf.JumpIf{Cond: bpf.JumpLessThan, Val: first, SkipTrue: 2},
		bpf.JumpIf{Cond: bpf.JumpGreaterThan, Val: last, SkipTrue: 1},
		bpf.RetConstant{Val: verdict},
		bpf.RetConstant{Val: retAllow},
	}
}
