package seccomp

import (
	"encoding/binary"
	"fmt"
	"slices"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"

	"cloison/sandbox"
	"cloison/sandbox/calls"
)

// Raw is a filter as the kernel has it: struct sock_filter, one after the
// other.
type Raw []byte

const sockFilterSize = 8

// instructions takes a filter apart.
func (r Raw) instructions() ([]bpf.RawInstruction, error) {
	n := len(r) / sockFilterSize
	if len(r)%sockFilterSize != 0 || n == 0 || n > mostInstructions {
		return nil, fmt.Errorf("a filter of %d bytes: want 1 to %d instructions of %d bytes", len(r), mostInstructions, sockFilterSize)
	}
	list := make([]bpf.RawInstruction, n)
	for i := range list {
		b := r[sockFilterSize*i:]
		list[i] = bpf.RawInstruction{Op: binary.NativeEndian.Uint16(b), Jt: b[2], Jf: b[3], K: binary.NativeEndian.Uint32(b[4:])}
	}
	return list, nil
}

// Load is the call that loads the filter once more, as [Load] does a compiled one.
func (r Raw) Load() (calls.Call, error) {
	list, err := r.instructions()
	if err != nil {
		return calls.Call{}, err
	}
	load := calls.New("seccomp", unix.SYS_SECCOMP,
		calls.Named(unix.SECCOMP_SET_MODE_FILTER, "SECCOMP_SET_MODE_FILTER"), calls.Int(0),
		calls.Vector(uint16(len(list)), r, fmt.Sprintf("{len = %d, filter = …}", len(list))))
	load.Filters = true
	return load, nil
}

// Denied names the calls of the native processor that the filter refuses when
// their arguments are 0. It answers for filters that x/net's virtual machine
// can run, as those are that libseccomp and this program write.
func (r Raw) Denied(goarch string) ([]string, error) {
	list, err := r.instructions()
	if err != nil {
		return nil, err
	}
	program, _ := bpf.Disassemble(list)
	vm, err := bpf.NewVM(program)
	if err != nil {
		return nil, fmt.Errorf("read a filter: %w", err)
	}
	native, known := natives[goarch]
	if !known {
		return nil, sandbox.Errorf("the numbers of the calls of %s are not known to cloison",
			"cloison ne connaît pas les numéros des appels de %s", goarch)
	}
	table := tables[native.arch]
	var denied []string
	for number, name := range table.SyscallNumbers {
		if !passes(vm, uint32(table.ID), uint32(number)) {
			denied = append(denied, name)
		}
	}
	slices.Sort(denied)
	return denied, nil
}

// passes lets a filter decide on one call. x/net reads words with the high
// byte first.
func passes(vm *bpf.VM, id, number uint32) bool {
	data := make([]byte, 64)
	binary.BigEndian.PutUint32(data[offNumber:], number)
	binary.BigEndian.PutUint32(data[offArch:], id)
	got, err := vm.Run(data)
	return err == nil && (uint32(got)&^maxErrno == retAllow || uint32(got)&^maxErrno == retLog)
}

// Allowing is the filter with some calls allowed before it is asked.
func (r Raw) Allowing(goarch string, names ...string) Raw {
	table := tables[natives[goarch].arch]
	var out Raw
	put := func(op uint16, jt, jf uint8, k uint32) {
		out = binary.NativeEndian.AppendUint16(out, op)
		out = append(out, jt, jf)
		out = binary.NativeEndian.AppendUint32(out, k)
	}
	const load, equal, ret = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, unix.BPF_RET | unix.BPF_K
	for _, name := range names {
		number, known := table.SyscallNames[name]
		if !known {
			continue
		}
		// Numbers mean nothing without the architecture.
		put(load, 0, 0, offArch)
		put(equal, 0, 3, uint32(table.ID))
		put(load, 0, 0, offNumber)
		put(equal, 0, 1, uint32(number))
		put(ret, 0, 0, retAllow)
	}
	return append(out, r...)
}
