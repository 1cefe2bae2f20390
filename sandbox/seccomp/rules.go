package seccomp

import (
	"slices"

	"github.com/elastic/go-seccomp-bpf/arch"
	"github.com/opencontainers/runtime-spec/specs-go"

	"cloison/sandbox"
	"cloison/sandbox/capability"
)

// Container is what a rule may depend on.
type Container struct {
	Arch   string         // as runtime.GOARCH spells it
	Kernel Version        // that runs it
	Caps   sandbox.CapSet // its bounding set
}

// natives are the processors whose call numbers are known: how rules and
// profiles call them.
var natives = map[string]struct {
	rule string // in includes and excludes
	arch specs.Arch
}{
	"amd64": {"amd64", specs.ArchX86_64},
	"386":   {"x86", specs.ArchX86},
	"arm64": {"arm64", specs.ArchAARCH64},
	"arm":   {"arm", specs.ArchARM},
}

// tables are their call numbers.
var tables = map[specs.Arch]*arch.Info{
	specs.ArchX86_64:  arch.X86_64,
	specs.ArchX86:     arch.I386,
	specs.ArchX32:     arch.X32,
	specs.ArchAARCH64: arch.AARCH64,
	specs.ArchARM:     arch.ARM,
}

// For keeps the rules that apply to a container, and the processors whose
// programs it may run. The result is what the OCI runtime specification calls
// linux.seccomp.
func (p *Profile) For(c Container) (*specs.LinuxSeccomp, error) {
	native, known := natives[c.Arch]
	if !known {
		return nil, sandbox.Errorf("the numbers of the calls of %s are not known to cloison; give --security-opt seccomp=unconfined",
			"cloison ne connaît pas les numéros des appels de %s ; donnez --security-opt seccomp=unconfined", c.Arch)
	}
	kept := &specs.LinuxSeccomp{
		DefaultAction: p.DefaultAction, DefaultErrnoRet: p.DefaultErrnoRet,
		Architectures: p.architectures(native.arch), Flags: p.Flags,
	}
	for _, r := range p.Syscalls {
		if r.Includes.holds(c, native.rule) && !r.Excludes.touches(c, native.rule) {
			kept.Syscalls = append(kept.Syscalls, r.LinuxSyscall)
		}
	}
	return kept, nil
}

// architectures are the native one and those that the profile puts beside it.
func (p *Profile) architectures(native specs.Arch) []specs.Arch {
	list := []specs.Arch{native}
	also := p.Architectures
	for _, f := range p.ArchMap {
		if f.Arch == native {
			also = f.SubArchs
		}
	}
	for _, a := range also {
		if tables[a] != nil && tables[a].ID != 0 && !slices.Contains(list, a) {
			list = append(list, a)
		}
	}
	return list
}

// holds says whether all parts of an "includes" do.
func (c *Condition) holds(in Container, arch string) bool {
	if c == nil {
		return true
	}
	for _, name := range c.Caps {
		if !has(in.Caps, name) {
			return false
		}
	}
	return (len(c.Arches) == 0 || slices.Contains(c.Arches, arch)) && !in.Kernel.Before(c.MinKernel)
}

// touches says whether any part of an "excludes" holds.
func (c *Condition) touches(in Container, arch string) bool {
	if c == nil {
		return false
	}
	for _, name := range c.Caps {
		if has(in.Caps, name) {
			return true
		}
	}
	return slices.Contains(c.Arches, arch) || c.MinKernel != Version{} && !in.Kernel.Before(c.MinKernel)
}

// has asks for a capability by name; one that no kernel has is in no set.
func has(set sandbox.CapSet, name string) bool {
	n, err := capability.Parse(name)
	return err == nil && set.Has(n)
}
