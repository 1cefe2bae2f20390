package seccomp

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/opencontainers/runtime-spec/specs-go"
)

// Denied names the calls of the native processor that the profile does not
// let a container make whatever the arguments, in the order of the alphabet.
func (p *Profile) Denied(c Container) ([]string, error) {
	kept, err := p.For(c)
	if err != nil {
		return nil, err
	}
	denied := map[string]bool{}
	if p.DefaultAction != specs.ActAllow {
		for _, name := range tables[natives[c.Arch].arch].SyscallNumbers {
			denied[name] = true
		}
	}
	for _, rule := range kept.Syscalls {
		for _, name := range rule.Names {
			denied[name] = rule.Action != specs.ActAllow || len(rule.Args) > 0
		}
	}
	maps.DeleteFunc(denied, func(_ string, is bool) bool { return !is })
	return slices.Sorted(maps.Keys(denied)), nil
}

// Settled is the profile as it is for one container, whatever becomes of that
// container: its rules depend on nothing any more.
func (p *Profile) Settled(c Container) (*Profile, error) {
	kept, err := p.For(c)
	if err != nil {
		return nil, err
	}
	settled := *p
	settled.Syscalls = make([]Rule, len(kept.Syscalls))
	for i, rule := range kept.Syscalls {
		settled.Syscalls[i] = Rule{LinuxSyscall: rule}
	}
	return &settled, nil
}

// Allowing is the profile with some calls allowed whatever their arguments.
func (p *Profile) Allowing(names ...string) *Profile {
	open := *p
	open.Syscalls = nil
	for _, rule := range p.Syscalls {
		rule.Names = slices.DeleteFunc(slices.Clone(rule.Names), func(name string) bool { return slices.Contains(names, name) })
		if len(rule.Names) > 0 {
			open.Syscalls = append(open.Syscalls, rule)
		}
	}
	if len(names) > 0 {
		open.Syscalls = append(open.Syscalls, Rule{LinuxSyscall: specs.LinuxSyscall{Names: names, Action: specs.ActAllow}})
	}
	return &open
}

// MarshalJSON writes "4.8".
func (v Version) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, "%q", fmt.Sprintf("%d.%d", v.Major, v.Minor)), nil
}

// JSON is the profile as a file, as [Parse] reads it.
func (p *Profile) JSON() []byte {
	text, err := json.Marshal(p)
	if err != nil {
		panic(err) // it holds texts and numbers only
	}
	return text
}
