package seccomp

import (
	"maps"
	"slices"

	"github.com/elastic/go-seccomp-bpf/arch"
	"github.com/opencontainers/runtime-spec/specs-go"
	"golang.org/x/net/bpf"

	"cloison/sandbox"
)

// Filter is what the kernel runs before each call.
type Filter struct {
	Program []bpf.Instruction
	Flags   []specs.LinuxSeccompFlag
	Default uint32   // what happens to a call that no rule names
	Named   int      // calls of the native processor that rules name
	Unknown []string // names that no table has: newer calls, or slips
}

// mostInstructions is BPF_MAXINSNS.
const mostInstructions = 4096

// Compile makes the filter. Where several rules name a call, one without
// arguments counts before those with, and among these the first that fits.
// Calls that came after every call that the profile names fail with ENOSYS
// instead of the default error: programs then fall back to older calls.
func Compile(s *specs.LinuxSeccomp) (Filter, error) {
	whatElse, err := verdict(s.DefaultAction, s.DefaultErrnoRet)
	if err != nil {
		return Filter{}, err
	}
	f := Filter{Flags: s.Flags, Default: whatElse, Unknown: unknown(s)}
	if f.Flags == nil {
		// As runc does: the filter is no reason to slow the process down
		// (PR_SPEC_STORE_BYPASS of prctl(2)).
		f.Flags = []specs.LinuxSeccompFlag{specs.LinuxSeccompFlagSpecAllow}
	}
	named, err := fates(s, whatElse)
	if err != nil {
		return Filter{}, err
	}
	sections := map[uint32][]span{}
	for i, a := range s.Architectures {
		rules := numbered(named, tables[a])
		if i == 0 {
			f.Named = len(rules)
		}
		id := uint32(tables[a].ID)
		sections[id] = joined(sections[id], spans(rules, tables[a], whatElse))
	}
	f.Program = assemble(sections)
	if len(f.Program) > mostInstructions {
		return Filter{}, sandbox.Errorf("the filter would have %d instructions, and the kernel takes %d: use fewer rules with arguments",
			"le filtre aurait %d instructions, et le noyau en accepte %d : mettez moins de règles qui regardent les arguments", len(f.Program), mostInstructions)
	}
	return f, nil
}

// fate is what happens to one call: the tests in order, then the rest.
type fate struct {
	tests []test
	rest  uint32
	sure  bool // a rule without arguments has set rest
}

// test is one rule with arguments.
type test struct {
	args []specs.LinuxSeccompArg
	then uint32
}

// fates gathers the fate of every call that a rule names.
func fates(s *specs.LinuxSeccomp, whatElse uint32) (map[string]fate, error) {
	all := map[string]fate{}
	for _, rule := range s.Syscalls {
		then, err := verdict(rule.Action, rule.ErrnoRet)
		if err != nil {
			return nil, err
		}
		for _, name := range rule.Names {
			f, there := all[name]
			if !there {
				f.rest = whatElse
			}
			all[name] = f.with(rule.Args, then)
		}
	}
	return all, nil
}

// numbered are the fates by a processor's numbers. On x32 some names have two.
func numbered(named map[string]fate, table *arch.Info) map[uint32]fate {
	all := map[uint32]fate{}
	for number, name := range table.SyscallNumbers {
		if f, there := named[name]; there {
			all[uint32(number|table.SeccompMask)] = f
		}
	}
	return all
}

func (f fate) with(args []specs.LinuxSeccompArg, then uint32) fate {
	switch {
	case len(args) == 0 && !f.sure:
		f.rest, f.sure, f.tests = then, true, nil
	case len(args) > 0 && !f.sure && sameArgument(args):
		for _, a := range args { // as runc has it: alternatives
			f.tests = append(f.tests, test{[]specs.LinuxSeccompArg{a}, then})
		}
	case len(args) > 0 && !f.sure:
		f.tests = append(f.tests, test{args, then})
	}
	return f
}

// sameArgument says whether two conditions look at the same argument.
func sameArgument(args []specs.LinuxSeccompArg) bool {
	seen := map[uint]bool{}
	for _, a := range args {
		if seen[a.Index] {
			return true
		}
		seen[a.Index] = true
	}
	return false
}

// span is a range of call numbers with one fate; it ends where the next one
// begins.
type span struct {
	from uint32
	fate fate
}

// x32Bit marks calls of x32, which share the section of x86-64 (syscall(2)).
const x32Bit = uint32(0x40000000)

// spans lays the numbers of one processor out without gaps.
func spans(rules map[uint32]fate, table *arch.Info, whatElse uint32) []span {
	next := uint32(table.SeccompMask)
	var list []span
	add := func(from uint32, f fate) {
		if n := len(list); n > 0 && f.tests == nil && list[n-1].fate.tests == nil && list[n-1].fate.rest == f.rest {
			return
		}
		list = append(list, span{from, f})
	}
	for _, n := range slices.Sorted(maps.Keys(rules)) {
		if n > next {
			add(next, fate{rest: whatElse})
		}
		add(n, rules[n])
		next = n + 1
	}
	beyond := whatElse
	if whatElse&^maxErrno == retErrno && len(rules) > 0 {
		beyond = retErrno | errnoENOSYS
	}
	add(next, fate{rest: beyond})
	if table.ID == arch.X86_64.ID && table.SeccompMask == 0 {
		// Without x32 in the profile, its numbers must not be a way around it.
		list = append(list, span{x32Bit, fate{rest: retErrno | errnoENOSYS}})
	}
	return list
}

// joined appends the spans of another processor that shares the section; they
// begin where those before ended.
func joined(list, more []span) []span {
	if n := len(list); n > 0 && list[n-1].from == more[0].from {
		list = list[:n-1]
	}
	return append(list, more...)
}

// unknown lists the names that none of the processors has.
func unknown(s *specs.LinuxSeccomp) []string {
	var names []string
	for _, rule := range s.Syscalls {
		for _, name := range rule.Names {
			if !somewhere(name) && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

func somewhere(name string) bool {
	for _, t := range tables {
		if _, ok := t.SyscallNames[name]; ok {
			return true
		}
	}
	return false
}
