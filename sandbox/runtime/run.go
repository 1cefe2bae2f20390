//go:build linux

package runtime

import (
	"errors"
	"io"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
	"cloison/sandbox/calls"
)

// Narrator hears of each action.
type Narrator interface {
	// Tell comes before the action; an error stops the run.
	Tell(n int, a sandbox.Action) error
	// Told comes after; err is nil when the kernel did as asked, and passed
	// says whether a refusal may be passed over.
	Told(a sandbox.Action, err error, passed bool)
}

// Follower is a [Narrator] that also looks at the process.
type Follower interface {
	Narrator
	// Born names the container's process, as this one counts; a second time when
	// a child takes its place.
	Born(pid int)
	// Started says that the program has taken over, and with it the terminal.
	Started()
	// Ended says that the program has ended.
	Ended()
}

// run is a plan being carried out.
type run struct {
	plan     *Plan
	narrator Narrator // nil runs as fast as possible
	follower Follower // the narrator, if it is one
	process  *calls.Process
	started  bool // the program has taken over
	filtered bool // a seccomp filter is loaded, which may have silenced the process
	reaped   bool
	// registered says that the registry has the container.
	registered bool
	signals    *forwarder
	terminal   foreground
	status     syscall.WaitStatus
	told       int
}

// Run carries the plan out once and returns the program's exit code: its own,
// or 128 and the number of the signal that killed it. When the container could
// not be started the error is a *[Failure], with the code that docker run
// would end with. Nothing is left behind in either case.
//
// The calling goroutine's thread is the parent that the kernel ties the
// container's life to. With a narrator, each action is told before it is done.
func (p *Plan) Run(narrator Narrator) (code int, err error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	r := &run{plan: p, narrator: narrator}
	r.follower, _ = narrator.(Follower)
	defer func() { err = errors.Join(err, r.cleanUp()) }()
	if p.group != nil {
		p.groups.Sweep()
	}
	p.sweep()
	for i := 0; i < len(p.steps); {
		if p.steps[i].do != nil {
			err = r.parentStep(p.steps[i])
			i++
		} else {
			err = r.childSteps(i)
			for i < len(p.steps) && p.steps[i].do == nil {
				i++
			}
		}
		if err != nil {
			return codeOf(err), err
		}
	}
	return exitCode(r.status), nil
}

func (r *run) parentStep(s step) error {
	if err := r.tell(s.Action); err != nil {
		return err
	}
	err := s.do(r)
	r.tellOutcome(s.Action, err, false)
	if err != nil {
		return refusal(s.Call, errnoOf(err), err)
	}
	return nil
}

func (r *run) tell(a sandbox.Action) error {
	if r.narrator == nil {
		return nil
	}
	r.told++
	if err := r.narrator.Tell(r.told, a); err != nil {
		return stopped(a, err)
	}
	return nil
}

func (r *run) tellOutcome(a sandbox.Action, err error, passed bool) {
	if r.narrator != nil {
		r.narrator.Told(a, err, passed)
	}
}

