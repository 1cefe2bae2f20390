//go:build linux

package why

import (
	"context"
	"fmt"
	"os"
	"slices"

	"cloison/sandbox"
	"cloison/sandbox/capability"
	"cloison/sandbox/runtime"
	"cloison/sandbox/seccomp"
)

// Container is a command in a container that is made anew for each run.
type Container struct {
	asked  sandbox.Spec // as it was asked
	spec   sandbox.Spec // the same with a settled filter
	around Here
	here   seccomp.Container
	trials trials
	copies bool // each run in a copy of the root folder
	closed Set  // by the rules of Landlock that the command makes
	notes  []sandbox.Text
	doubts []sandbox.Text
}

// NewContainer readies the question about spec's command. exe is the program
// whose main calls [BeTrial]; "" is the running one.
func NewContainer(spec sandbox.Spec, exe string) (*Container, error) {
	trials, err := newTrials(exe)
	if err != nil {
		return nil, err
	}
	s, err := runtime.Look(spec)
	if err != nil {
		return nil, err
	}
	if spec.Namespaces == nil {
		spec.Namespaces = runtime.DefaultNamespaces(s.Privileged())
	}
	c := &Container{
		asked: spec, spec: spec, trials: trials,
		around: Here{Privileged: s.Privileged(), Devices: s.Cgroups.Devices, May: s.Permitted},
		here:   seccomp.Container{Arch: s.Arch, Kernel: s.Kernel},
	}
	if !c.around.Privileged {
		c.around.May = capability.All(s.LastCap) // of the container's own user namespace
	}
	return c, c.settle()
}

func newTrials(exe string) (trials, error) {
	if exe != "" {
		return trials{exe, &pace{}}, nil
	}
	exe, err := os.Executable()
	if err != nil {
		return trials{}, fmt.Errorf("find cloison: %w", err)
	}
	return trials{exe, &pace{}}, nil
}

// settle keeps the filter as it is when capabilities are added: otherwise they
// would open it on the way, and one experiment would relax two layers.
func (c *Container) settle() error {
	if c.spec.Seccomp.Off {
		return nil
	}
	profile, here, err := c.profile(c.spec)
	if err == nil {
		profile, err = profile.Settled(here)
	}
	if err != nil {
		return err
	}
	c.spec.Seccomp.JSON = string(profile.JSON())
	return nil
}

// profile is a container's profile, and what its rules depend on.
func (c *Container) profile(spec sandbox.Spec) (*seccomp.Profile, seccomp.Container, error) {
	here := c.here
	var err error
	if here.Caps, err = capability.Apply(capability.DockerDefault, spec.CapDrop, spec.CapAdd); err != nil {
		return nil, here, err
	}
	if spec.Seccomp.JSON == "" {
		return seccomp.Default(), here, nil
	}
	profile, err := seccomp.Parse([]byte(spec.Seccomp.JSON))
	return profile, here, err
}

// Layers are those of the spec.
func (c *Container) Layers() Set { return Layers(c.spec, c.around) }

// Run makes a container with some layers relaxed.
func (c *Container) Run(ctx context.Context, relaxed Set) (Outcome, error) {
	spec := Relax(c.spec, relaxed, c.around)
	o, err := c.trials.run(ctx, trial{Spec: &spec, Copy: c.copies, Witness: len(relaxed) == 0, Locks: lockFor(relaxed)})
	if len(relaxed) == 0 {
		c.closed = closedBy(o.Evidence)
	}
	return o, err
}

func (c *Container) run(ctx context.Context, spec sandbox.Spec, l locks) (Outcome, error) {
	return c.trials.run(ctx, trial{Spec: &spec, Copy: c.copies, Locks: l})
}

// Parts are capabilities, the calls that the filter refuses, and what rules of
// Landlock close.
func (c *Container) Parts(of Layer, relaxed Set) (Set, Try, error) {
	base, l := Relax(c.spec, relaxed, c.around), locks{Off: relaxed.Has(Landlock)}
	adding := func(ctx context.Context, some Set) (Outcome, error) {
		return c.run(ctx, withCapabilities(base, names(some)), l)
	}
	switch of {
	case DAC:
		return set(pastFiles), adding, nil
	case Capabilities:
		return set(grantable(c.spec, c.around.May)), adding, nil
	case Seccomp:
		return c.calls(base, l)
	case Landlock:
		return c.closed, func(ctx context.Context, some Set) (Outcome, error) {
			return c.run(ctx, base, locks{Open: names(some)})
		}, nil
	}
	return nil, nil, nil
}

func (c *Container) calls(base sandbox.Spec, l locks) (Set, Try, error) {
	profile, here, err := c.profile(base)
	if err != nil {
		return nil, nil, err
	}
	denied, err := profile.Denied(here)
	if err != nil {
		return nil, nil, err
	}
	return set(denied), func(ctx context.Context, some Set) (Outcome, error) {
		spec := base
		spec.Seccomp.JSON = string(profile.Allowing(names(some)...).JSON())
		return c.run(ctx, spec, l)
	}, nil
}

// Follows lets the profile as it was asked decide what the capabilities open.
func (c *Container) Follows(ctx context.Context, set Set, capabilities []string) (Outcome, bool, error) {
	o, err := c.run(ctx, withCapabilities(Relax(c.asked, set.Without(Capabilities, Seccomp), c.around), capabilities), locks{Off: set.Has(Landlock)})
	return o, true, err
}

// Lasting is true where something of the containers stays when they are gone:
// a root folder that they share, a folder of this computer that they may write
// to, a namespace that is not their own.
func (c *Container) Lasting() bool {
	writable := slices.ContainsFunc(c.spec.Volumes, func(v sandbox.Volume) bool { return !v.ReadOnly })
	shared := slices.ContainsFunc([]sandbox.Namespace{sandbox.NetNS, sandbox.PIDNS, sandbox.IPCNS, sandbox.UTSNS},
		func(ns sandbox.Namespace) bool { return !slices.Contains(c.spec.Namespaces, ns) })
	return c.spec.Rootfs != "" && !c.copies || writable || shared
}

// Notes are what of a command line was not asked about.
func (c *Container) Notes(found bool) []sandbox.Text {
	if found {
		return c.notes
	}
	return slices.Concat(c.notes, c.doubts)
}

// Unsure is never so: a container is made anew, with all that was asked for.
func (c *Container) Unsure() bool { return false }

// WithNotes has the answer say more: notes always, doubts unless a layer is
// found.
func (c *Container) WithNotes(notes, doubts []sandbox.Text) *Container {
	c.notes, c.doubts = append(c.notes, notes...), append(c.doubts, doubts...)
	return c
}

// InCopies has each container change a copy of its root folder, which is gone
// with it, where we may make one.
func (c *Container) InCopies() *Container {
	c.copies = c.around.Privileged
	return c
}
