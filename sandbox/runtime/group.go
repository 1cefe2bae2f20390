//go:build linux

package runtime

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
	"cloison/sandbox/calls"
	"cloison/sandbox/cgroup"
	"cloison/sandbox/namespace"
)

// makeGroup plans the container's cgroup. Where none can be made, a container
// without limits goes without.
func (p *Plan) makeGroup(c container, s Surroundings) error {
	plan, err := cgroup.Plan{}, s.GroupError
	if err == nil {
		plan, err = s.Cgroups.Plan(s.GroupName, c.Limits)
	}
	if err != nil {
		var here *cgroup.NotHere
		if !c.Limits.Any() {
			return nil
		}
		if errors.As(err, &here) {
			return &Failure{Op: sandbox.Text{EN: "limit the container", FR: "limiter le conteneur"}, Why: here.Why, Try: here.Try, Code: codeRuntime}
		}
		return sandbox.Errorf("limit the container: %w", "limiter le conteneur : %w", err)
	}
	p.group = &plan
	for i, s := range plan.Steps {
		a := s.Action()
		if i == 0 && plan.Note.EN != "" {
			a.Why = sandbox.Text{EN: a.Why.EN + "; " + plan.Note.EN, FR: a.Why.FR + " ; " + plan.Note.FR}
		}
		p.parent(a, func(*run) error { return s.Do() })
	}
	return nil
}

// cloneChild plans the birth itself. On cgroup version 2 the child is born in
// its group, which spares the kernel the wait for a moment in which no process
// forks.
func (p *Plan) cloneChild(list []sandbox.Namespace) {
	p.birth.Flags = namespace.Flags(list)
	a := sandbox.Action{
		Call: fmt.Sprintf("clone(%s|SIGCHLD) = $PID", namespace.FlagNames(list)),
		Why: sandbox.Text{
			EN: "one call makes the process and the namespaces that it is the first to live in",
			FR: "un seul appel crée le processus et les espaces de noms dont il est le premier habitant",
		},
		Shell: fmt.Sprintf("unshare --fork %s CMD", namespace.ShellOptions(list)),
	}
	if p.group != nil && p.group.Version == 2 {
		a.Call = fmt.Sprintf("clone3({flags = %s|CLONE_INTO_CGROUP, exit_signal = SIGCHLD, cgroup = open(%q)}) = $PID",
			namespace.FlagNames(list), p.group.Folders[0])
	}
	p.parent(a, (*run).clone)
}

// joinGroup lets the child enter its group on version 1. A process that writes
// "0" into tasks moves itself, which needs no lock on every fork of the
// computer, as moving another one does.
func (p *Plan) joinGroup() {
	if p.group == nil || p.group.Version != 1 {
		return
	}
	for i, file := range p.group.Tasks {
		why := sandbox.Text{EN: "the process enters its group; 0 means the one who writes", FR: "le processus entre dans son groupe ; 0 désigne celui qui écrit"}
		if i > 0 {
			why = sandbox.Text{EN: "and that of the next controller", FR: "et dans celui du contrôleur suivant"}
		}
		p.child(enterGroup(file, why)...)
	}
}

// enterGroup lets a process put itself into a group through one of its files.
func enterGroup(file string, why sandbox.Text) []calls.Call {
	open := calls.New("openat", unix.SYS_OPENAT, calls.Int(0), calls.String(file), calls.Int(unix.O_WRONLY|unix.O_CLOEXEC)).
		As(fmt.Sprintf(`write(open(%q), "0")`, file)).
		Because(why.EN, why.FR).
		InShell("echo $$ >" + file)
	return calls.Group(open,
		calls.New("write", unix.SYS_WRITE, calls.Result(1, "fd"), calls.String("0"), calls.Int(1)),
		calls.New("close", unix.SYS_CLOSE, calls.Result(2, "fd")))
}

// awaitEnd plans the parent's wait.
func (p *Plan) awaitEnd() {
	p.parent(sandbox.Action{
		Call:  "waitpid($PID)",
		Why:   sandbox.Text{EN: "the container lives as long as its first process; the kernel kills the others with it", FR: "le conteneur vit aussi longtemps que son premier processus ; le noyau tue les autres avec lui"},
		Shell: "wait $PID",
	}, (*run).wait)
}

// removeGroup plans the end of the container's cgroup.
func (p *Plan) removeGroup() {
	if p.group == nil {
		return
	}
	for _, dir := range p.group.Folders {
		p.parent(sandbox.Action{
			Call:  fmt.Sprintf("rmdir(%q)", dir),
			Why:   sandbox.Text{EN: "an empty group can go", FR: "un groupe vide peut disparaître"},
			Shell: "rmdir " + dir,
		}, func(*run) error { return p.group.RemoveFolder(dir) })
	}
}

// writeFile writes a file of the kernel in one write(2), and never makes one.
func writeFile(path, value string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(value)
	return errors.Join(err, f.Close())
}
