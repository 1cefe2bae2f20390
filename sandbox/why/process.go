//go:build linux

package why

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
	"cloison/sandbox/capability"
	"cloison/sandbox/cgroup"
	"cloison/sandbox/namespace"
	"cloison/sandbox/seccomp"
)

// Process is a command in the context of a process that runs.
type Process struct {
	snapshot
	may        sandbox.CapSet // what counts in the process's user namespace
	held       sandbox.CapSet // what we hold ourselves
	privileged bool
	trials     trials
	outside    *Process // the same without the user namespace that a wrapper makes; nil where there is none
	// mayBeLocked says that rules of Landlock may have been there before us.
	mayBeLocked bool
	unset       []string // variables of the command that have no value
	closed      Set      // by the rules of Landlock that the command makes
	end         func()   // ends the stand-in; nil where there is none
}

// NewProcess readies the question about a command in the context of process
// pid. env are variables over the process's own. Where the command makes a
// context for another, the question is about the other. The caller closes it.
func NewProcess(ctx context.Context, pid int, args, env []string, exe string) (*Process, error) {
	trials, err := newTrials(exe)
	if err != nil {
		return nil, err
	}
	p, err := newProcess(pid, args, env, trials)
	if err != nil {
		return nil, err
	}
	p.mayBeLocked = p.context.NoNewPrivs && hasLandlock()
	p.unset = unknown(script(args), p.context.Env)
	if inner, ok := p.unwrapped(ctx); ok {
		inner.mayBeLocked = p.mayBeLocked // the rest is made by programs that make no rules
		inner.unset = p.unset
		return inner, nil
	}
	return p, nil
}

// Close ends what stands in for a command.
func (p *Process) Close() {
	if p.outside != nil {
		p.outside.Close()
	}
	if p.end != nil {
		p.end()
	}
}

func newProcess(pid int, args, env []string, trials trials) (*Process, error) {
	s, err := read(pid)
	if err != nil {
		return nil, err
	}
	s.context.Args = args
	s.context.Env = over(s.context.Env, env)
	p := &Process{snapshot: s, trials: trials}
	if p.held, err = held(); err != nil {
		return nil, err
	}
	p.privileged = p.held.Has(unix.CAP_SYS_ADMIN)
	p.may = p.held
	if !s.own {
		p.may = capability.All(capability.Last())
	}
	return p, nil
}

// over is an environment with some variables set anew.
func over(env, more []string) []string {
	for _, pair := range more {
		name, _, _ := strings.Cut(pair, "=")
		env = append(slices.DeleteFunc(env, func(e string) bool { return strings.HasPrefix(e, name+"=") }), pair)
	}
	return env
}

// held is this process's permitted set (capget(2)).
func held() (sandbox.CapSet, error) {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&header, &data[0]); err != nil {
		return 0, fmt.Errorf("capget: %w", err)
	}
	return sandbox.CapSet(data[0].Permitted) | sandbox.CapSet(data[1].Permitted)<<32, nil
}

// Layers are those that stand in the process's context.
func (p *Process) Layers() Set {
	return p.context.layers(p.privileged, len(p.readOnly) > 0, len(p.covered) > 0)
}

// Run runs the command in a copy of the context.
func (p *Process) Run(ctx context.Context, relaxed Set) (Outcome, error) {
	if p.outside != nil && relaxed.Has(UserNS) {
		return p.outside.Run(ctx, relaxed.Without(UserNS))
	}
	c := p.context.Relax(relaxed, p.may, p.held)
	c.Locks = lockFor(relaxed)
	o, err := p.run(ctx, c)
	if len(relaxed) == 0 {
		p.closed = closedBy(o.Evidence)
	}
	return o, err
}

func (p *Process) run(ctx context.Context, c Context) (Outcome, error) {
	o, err := p.trials.run(ctx, trial{Context: &c, Locks: c.Locks})
	if reason, not := strings.CutPrefix(o.Output, notEnteredLead); err == nil && o.Exit == notMade && not {
		return o, errors.New(strings.TrimSpace(reason))
	}
	o.Evidence = slices.Concat(p.evidence, o.Evidence)
	return o, err
}

// Parts are capabilities, the calls that the filters refuse, and what rules of
// Landlock close.
func (p *Process) Parts(l Layer, relaxed Set) (Set, Try, error) {
	if p.outside != nil && relaxed.Has(UserNS) {
		p.outside.closed = p.closed
		return p.outside.Parts(l, relaxed.Without(UserNS))
	}
	base := p.context.Relax(relaxed, p.may, p.held)
	may := p.may
	if relaxed.Has(UserNS) {
		may = p.held
	}
	adding := func(ctx context.Context, some Set) (Outcome, error) { return p.run(ctx, base.with(names(some))) }
	switch l {
	case DAC:
		return set(pastFiles), adding, nil
	case Capabilities:
		return set(base.grantable(may)), adding, nil
	case Seccomp:
		return p.calls(base)
	case Landlock:
		return p.closed, func(ctx context.Context, some Set) (Outcome, error) {
			c := base
			c.Locks.Open = names(some)
			return p.run(ctx, c)
		}, nil
	}
	return nil, nil, nil
}

