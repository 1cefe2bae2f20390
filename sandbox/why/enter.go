//go:build linux

package why

import (
	"encoding/binary"
	"errors"
	"fmt"
	"path"
	"strings"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
	"cloison/sandbox/calls"
	"cloison/sandbox/capability"
	"cloison/sandbox/namespace"
	"cloison/sandbox/seccomp"
)

// place is what the calls of a run are made of besides its [Context]: open
// files, and what this process may.
type place struct {
	links     []namespace.Link // in the order in which they are joined, the user namespace excepted
	users     int              // link of the user namespace; 0 stays in ours
	root, cwd int              // folders
	proc      int              // our /proc
	groups    []int            // files to write "0" into
	held      sandbox.CapSet   // our permitted set
	last      int              // the highest capability of this kernel
}

func (p place) privileged() bool { return p.held.Has(unix.CAP_SYS_ADMIN) }

// holds is what the process holds once it is where it belongs.
func (p place) holds() sandbox.CapSet {
	if p.users != 0 {
		return capability.All(p.last)
	}
	return p.held
}

// calls are what takes a fresh process into the context, and to its program.
// Everything that needs power comes before what takes power away.
func (c Context) calls(p place) ([]calls.Call, error) {
	var list []calls.Call
	add := func(more ...calls.Call) { list = append(list, more...) }
	add(tied())
	if !p.privileged() && p.users != 0 { // it is this that gives the power for the rest
		add(namespace.Join(c.PID, []namespace.Link{{Type: sandbox.UserNS, FD: p.users}})...)
	}
	add(namespace.Join(c.PID, p.links)...)
	if joins(p.links, sandbox.PIDNS) {
		add(namespace.ForkInto(), tied())
	}
	add(labelled(c.Label, p.proc)...)
	add(at(p.root, p.cwd)...)
	for _, fd := range p.groups {
		add(calls.New("write", unix.SYS_WRITE, calls.Int(fd), calls.String("0"), calls.Int(1)))
	}
	add(limited(c.Rlimits)...)
	add(c.identify(p)...)
	add(c.empower(p)...)
	add(tied(), calls.New("close_range", unix.SYS_CLOSE_RANGE, calls.Int(3), calls.Int(uint32(1<<32-1)), calls.Int(unix.CLOSE_RANGE_CLOEXEC)).Or(unix.ENOSYS, unix.EINVAL))
	watch, err := c.Locks.calls()
	if err != nil {
		return nil, err
	}
	add(watch...)
	for _, raw := range c.Filters {
		load, err := seccomp.Raw(raw).Load()
		if err != nil {
			return nil, err
		}
		add(load)
	}
	if len(c.Args) == 0 {
		return nil, errors.New("there is no command to run")
	}
	add(programs(c.Args, c.Env)...)
	if c.Locks.asks() {
		waitBehind(list)
	}
	return list, nil
}

// waitBehind has the process wait once, behind the filter that asks: before the
// call after it.
func waitBehind(list []calls.Call) {
	for i := range list[1:] {
		list[i+1].Quiet = list[i].Label != seccomp.Listener
	}
}

// tied ends the process with the thread that made it. A fork and a change of
// user undo it.
func tied() calls.Call {
	c := calls.New("prctl", unix.SYS_PRCTL, calls.Named(unix.PR_SET_PDEATHSIG, "PR_SET_PDEATHSIG"), calls.Named(uintptr(unix.SIGKILL), "SIGKILL"))
	c.Ties = true
	return c
}

func joins(links []namespace.Link, ns sandbox.Namespace) bool {
	for _, l := range links {
		if l.Type == ns {
			return true
		}
	}
	return false
}

// at enters a root and a working directory.
func at(root, cwd int) []calls.Call {
	return []calls.Call{
		calls.New("fchdir", unix.SYS_FCHDIR, calls.Int(root)),
		calls.New("chroot", unix.SYS_CHROOT, calls.String(".")).Or(unix.EPERM), // an ordinary user's own root
		calls.New("fchdir", unix.SYS_FCHDIR, calls.Int(cwd)),
	}
}

// labelled asks for the label that the program is to have. Only the process
// itself may, after its last fork.
func labelled(label string, proc int) []calls.Call {
	if label == "" {
		return nil
	}
	file, text := "thread-self/attr/exec", label
	if labelLayer(label) == AppArmor {
		text = "exec " + label
	}
	return []calls.Call{
		calls.New("openat", unix.SYS_OPENAT, calls.Int(proc), calls.String(file), calls.Int(unix.O_WRONLY|unix.O_CLOEXEC)),
		calls.New("write", unix.SYS_WRITE, calls.Result(1, "fd"), calls.String(text), calls.Int(len(text))),
		calls.New("close", unix.SYS_CLOSE, calls.Result(2, "fd")),
	}
}

