//go:build linux

package runtime

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
	"cloison/sandbox/calls"
	"cloison/sandbox/cgroup"
	"cloison/sandbox/namespace"
)

// Target is a process whose namespaces are to be joined.
type Target struct {
	PID     int
	Links   []namespace.Link // of the namespaces that differ from the caller's
	Cgroups []string         // files that put their writer into the process's cgroups
	Root    bool             // the caller has CAP_SYS_ADMIN
	// LeavesGroups is as in Surroundings.
	LeavesGroups bool
}

// Close closes the links.
func (t Target) Close() {
	for _, l := range t.Links {
		_ = unix.Close(l.FD)
	}
}

// Find opens the namespaces of process pid that are not the caller's own. The
// links stay good when the process ends meanwhile. withCgroup also looks for
// the process's cgroups.
func Find(pid int, withCgroup bool) (Target, error) {
	t := Target{PID: pid}
	set, err := permitted()
	if err != nil {
		return t, err
	}
	t.Root = set.Has(unix.CAP_SYS_ADMIN)
	t.LeavesGroups = t.Root && !setgroupsDenied()
	for _, ns := range namespace.JoinOrder(sandbox.Namespaces, t.Root) {
		if err := t.open(ns); err != nil {
			t.Close()
			return Target{}, err
		}
	}
	if withCgroup {
		if t.Cgroups, err = cgroup.TaskFiles(pid); err != nil {
			t.Close()
			return Target{}, err
		}
	}
	return t, nil
}

// open opens one link, unless it leads to the caller's own namespace.
func (t *Target) open(ns sandbox.Namespace) error {
	theirs := filepath.Join("/proc", strconv.Itoa(t.PID), "ns", string(ns))
	there, err := os.Readlink(theirs)
	if err != nil {
		return t.unreachable(ns, err)
	}
	if here, err := os.Readlink("/proc/self/ns/" + string(ns)); err != nil || here == there {
		return err
	}
	fd, err := unix.Open(theirs, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return t.unreachable(ns, err)
	}
	t.Links = append(t.Links, namespace.Link{Type: ns, FD: fd})
	return nil
}

func (t *Target) unreachable(ns sandbox.Namespace, err error) error {
	if _, gone := os.Stat(filepath.Join("/proc", strconv.Itoa(t.PID))); errors.Is(gone, os.ErrNotExist) {
		return &Failure{
			Op: sandbox.Text{EN: fmt.Sprintf("join process %d", t.PID), FR: fmt.Sprintf("rejoindre le processus %d", t.PID)}, Code: codeRuntime,
			Why: sandbox.Text{EN: "there is no such process", FR: "ce processus n’existe pas"},
			Try: sandbox.Text{EN: "give the number that ps -e shows on this computer, not the one inside the container", FR: "donnez le numéro que ps -e montre sur cette machine, pas celui de l’intérieur du conteneur"},
		}
	}
	if errors.Is(err, os.ErrNotExist) {
		return nil // an older kernel without this type
	}
	return &Failure{
		Op: verbatim(fmt.Sprintf(`open("/proc/%d/ns/%s")`, t.PID, ns)), Err: errnoOf(err), Code: codeRuntime,
		Why: sandbox.Text{EN: "the process belongs to somebody else, or has ended and waits for its parent", FR: "le processus appartient à quelqu’un d’autre, ou il est terminé et attend son parent"},
		Try: sandbox.Text{EN: "be root, or the user who started it (ptrace(2), access mode checking)", FR: "soyez root, ou l’utilisateur qui l’a lancé (ptrace(2), access mode checking)"},
	}
}

// NewJoin plans a program in the namespaces of a process. Of the spec it reads
// Args, Env, Dir and User. It is pure.
func NewJoin(t Target, spec sandbox.Spec) (*Plan, error) {
	c := container{Spec: spec}
	if err := c.checkCommand(); err != nil {
		return nil, err
	}
	joinsUsers := t.has(sandbox.UserNS)
	if err := c.readUser(Accounts{}, t.LeavesGroups); err != nil {
		return nil, err
	}
	p := &Plan{}
	p.parent(sandbox.Action{
		Call:  "clone(SIGCHLD) = $PID",
		Why:   sandbox.Text{EN: "a process of its own joins, so that cloison stays where it is", FR: "un processus à part rejoint les espaces de noms, pour que cloison reste où il est"},
		Shell: fmt.Sprintf("nsenter --target %d … CMD", t.PID),
	}, (*run).clone)
	p.child(untilDeath("if cloison dies, the kernel kills this process with it", "si cloison meurt, le noyau tue ce processus avec lui"))
	p.child(enterGroups(t.Cgroups)...)
	p.child(namespace.Join(t.PID, t.Links)...)
	if t.has(sandbox.PIDNS) {
		p.child(namespace.ForkInto())
	}
	if joinsUsers || spec.User != "" {
		p.child(become(c.uid, c.gid, c.groups, t.LeavesGroups, sandbox.Text{
			EN: "the program's user, as the joined namespaces count users",
			FR: "l’utilisateur du programme, tel que les espaces de noms rejoints comptent les utilisateurs",
		})...)
	}
	p.settle(c.Dir, sandbox.Text{
		EN: "a fork clears it, and so does a change of user, so ask again (prctl(2))",
		FR: "un fork l’efface, un changement d’utilisateur aussi : redemander (prctl(2))",
	})
	p.child(execve(c.Args, environment(c), sandbox.Text{
		EN: "the program takes over; joining carried over neither capability sets, nor seccomp filter, nor no_new_privs" + otherwise(t.Cgroups == nil, ", nor cgroup"),
		FR: "le programme prend la place ; rejoindre n’a transmis ni capabilities, ni filtre seccomp, ni no_new_privs" + otherwise(t.Cgroups == nil, ", ni cgroup"),
	})...)
	p.awaitEnd()
	return p, nil
}

func otherwise(yes bool, text string) string {
	if yes {
		return text
	}
	return ""
}

func (t Target) has(ns sandbox.Namespace) bool {
	for _, l := range t.Links {
		if l.Type == ns {
			return true
		}
	}
	return false
}

// enterGroups moves the new process into the target's cgroups, which setns(2)
// does not.
func enterGroups(files []string) []calls.Call {
	var list []calls.Call
	for _, file := range files {
		list = append(list, enterGroup(file, sandbox.Text{
			EN: "its cgroup, and so its limits: no namespace brings them",
			FR: "son cgroup, donc ses limites : aucun espace de noms ne les apporte",
		})...)
	}
	return list
}
