//go:build linux

package seccomp

import (
	"encoding/binary"
	"fmt"
	"strings"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"

	"cloison/sandbox"
	"cloison/sandbox/calls"
)

// filterFlags are told in this order.
var filterFlags = []calls.Flag{
	{Bit: unix.SECCOMP_FILTER_FLAG_LOG, Name: "SECCOMP_FILTER_FLAG_LOG"},
	{Bit: unix.SECCOMP_FILTER_FLAG_SPEC_ALLOW, Name: "SECCOMP_FILTER_FLAG_SPEC_ALLOW"},
}

// Load is the call after which the kernel asks the filter before every call of
// the process and its children. It needs no_new_privs, or CAP_SYS_ADMIN in the
// process's user namespace. name is the profile's.
func Load(f Filter, name string) (calls.Call, error) {
	raw, err := bpf.Assemble(f.Program)
	if err != nil {
		return calls.Call{}, fmt.Errorf("assemble the seccomp filter: %w", err)
	}
	var bits uintptr
	for _, flag := range f.Flags {
		bits |= flags[flag]
	}
	why := f.reason()
	load := calls.New("seccomp", unix.SYS_SECCOMP,
		calls.Named(unix.SECCOMP_SET_MODE_FILTER, "SECCOMP_SET_MODE_FILTER"),
		calls.Flags(bits, filterFlags),
		calls.Vector(uint16(len(raw)), sockFilters(raw), fmt.Sprintf("{len = %d, filter = %s}", len(raw), name))).
		Because(why.EN, why.FR).
		InShell("bwrap --seccomp 3 3<FILTER.bpf … CMD")
	load.Filters = true
	return load, nil
}

// sockFilters lays instructions out as struct sock_filter.
func sockFilters(raw []bpf.RawInstruction) []byte {
	b := make([]byte, 0, 8*len(raw))
	for _, in := range raw {
		b = binary.NativeEndian.AppendUint16(b, in.Op)
		b = append(b, in.Jt, in.Jf)
		b = binary.NativeEndian.AppendUint32(b, in.K)
	}
	return b
}

// reason says what the filter does.
func (f Filter) reason() sandbox.Text {
	els := sandbox.Text{EN: "kills the process for", FR: "tue le processus pour"}
	switch f.Default &^ maxErrno {
	case retAllow:
		els = sandbox.Text{EN: "allows", FR: "autorise"}
	case retErrno:
		name := unix.ErrnoName(unix.Errno(f.Default & maxErrno))
		els = sandbox.Text{EN: "refuses with " + name, FR: "refuse avec " + name}
	case retLog:
		els = sandbox.Text{EN: "allows and logs", FR: "autorise et journalise"}
	case retTrap:
		els = sandbox.Text{EN: "sends SIGSYS for", FR: "envoie SIGSYS pour"}
	}
	why := sandbox.Text{
		EN: fmt.Sprintf("before each system call the kernel now runs a filter of %d instructions: it knows %d %s by name, and %s the others", len(f.Program), f.Named, plural(f.Named, "call"), els.EN),
		FR: fmt.Sprintf("avant chaque appel système, le noyau exécute désormais un filtre de %d instructions : il connaît %d %s par leur nom, et %s les autres", len(f.Program), f.Named, plural(f.Named, "appel"), els.FR),
	}
	if len(f.Unknown) > 0 {
		why.EN += "; names unknown to cloison are passed over: " + strings.Join(f.Unknown, " ")
		why.FR += " ; les noms inconnus de cloison sont ignorés : " + strings.Join(f.Unknown, " ")
	}
	return why
}

func plural(n int, noun string) string {
	if n == 1 {
		return noun
	}
	return noun + "s"
}
