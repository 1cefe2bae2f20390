// Package seccomp turns a profile, the JSON file that docker run takes as
// --security-opt seccomp=FILE, into a filter, the program of classic BPF that
// the kernel runs before every system call of a process.
//
// The way has three stations, all pure. [Parse] reads the JSON. [Profile.For]
// keeps the rules that apply to one container: rules may depend on its
// capabilities, on the processor and on the kernel; what is left has the type
// that the OCI runtime specification gives it. [Compile] makes the filter.
// [Load] is the call that hands it to the kernel.
//
// [Answering] and [Asking] load small filters of another kind, for experiments:
// they keep calls from being made, or ask a supervisor about them.
//
// A filter sees the number of a call, its six arguments as numbers, and for
// which processor it was made. It cannot follow a pointer: that is why no
// profile can allow open(2) for one file only, or look at the flags of
// clone3(2). The tables of call numbers are github.com/elastic/go-seccomp-bpf's;
// the filter is our own, because that library's cannot return another errno
// than EPERM nor serve 32-bit programs beside 64-bit ones.
//
// See seccomp(2), prctl(2), syscalls(2), the kernel's
// Documentation/userspace-api/seccomp_filter.rst, and for the format
// docs.docker.com/engine/security/seccomp.
package seccomp

import (
	_ "embed"

	"github.com/opencontainers/runtime-spec/specs-go"
)

// defaultProfile is what a container gets when nothing else is asked for. It
// follows what Docker allows, and says why in its comments.
//
//go:embed default.json
var defaultProfile []byte

// Default is the profile of a container for which nothing else is asked.
func Default() *Profile {
	p, err := Parse(defaultProfile)
	if err != nil {
		panic(err) // it is tested
	}
	return p
}

// Profile is a profile as Docker publishes them.
type Profile struct {
	DefaultAction   specs.LinuxSeccompAction `json:"defaultAction"`
	DefaultErrnoRet *uint                    `json:"defaultErrnoRet,omitempty"`
	Architectures   []specs.Arch             `json:"architectures,omitempty"`
	ArchMap         []Family                 `json:"archMap,omitempty"`
	Flags           []specs.LinuxSeccompFlag `json:"flags,omitempty"`
	Syscalls        []Rule                   `json:"syscalls"`
}

// Family is a processor with the others whose programs it runs.
type Family struct {
	Arch     specs.Arch   `json:"architecture"`
	SubArchs []specs.Arch `json:"subArchitectures"`
}

// Rule says what happens to some calls, perhaps only for some arguments, and
// perhaps only in some containers.
type Rule struct {
	specs.LinuxSyscall
	Name     string     `json:"name,omitempty"` // of old profiles, for Names
	Comment  string     `json:"comment,omitempty"`
	Includes *Condition `json:"includes,omitempty"` // all of it must hold
	Excludes *Condition `json:"excludes,omitempty"` // none of it may hold
}

// Condition is where a rule applies. A part that is empty says nothing.
type Condition struct {
	Caps      []string `json:"caps,omitempty"`
	Arches    []string `json:"arches,omitempty"` // as Go and libseccomp call them: amd64, x86, arm64
	MinKernel Version  `json:"minKernel,omitzero"`
}