func (p *Process) calls(base Context) (Set, Try, error) {
	denied := Set{}
	for _, raw := range base.Filters {
		list, err := seccomp.Raw(raw).Denied(runtime.GOARCH)
		if err != nil {
			return nil, nil, nil // a filter that is not for reading has no parts
		}
		denied = denied.With(set(list).Without(denied...)...)
	}
	return denied, func(ctx context.Context, some Set) (Outcome, error) {
		c := base
		c.Filters = make([][]byte, len(base.Filters))
		for i, raw := range base.Filters {
			c.Filters[i] = seccomp.Raw(raw).Allowing(runtime.GOARCH, names(some)...)
		}
		return p.run(ctx, c)
	}, nil
}

// Follows may not: a filter that is loaded does not change.
func (p *Process) Follows(context.Context, Set, []string) (Outcome, bool, error) {
	return Outcome{}, false, nil
}

// Lasting is true: the mounts and the host name are copies, files and network
// are not.
func (p *Process) Lasting() bool { return true }

// open opens what the context is made of, copies first.
func (c *Context) open() (p place, world *copied, err error) {
	if p.held, err = held(); err != nil {
		return p, nil, err
	}
	p.last = capability.Last()
	if c.Users {
		if p.users, err = openLink(c.PID, sandbox.UserNS); err != nil {
			return p, nil, err
		}
	}
	if p.privileged() || p.users != 0 {
		s := snapshot{}
		s.mounts(c.PID)
		if world, err = c.copyWorld(c.copiable(p), s.readOnly, s.covered); err != nil {
			return p, nil, err
		}
	}
	if err := c.openLinks(&p, world); err != nil {
		return p, world, err
	}
	folder := c.PID
	if world != nil && world.types[sandbox.MountNS] {
		folder = world.PID
	}
	if p.root, p.cwd, err = folders(folder); err != nil {
		return p, world, err
	}
	if p.proc, err = unix.Open("/proc", unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0); err != nil {
		return p, world, fmt.Errorf("open /proc: %w", err)
	}
	return p, world, c.openGroups(&p)
}

// copiable leaves out what we have not the power to copy.
func (c *Context) copiable(p place) []original {
	var list []original
	for _, o := range originals(c.PID) {
		if p.privileged() || !o.ours {
			list = append(list, o)
		}
	}
	return list
}

// openLinks opens the namespaces that differ from ours, copies where there are.
func (c *Context) openLinks(p *place, world *copied) error {
	for _, ns := range namespace.JoinOrder(sandbox.Namespaces, true) {
		if ns == sandbox.UserNS {
			continue
		}
		pid := c.PID
		if world != nil && world.types[ns] {
			pid = world.PID
		}
		if same(pid, ns) {
			continue
		}
		fd, err := openLink(pid, ns)
		if errors.Is(err, unix.ENOENT) {
			continue // an older kernel without this type
		}
		if err != nil {
			return err
		}
		p.links = append(p.links, namespace.Link{Type: ns, FD: fd})
	}
	return nil
}

func openLink(pid int, ns sandbox.Namespace) (int, error) {
	file := fmt.Sprintf("/proc/%d/ns/%s", pid, ns)
	fd, err := unix.Open(file, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return 0, fmt.Errorf("open %s: %w", file, err)
	}
	return fd, nil
}

// same says whether pid lives in our own namespace of that type.
func same(pid int, ns sandbox.Namespace) bool {
	var theirs, ours unix.Stat_t
	err := errors.Join(unix.Stat(fmt.Sprintf("/proc/%d/ns/%s", pid, ns), &theirs), unix.Stat("/proc/self/ns/"+string(ns), &ours))
	return err == nil && theirs.Ino == ours.Ino && theirs.Dev == ours.Dev
}

// openGroups opens the entrances of the cgroups that are not ours already.
func (c *Context) openGroups(p *place) error {
	if !c.Cgroup {
		return nil
	}
	theirs, err := cgroup.Entrances(c.PID)
	if err != nil {
		return err
	}
	ours, _ := cgroup.Entrances(unix.Getpid())
	for _, file := range set(theirs).Without(set(ours)...) {
		fd, err := unix.Open(string(file), unix.O_WRONLY|unix.O_CLOEXEC, 0)
		if err != nil {
			return fmt.Errorf("open %s: %w", file, err)
		}
		p.groups = append(p.groups, fd)
	}
	return nil
}