// clone makes the process, which waits.
func (r *run) clone() error {
	program, err := calls.Compile(r.plan.program())
	if err != nil {
		return err
	}
	o := r.plan.birth
	o.Stepwise = r.narrator != nil
	if g := r.plan.group; g != nil && g.Version == 2 {
		fd, err := unix.Open(g.Folders[0], unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
		if err != nil {
			return err
		}
		defer unix.Close(fd)
		o.Cgroup = fd
	}
	likeStarted()
	r.signals = newForwarder()
	r.terminal = ownForeground()
	if r.process, err = program.Start(o); err != nil {
		return err
	}
	r.born(r.process.PID)
	return nil
}

// born has signals and the follower look at a process.
func (r *run) born(pid int) {
	r.signals.to(pid)
	if r.follower != nil {
		r.follower.Born(pid)
	}
}

// hasStarted notes that the program has taken over.
func (r *run) hasStarted() {
	if !r.started && r.follower != nil {
		r.follower.Started()
	}
	r.started = true
}

// childSteps lets the child carry out its part, from step i of the plan on.
func (r *run) childSteps(i int) error {
	if r.narrator == nil {
		return r.allAtOnce()
	}
	index := 0
	for _, s := range r.plan.steps[i:] {
		if s.do != nil {
			return nil
		}
		if err := r.oneStep(s, index); err != nil {
			return err
		}
		index += len(s.list)
	}
	return nil
}

// allAtOnce hears only of what goes wrong, and of a fork.
func (r *run) allAtOnce() error {
	if err := r.process.Go(); err != nil {
		return err
	}
	for {
		report, err := r.process.Next()
		if errors.Is(err, io.EOF) {
			r.hasStarted()
			return nil
		}
		if err != nil {
			return err
		}
		if err := r.judge(report); err != nil {
			return err
		}
	}
}

// oneStep lets the child make the calls of one told action; index is that of
// the first in the program.
func (r *run) oneStep(s step, index int) error {
	if err := r.tell(s.Action); err != nil {
		return err
	}
	if r.started { // behind a filter, nothing is heard of this call
		return nil
	}
	if err := r.process.Go(); err != nil {
		return r.silence(s, sandbox.Errorf("the new process is gone", "le nouveau processus a disparu"))
	}
	r.filtered = r.filtered || s.list[0].Filters
	reports := len(s.list)
	if s.list[0].Forks {
		reports++ // both sides of a fork report
	}
	var passed error
	for range reports {
		report, err := r.process.Next()
		if errors.Is(err, io.EOF) && s.list[0].Exec {
			r.hasStarted()
			break
		}
		if err != nil {
			return r.silence(s, sandbox.Errorf("the new process ended", "le nouveau processus s’est terminé"))
		}
		if report.Errno != 0 && report.Index == index {
			passed = report.Errno
		}
		if err := r.judge(report); err != nil {
			r.tellOutcome(s.Action, report.Errno, false)
			return err
		}
	}
	return r.afterStep(s, passed)
}

// silence is a process of which nothing is heard any more. Behind a filter
// that refuses write(2) or kills for it, its end will say how it went.
func (r *run) silence(s step, what error) error {
	if !r.filtered {
		return refusal(s.Call, 0, what)
	}
	r.hasStarted()
	r.tellOutcome(s.Action, nil, false)
	return nil
}

// afterStep tells an outcome, and hears the verdict on execve calls that all
// failed.
func (r *run) afterStep(s step, passed error) error {
	if s.list[0].Exec && !r.started {
		report, err := r.process.Next()
		if errors.Is(err, io.EOF) {
			r.hasStarted()
		} else if err == nil {
			r.tellOutcome(s.Action, report.Errno, false)
			return r.judge(report)
		}
	}
	if r.started {
		passed = nil
	}
	r.tellOutcome(s.Action, passed, passed != nil)
	return nil
}

// judge says what a report means: a refusal, a new process to follow, or that
// no execve succeeded.
func (r *run) judge(report calls.Report) error {
	program := r.plan.program()
	if report.Index >= len(program) {
		return notRun(commandOf(program[len(program)-1]), report.Errno)
	}
	if report.Errno != 0 && behindFilter(program, report) {
		return refusedByFilter(program[report.Index], report.Errno)
	}
	c := program[report.Index]
	r.filtered = r.filtered || c.Filters && report.Errno == 0
	switch {
	case report.Errno == 0 && c.Forks && report.Result != 0:
		return r.follow(int(report.Result))
	case report.Errno == 0 || c.Tolerates(report.Errno):
		return nil
	case c.Exec:
		return notRun(commandOf(c), report.Errno)
	}
	return refusalInGroup(program, report)
}

// follow takes the forked process for the container's from now on.
func (r *run) follow(pid int) error {
	old := r.process.PID
	r.process.PID = pid
	r.born(pid)
	_, err := waitFor(old)
	return err
}

// wait waits for the program's end.
func (r *run) wait() error {
	status, err := waitFor(r.process.PID)
	r.signals.stop()
	r.terminal.takeBack()
	r.reaped = true
	r.status = status
	if r.follower != nil {
		r.follower.Ended()
	}
	return err
}

// cleanUp ends and removes what a run that went wrong has left.
func (r *run) cleanUp() error {
	if r.signals != nil {
		r.signals.stop()
	}
	if r.process != nil {
		r.process.Close()
		if !r.reaped {
			_ = unix.Kill(r.process.PID, unix.SIGKILL)
			_, _ = waitFor(r.process.PID)
		}
	}
	for _, fd := range r.plan.held {
		_ = unix.Close(fd)
	}
	var errs []error
	if r.registered {
		errs = append(errs, r.leave())
	}
	if r.plan.group != nil {
		errs = append(errs, r.plan.group.Remove())
	}
	return errors.Join(errs...)
}

// waitFor reaps a process.
func waitFor(pid int) (syscall.WaitStatus, error) {
	var status syscall.WaitStatus
	for {
		_, err := syscall.Wait4(pid, &status, 0, nil)
		if !errors.Is(err, syscall.EINTR) {
			return status, err
		}
	}
}

// exitCode is a program's end as a shell would say it.
func exitCode(status syscall.WaitStatus) int {
	if status.Signaled() {
		return 128 + int(status.Signal())
	}
	return status.ExitStatus()
}
