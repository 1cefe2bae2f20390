package seccomp

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/elastic/go-seccomp-bpf/arch"
	"github.com/opencontainers/runtime-spec/specs-go"
	"golang.org/x/net/bpf"

	"cloison/sandbox/capability"
)

// usual is an ordinary container on a processor of today.
var usual = Container{Arch: "amd64", Kernel: Version{6, 1}, Caps: capability.DockerDefault}

// filterOf compiles a profile for a container.
func filterOf(t *testing.T, text string, c Container) Filter {
	t.Helper()
	p, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return compiled(t, p, c)
}

func compiled(t *testing.T, p *Profile, c Container) Filter {
	t.Helper()
	s, err := p.For(c)
	if err != nil {
		t.Fatal(err)
	}
	f, err := Compile(s)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// ask runs the filter on one call in x/net's virtual machine, which reads
// words with the high byte first.
func ask(t *testing.T, f Filter, table *arch.Info, name string, args ...uint64) uint32 {
	t.Helper()
	number, ok := table.SyscallNames[name]
	if !ok {
		if _, err := fmt.Sscanf(name, "%d", &number); err != nil {
			t.Fatalf("%s has no number on %s", name, table.Name)
		}
	}
	return askNumber(t, f, uint32(table.ID), uint32(number|table.SeccompMask), args...)
}

func askNumber(t *testing.T, f Filter, id, number uint32, args ...uint64) uint32 {
	t.Helper()
	vm, err := bpf.NewVM(f.Program)
	if err != nil {
		t.Fatal(err)
	}
	data := make([]byte, 64)
	binary.BigEndian.PutUint32(data[offNumber:], number)
	binary.BigEndian.PutUint32(data[offArch:], id)
	for i, a := range args {
		binary.BigEndian.PutUint32(data[offArgs+8*i:], uint32(a))
		binary.BigEndian.PutUint32(data[offArgs+8*i+4:], uint32(a>>32))
	}
	got, err := vm.Run(data)
	if err != nil {
		t.Fatal(err)
	}
	return uint32(got)
}

const (
	yes    = retAllow
	no     = retErrno | errnoEPERM
	absent = retErrno | errnoENOSYS
)

func TestDefaultProfile(t *testing.T) {
	const newNS, newUser, thread = 0x00020000, 0x10000000, 0x003d0f00
	admin := usual
	admin.Caps |= 1 << 21
	old := usual
	old.Kernel = Version{4, 4}
	for _, c := range []struct {
		in   Container
		on   *arch.Info
		call string
		args []uint64
		want uint32
	}{
		{usual, arch.X86_64, "read", nil, yes},
		{usual, arch.X86_64, "statmount", nil, yes},
		{usual, arch.X86_64, "mount", nil, no},
		{usual, arch.X86_64, "keyctl", nil, no},
		{usual, arch.X86_64, "io_uring_setup", nil, no},
		{usual, arch.X86_64, "clone", []uint64{thread}, yes},
		{usual, arch.X86_64, "clone", []uint64{newNS | 17}, no},
		{usual, arch.X86_64, "clone", []uint64{newUser}, no},
		{usual, arch.X86_64, "clone3", nil, absent},
		{usual, arch.X86_64, "unshare", []uint64{newUser}, no},
		{usual, arch.X86_64, "socket", []uint64{2}, yes},
		{usual, arch.X86_64, "socket", []uint64{17}, yes},
		{usual, arch.X86_64, "socket", []uint64{38}, no},
		{usual, arch.X86_64, "socket", []uint64{40}, no},
		{usual, arch.X86_64, "socket", []uint64{44}, yes},
		{usual, arch.X86_64, "socket", []uint64{1<<32 | 38}, no}, // the kernel takes the lower half, which is AF_ALG
		{usual, arch.X86_64, "personality", []uint64{0xffffffff}, yes},
		{usual, arch.X86_64, "personality", []uint64{0x0040000}, no},
		{usual, arch.X86_64, "ptrace", nil, yes},
		{old, arch.X86_64, "ptrace", nil, no},
		{usual, arch.X86_64, "999", nil, absent},
		{usual, arch.X86_64, "chroot", nil, yes},
		{usual, arch.X86_64, "arch_prctl", nil, yes},
		{admin, arch.X86_64, "mount", nil, yes},
		{admin, arch.X86_64, "clone", []uint64{newUser}, yes},
		{admin, arch.X86_64, "clone3", nil, yes},
		{usual, arch.I386, "socketcall", nil, yes},
		{usual, arch.I386, "mount", nil, no},
		{usual, arch.I386, "clone", []uint64{newUser}, no},
		{usual, arch.X32, "read", nil, yes},
		{usual, arch.X32, "mount", nil, no},
		{usual, arch.ARM, "read", nil, retKillProcess},
		{Container{Arch: "arm64", Kernel: usual.Kernel}, arch.AARCH64, "openat", nil, yes},
		{Container{Arch: "arm64", Kernel: usual.Kernel}, arch.ARM, "recv", nil, yes},
		{Container{Arch: "arm64", Kernel: usual.Kernel}, arch.ARM, "mount", nil, no},
	} {
		if got := ask(t, compiled(t, Default(), c.in), c.on, c.call, c.args...); got != c.want {
			t.Errorf("%s: %s%x gives %#x, want %#x", c.on.Name, c.call, c.args, got, c.want)
		}
	}
}

func TestDefaultKnowsItsNames(t *testing.T) {
	for name, c := range map[string]Container{"amd64": usual, "arm64": {Arch: "arm64", Kernel: usual.Kernel}} {
		f := compiled(t, Default(), c)
		if len(f.Unknown) > 3 { // of processors without a table here
			t.Errorf("%s: unknown names %v", name, f.Unknown)
		}
		if len(f.Program) > 1000 {
			t.Errorf("%s: %d instructions", name, len(f.Program))
		}
		t.Logf("%s: %d instructions for %d calls; unknown %v", name, len(f.Program), f.Named, f.Unknown)
	}
}

// TestOperators compares each comparison with Go's own, around the places
// where 64 bits are split.
func TestOperators(t *testing.T) {
	values := []uint64{0, 1, 2, 0xfffffffe, 0xffffffff, 1 << 32, 1<<32 + 1, 5<<32 | 7, 5<<32 | 8, 6<<32 | 7, 1<<64 - 1}
	for op, holds := range map[specs.LinuxSeccompOperator]func(arg, v, two uint64) bool{
		specs.OpEqualTo:      func(arg, v, _ uint64) bool { return arg == v },
		specs.OpNotEqual:     func(arg, v, _ uint64) bool { return arg != v },
		specs.OpLessThan:     func(arg, v, _ uint64) bool { return arg < v },
		specs.OpLessEqual:    func(arg, v, _ uint64) bool { return arg <= v },
		specs.OpGreaterThan:  func(arg, v, _ uint64) bool { return arg > v },
		specs.OpGreaterEqual: func(arg, v, _ uint64) bool { return arg >= v },
		specs.OpMaskedEqual:  func(arg, v, two uint64) bool { return arg&v == two },
	} {
		for _, v := range values {
			for _, two := range []uint64{0, v & 0x500000007} {
				f, err := Compile(&specs.LinuxSeccomp{
					DefaultAction: specs.ActErrno, Architectures: []specs.Arch{specs.ArchX86_64},
					Syscalls: []specs.LinuxSyscall{{Names: []string{"read"}, Action: specs.ActAllow, Args: []specs.LinuxSeccompArg{{Index: 5, Value: v, ValueTwo: two, Op: op}}}},
				})
				if err != nil {
					t.Fatal(err)
				}
				for _, arg := range values {
					got := ask(t, f, arch.X86_64, "read", 0, 0, 0, 0, 0, arg) == yes
					if got != holds(arg, v, two) {
						t.Errorf("%#x %s %#x (%#x): got %v", arg, op, v, two, got)
					}
				}
			}
		}
	}
}

func TestRulesMeet(t *testing.T) {
	const allow = `"action": "SCMP_ACT_ALLOW"`
	for name, c := range map[string]struct {
		profile, call string
		args          []uint64
		want          uint32
	}{
		"deny list":               {`{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["chmod"], "action": "SCMP_ACT_ERRNO"}]}`, "chmod", nil, no},
		"deny list, the others":   {`{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["chmod"], "action": "SCMP_ACT_ERRNO"}]}`, "999", nil, yes},
		"kill":                    {`{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"name": "chmod", "action": "SCMP_ACT_KILL_PROCESS"}]}`, "chmod", nil, retKillProcess},
		"errno of its own":        {`{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["chmod"], "action": "SCMP_ACT_ERRNO", "errnoRet": 13}]}`, "chmod", nil, retErrno | 13},
		"default errno":           {`{"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38, "syscalls": []}`, "chmod", nil, absent},
		"no rules":                {`{"defaultAction": "SCMP_ACT_ERRNO"}`, "chmod", nil, no},
		"all arguments must fit":  {`{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names": ["read"], ` + allow + `, "args": [{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}, {"index": 1, "value": 2, "op": "SCMP_CMP_EQ"}]}]}`, "read", []uint64{1, 3}, no},
		"both fit":                {`{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names": ["read"], ` + allow + `, "args": [{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}, {"index": 1, "value": 2, "op": "SCMP_CMP_EQ"}]}]}`, "read", []uint64{1, 2}, yes},
		"one argument, two rules": {`{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names": ["read"], ` + allow + `, "args": [{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}, {"index": 0, "value": 2, "op": "SCMP_CMP_EQ"}]}]}`, "read", []uint64{2}, yes},
		"without arguments wins":  {`{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names": ["read"], "action": "SCMP_ACT_KILL", "args": [{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}]}, {"names": ["read"], ` + allow + `}]}`, "read", []uint64{1}, yes},
		"no 32 bits unless said":  {`{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": []}`, "1073741824", nil, absent},
	} {
		if got := ask(t, filterOf(t, c.profile, usual), arch.X86_64, c.call, c.args...); got != c.want {
			t.Errorf("%s: got %#x, want %#x", name, got, c.want)
		}
	}
}

// TestFarJumps has so many rules that jumps must be long ones.
func TestFarJumps(t *testing.T) {
	s := &specs.LinuxSeccomp{DefaultAction: specs.ActErrno, Architectures: []specs.Arch{specs.ArchX86_64}}
	for v := range uint64(120) {
		s.Syscalls = append(s.Syscalls, specs.LinuxSyscall{Names: []string{"socket", "clone"}, Action: specs.ActAllow, Args: []specs.LinuxSeccompArg{{Value: 3 * v, Op: specs.OpEqualTo}}})
	}
	f, err := Compile(s)
	if err != nil {
		t.Fatal(err)
	}
	for _, call := range []string{"socket", "clone"} {
		if a, b := ask(t, f, arch.X86_64, call, 3*119), ask(t, f, arch.X86_64, call, 3*119+1); a != yes || b != no {
			t.Errorf("%s: got %#x and %#x", call, a, b)
		}
	}
	for range 900 {
		s.Syscalls = append(s.Syscalls, specs.LinuxSyscall{Names: []string{"socket"}, Action: specs.ActAllow, Args: []specs.LinuxSeccompArg{{Value: 1, Op: specs.OpEqualTo}}})
	}
	if _, err := Compile(s); err == nil || !strings.Contains(err.Error(), "the kernel takes 4096") {
		t.Errorf("got %v for a filter that is too long", err)
	}
}

func TestUnknownProcessor(t *testing.T) {
	if _, err := Default().For(Container{Arch: "riscv64"}); err == nil || !strings.Contains(err.Error(), "seccomp=unconfined") {
		t.Errorf("got %v", err)
	}
}
