//go:build linux

// Package runtime starts containers and tells how.
//
// [New] turns a [sandbox.Spec] into a [Plan], which is pure: a list of
// actions, the parent's and the child's. The same list is printed by
// --dry-run, told by --explain, and carried out by [Plan.Run]; what is told is
// what is done. [Join] makes such a plan for entering the namespaces of a
// process that is there already.
//
// The package joins the rooms that know one kernel idea each. It makes no
// image.
//
// The container's first process is number 1 of its PID namespace, and the
// kernel does not deliver to it a signal that it has no handler for
// (pid_namespaces(7)): "sleep 1000" as the command ignores SIGTERM.
//
// The container shares the caller's standard files, and so his terminal; it
// cannot name it (tty(1) says so), because /dev/pts is its own.
//
// See namespaces(7), capabilities(7), cgroups(7), credentials(7), execve(2),
// and docker-run(1) for the meaning of the options and the exit codes.
package runtime

import (
	"cloison/sandbox"
	"cloison/sandbox/calls"
	"cloison/sandbox/cgroup"
	"cloison/sandbox/registry"
)

// Plan is how one container is born, in order.
type Plan struct {
	steps  []step
	birth  calls.Options
	group  *cgroup.Plan // nil without a cgroup
	groups cgroup.Place

	registry registry.Registry
	entry    registry.Entry // without a name: it is not registered
	held     []int          // files that the child needs
}

// step is one told action: the parent's is Go code, the child's is a part of
// the program that it carries out.
type step struct {
	sandbox.Action
	do   func(*run) error
	list []calls.Call
}

// Actions lists what will be done, for --dry-run.
func (p *Plan) Actions() []sandbox.Action {
	all := make([]sandbox.Action, len(p.steps))
	for i, s := range p.steps {
		all[i] = s.Action
	}
	return all
}

// parent appends an action of this process.
func (p *Plan) parent(a sandbox.Action, do func(*run) error) {
	a.Process = sandbox.Parent
	p.steps = append(p.steps, step{Action: a, do: do})
}

// child appends calls of the new process: a told one and what goes with it is
// a step.
func (p *Plan) child(list ...calls.Call) {
	for _, c := range list {
		if !c.Quiet {
			p.steps = append(p.steps, step{Action: c.Action()})
		}
		last := &p.steps[len(p.steps)-1]
		last.list = append(last.list, c)
	}
}

// program is the child's part of the plan.
func (p *Plan) program() []calls.Call {
	var all []calls.Call
	for _, s := range p.steps {
		all = append(all, s.list...)
	}
	return all
}

// DefaultNamespaces are what a container gets when nothing else is asked for;
// without privileges it needs a user namespace to be allowed the others.
func DefaultNamespaces(privileged bool) []sandbox.Namespace {
	list := []sandbox.Namespace{
		sandbox.MountNS, sandbox.PIDNS, sandbox.NetNS, sandbox.UTSNS, sandbox.IPCNS, sandbox.CgroupNS,
	}
	if !privileged {
		list = append(list, sandbox.UserNS)
	}
	return list
}
