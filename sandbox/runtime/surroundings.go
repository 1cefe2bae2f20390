//go:build linux

package runtime

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
	"cloison/sandbox/calls"
	"cloison/sandbox/capability"
	"cloison/sandbox/cgroup"
	"cloison/sandbox/process"
	"cloison/sandbox/registry"
	"cloison/sandbox/rootfs"
	"cloison/sandbox/seccomp"
)

// Surroundings are all that a plan depends on besides its spec.
type Surroundings struct {
	UID, GID  int
	Permitted sandbox.CapSet // of this process
	LastCap   int            // the highest capability of this kernel
	// LeavesGroups says whether setgroups(2) is allowed: it needs privileges,
	// and a user namespace made without them forbids it (user_namespaces(7)).
	LeavesGroups bool

	Arch   string // as runtime.GOARCH spells it
	Kernel seccomp.Version

	Cgroups   cgroup.Place
	GroupName string
	// GroupError is why Cgroups could not be found.
	GroupError error

	Busybox     string // "" where there is none
	BusyboxKept uintptr
	Scaffold    string
	RootKept    uintptr
	RootMissing []string
	Accounts    Accounts // of the container

	Sources map[string]Source // of volumes and devices, by their paths
	Self    string            // this program, for --init

	Labels Labels // that this kernel takes

	// Outermost loads a filter of whoever watches the program. It stands behind
	// the container's own.
	Outermost []calls.Call

	Neighbours
	Neighbour Neighbour // whose network namespace is shared
	Resolv    string    // the container's resolv.conf(5), should it have a network
}

// Look finds out what a plan for spec depends on. It changes nothing.
func Look(spec sandbox.Spec) (Surroundings, error) {
	s := Surroundings{UID: os.Geteuid(), GID: os.Getegid(), LastCap: capability.Last(), Arch: runtime.GOARCH}
	var err error
	if s.Kernel, err = kernel(); err != nil {
		return s, err
	}
	if s.Permitted, err = permitted(); err != nil {
		return s, err
	}
	s.LeavesGroups = s.Privileged() && !setgroupsDenied()
	if s.Cgroups, s.GroupError = cgroup.Look(); s.GroupError == nil {
		s.GroupName, s.GroupError = cgroup.Name()
	}
	if spec.AppArmor != "" || spec.SELinux != (sandbox.SELinuxLabel{}) {
		s.Labels = lookAtLabels()
	}
	s.Registry = registry.New(registry.Usual(s.UID, os.Getenv("XDG_RUNTIME_DIR")))
	if s.Own, err = process.Of(os.Getpid()); err != nil {
		return s, fmt.Errorf("look at this process: %w", err)
	}
	if err := errors.Join(s.lookAtSources(spec), s.lookAround(spec), s.lookForNeighbour(spec.JoinNet)); err != nil {
		return s, err
	}
	if spec.Rootfs == "" {
		return s, s.lookForBusybox(spec)
	}
	return s, s.lookInto(spec.Rootfs)
}

func (s *Surroundings) lookForBusybox(spec sandbox.Spec) error {
	found, err := exec.LookPath("busybox")
	if err != nil {
		return nil // the plan says so, and what to do
	}
	if s.Busybox, err = filepath.EvalSymlinks(found); err != nil {
		return fmt.Errorf("find busybox: %w", err)
	}
	s.Scaffold = rootfs.Scaffold(s.Busybox)
	s.Accounts = Accounts{Passwd: rootfs.Passwd, Group: rootfs.Group}
	s.Resolv = resolvers(spec)
	s.BusyboxKept, err = rootfs.Kept(s.Busybox)
	return err
}

func (s *Surroundings) lookInto(dir string) error {
	st, err := os.Stat(dir)
	if err != nil {
		return sandbox.Errorf("--rootfs: %w", "--rootfs : %w", err)
	}
	if !st.IsDir() {
		return sandbox.Errorf("--rootfs %s: not a folder; unpack an image there, for example with docker export",
			"--rootfs %s : ce n’est pas un dossier ; déballez-y une image, par exemple avec docker export", dir)
	}
	s.RootMissing = rootfs.Missing(dir)
	s.Accounts = accountsIn(dir)
	s.RootKept, err = rootfs.Kept(dir)
	return err
}

// Privileged says whether namespaces can be made without a user namespace.
func (s Surroundings) Privileged() bool { return s.Permitted.Has(unix.CAP_SYS_ADMIN) }

// setgroupsDenied reads what whoever made this user namespace has written.
func setgroupsDenied() bool {
	text, err := os.ReadFile("/proc/self/setgroups")
	return err == nil && strings.TrimSpace(string(text)) == "deny"
}

// kernel is the version of the running one.
func kernel() (seccomp.Version, error) {
	var name unix.Utsname
	if err := unix.Uname(&name); err != nil {
		return seccomp.Version{}, fmt.Errorf("uname: %w", err)
	}
	return seccomp.ParseVersion(unix.ByteSliceToString(name.Release[:]))
}

// permitted is this process's permitted set (capget(2)).
func permitted() (sandbox.CapSet, error) {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&header, &data[0]); err != nil {
		return 0, fmt.Errorf("capget: %w", err)
	}
	return sandbox.CapSet(data[0].Permitted) | sandbox.CapSet(data[1].Permitted)<<32, nil
}
