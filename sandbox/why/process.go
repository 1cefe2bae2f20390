//go:build linux

package why

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
	"cloison/sandbox/calls"
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
	end        func()   // ends the stand-in; nil where there is none
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
	if inner, ok := p.unwrapped(ctx); ok {
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
	return p.run(ctx, p.context.Relax(relaxed, p.may, p.held))
}

func (p *Process) run(ctx context.Context, c Context) (Outcome, error) {
	o, err := p.trials.run(ctx, trial{Context: &c})
	if reason, not := strings.CutPrefix(o.Output, notEnteredLead); err == nil && o.Exit == notMade && not {
		return o, errors.New(strings.TrimSpace(reason))
	}
	o.Evidence = p.evidence
	return o, err
}

// Parts are capabilities, and the calls that the filters refuse.
func (p *Process) Parts(l Layer, relaxed Set) (Set, Try, error) {
	if p.outside != nil && relaxed.Has(UserNS) {
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

// Notes are what of the context was not copied.
func (p *Process) Notes(found bool) []sandbox.Text {
	if found || p.privileged {
		return p.notes
	}
	return append(slices.Clone(p.notes), withoutRoot)
}

var withoutRoot = sandbox.Text{
	EN: "without root, its user namespace could not be left, and no capability be given beyond it: that may be what refuses",
	FR: "sans root, son espace de noms utilisateur n’a pas pu être quitté, ni aucune « capability » donnée au-delà : c’est peut-être ce qui refuse",
}

// notEnteredLead begins what a trial prints that could not enter the context.
const notEnteredLead = "cloison trial: "

// enter is the life of a trial in a context.
func (c *Context) enter() (int, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	code, err := c.run()
	if err != nil {
		err = fmt.Errorf("%s%w", notEnteredLead, err)
	}
	return code, err
}

func (c *Context) run() (int, error) {
	place, world, err := c.open()
	if err != nil {
		return notMade, err
	}
	if world != nil {
		defer world.Close()
	}
	list, err := c.calls(place)
	if err != nil {
		return notMade, err
	}
	program, err := calls.Compile(list)
	if err != nil {
		return notMade, err
	}
	process, err := program.Start(calls.Options{})
	if err != nil {
		return notMade, fmt.Errorf("make a process: %w", err)
	}
	defer process.Close()
	if err := process.Go(); err != nil {
		return notMade, err
	}
	pid, code, err := follow(process, list)
	if err != nil || code != 0 {
		return code, err
	}
	status, err := ended(pid)
	if status.Signaled() {
		return 128 + int(status.Signal()), err
	}
	return status.ExitStatus(), err
}

// follow hears of forks and failures until the program has taken over.
func follow(process *calls.Process, list []calls.Call) (pid, code int, err error) {
	pid = process.PID
	for {
		report, err := process.Next()
		switch {
		case errors.Is(err, io.EOF):
			return pid, 0, nil
		case err != nil:
			return pid, notMade, err
		case report.Index >= len(list) && report.Errno == unix.ENOENT:
			return pid, 127, fmt.Errorf("%w", syscall.Errno(report.Errno))
		case report.Index >= len(list):
			fmt.Printf("%s\n", report.Errno)
			return pid, 126, nil
		case report.Errno == 0 && list[report.Index].Forks && report.Result != 0:
			if _, err := ended(pid); err != nil {
				return pid, notMade, err
			}
			pid = int(report.Result)
		case report.Errno != 0 && list[report.Index].Exec:
			fmt.Printf("%s\n", report.Errno)
			return pid, 126, nil
		case report.Errno != 0 && !tolerates(list[report.Index], report.Errno):
			return pid, notMade, notEntered(list[report.Index], report.Errno)
		}
	}
}

func tolerates(c calls.Call, errno syscall.Errno) bool {
	for _, e := range c.Tolerate {
		if e == errno {
			return true
		}
	}
	return false
}

func ended(pid int) (status syscall.WaitStatus, err error) {
	for {
		if _, err = syscall.Wait4(pid, &status, 0, nil); !errors.Is(err, syscall.EINTR) {
			return status, err
		}
	}
}

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