// limited sets limits. One that is above ours would need CAP_SYS_RESOURCE.
func limited(list []Rlimit) []calls.Call {
	var all []calls.Call
	for _, l := range list {
		data := binary.NativeEndian.AppendUint64(nil, l.Soft)
		data = binary.NativeEndian.AppendUint64(data, l.Max)
		all = append(all, calls.New("prlimit64", unix.SYS_PRLIMIT64, calls.Int(0), calls.Int(l.Resource), calls.Bytes(data, "limit"), calls.Null()).Or(unix.EPERM))
	}
	return all
}

// identify becomes the user. His numbers are ours to give before the user
// namespace is joined, where they may be nobody's.
func (c Context) identify(p place) []calls.Call {
	if !p.privileged() {
		if p.users == 0 || !c.Inside.Mapped {
			return nil // he is whom we are
		}
		return become(c.Inside.UID, c.Inside.GID, nil)
	}
	uid, gid := c.ids()
	all := sandbox.CapSet(p.held)
	list := append([]calls.Call{capability.Keep()}, become(uid, gid, c.Groups)...)
	list = append(list, capability.Hold(all, all&c.Caps.Inheritable))
	if p.users != 0 {
		list = append(list, namespace.Join(c.PID, []namespace.Link{{Type: sandbox.UserNS, FD: p.users}})...)
	}
	return list
}

func become(uid, gid uint32, groups []uint32) []calls.Call {
	data := make([]byte, 0, 4*len(groups))
	for _, g := range groups {
		data = binary.NativeEndian.AppendUint32(data, g)
	}
	list := calls.New("setgroups", unix.SYS_SETGROUPS, calls.Int(len(groups)), calls.Bytes(append(data, 0), "groups"))
	return []calls.Call{
		list.Or(unix.EPERM), // a user namespace may forbid it
		calls.New("setresgid", unix.SYS_SETRESGID, calls.Int(gid), calls.Int(gid), calls.Int(gid)),
		calls.New("setresuid", unix.SYS_SETRESUID, calls.Int(uid), calls.Int(uid), calls.Int(uid)),
	}
}

// empower leaves the process the sets that execve(2) makes the program's of.
// Without no_new_privs, a filter is loaded with CAP_SYS_ADMIN; what is permitted
// now and not ambient is gone with execve(2), or comes from the bounding set.
func (c Context) empower(p place) []calls.Call {
	holds, caps := p.holds(), c.Caps
	caps.Bounding &= holds
	permitted := (caps.Permitted | caps.Ambient | caps.Inheritable) & holds
	if (len(c.Filters) > 0 || c.Locks.Off || c.Locks.asks()) && !c.NoNewPrivs {
		permitted |= 1 << unix.CAP_SYS_ADMIN & holds
	}
	list := []calls.Call{capability.Hold(holds, caps.Inheritable&holds)}
	if c.NoRoot {
		const setSecurebits, noRoot = 28, 1 // PR_SET_SECUREBITS, SECBIT_NOROOT
		list = append(list, calls.New("prctl", unix.SYS_PRCTL, calls.Int(setSecurebits), calls.Int(noRoot)))
	}
	for _, drop := range capability.Bound(caps.Bounding, p.last) {
		list = append(list, drop.Or(unix.EPERM)) // an ordinary user's may not be lowered
	}
	list = append(list, capability.Hold(permitted, caps.Inheritable&holds))
	list = append(list, capability.Raise(caps.Ambient&permitted)...)
	if c.NoNewPrivs {
		list = append(list, capability.NoNewPrivileges())
	}
	return list
}

// programs is one call for a path, and one for each folder of PATH for a name.
func programs(args, env []string) []calls.Call {
	var list []calls.Call
	for _, file := range candidates(args[0], env) {
		c := calls.New("execve", unix.SYS_EXECVE, calls.String(file), calls.Strings(args), calls.Environment(env)).
			Or(unix.ENOENT, unix.ENOTDIR, unix.EACCES)
		c.Exec = true
		list = append(list, c)
	}
	return list
}

const usualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

func candidates(name string, env []string) []string {
	if strings.Contains(name, "/") {
		return []string{name}
	}
	dirs := usualPath
	for _, e := range env {
		if value, ok := strings.CutPrefix(e, "PATH="); ok {
			dirs = value
		}
	}
	var files []string
	for _, dir := range strings.Split(dirs, ":") {
		files = append(files, path.Join("/", dir, name))
	}
	return files
}

// notEntered is why there is no run.
func notEntered(c calls.Call, errno error) error {
	return fmt.Errorf("%s: %w", c.Name, errno)
}
