//go:build linux

// Package namespace knows the flags of the eight namespace types, and the
// calls that make and join namespaces.
//
// It does not know which ones a container needs, nor what lives in them.
//
// See namespaces(7), clone(2), unshare(2), setns(2), nsenter(1).
package namespace

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
	"cloison/sandbox/calls"
)

// kind is what the kernel and the shell call one type.
type kind struct {
	flag  uintptr
	name  string // of the flag
	shell string // the option of unshare(1) and nsenter(1)
}

var kinds = map[sandbox.Namespace]kind{
	sandbox.CgroupNS: {unix.CLONE_NEWCGROUP, "CLONE_NEWCGROUP", "--cgroup"},
	sandbox.IPCNS:    {unix.CLONE_NEWIPC, "CLONE_NEWIPC", "--ipc"},
	sandbox.MountNS:  {unix.CLONE_NEWNS, "CLONE_NEWNS", "--mount"},
	sandbox.NetNS:    {unix.CLONE_NEWNET, "CLONE_NEWNET", "--net"},
	sandbox.PIDNS:    {unix.CLONE_NEWPID, "CLONE_NEWPID", "--pid"},
	sandbox.TimeNS:   {unix.CLONE_NEWTIME, "CLONE_NEWTIME", "--time"},
	sandbox.UserNS:   {unix.CLONE_NEWUSER, "CLONE_NEWUSER", "--user"},
	sandbox.UTSNS:    {unix.CLONE_NEWUTS, "CLONE_NEWUTS", "--uts"},
}

// birthOrder is how a clone(2) call's flags are told: who one is, what one
// sees, with whom one talks.
var birthOrder = []sandbox.Namespace{
	sandbox.UserNS, sandbox.MountNS, sandbox.PIDNS, sandbox.NetNS, sandbox.UTSNS, sandbox.IPCNS,
}

// AtBirth keeps the types that clone(2) can usefully make. A cgroup namespace
// is rooted where its process is when it is made, so it must wait until the
// process is in its cgroup (cgroup_namespaces(7)); a time namespace only
// serves children (time_namespaces(7)).
func AtBirth(list []sandbox.Namespace) []sandbox.Namespace {
	var kept []sandbox.Namespace
	for _, ns := range birthOrder {
		if slices.Contains(list, ns) {
			kept = append(kept, ns)
		}
	}
	return kept
}

// Flags is the union of the types' CLONE_NEW bits.
func Flags(list []sandbox.Namespace) uintptr {
	var bits uintptr
	for _, ns := range list {
		bits |= kinds[ns].flag
	}
	return bits
}

// FlagNames are the types' CLONE_NEW names, joined as in C.
func FlagNames(list []sandbox.Namespace) string {
	return joined(list, "|", func(k kind) string { return k.name })
}

// ShellOptions are the types' options of unshare(1) and nsenter(1).
func ShellOptions(list []sandbox.Namespace) string {
	return joined(list, " ", func(k kind) string { return k.shell })
}

func joined(list []sandbox.Namespace, by string, name func(kind) string) string {
	var names []string
	for _, ns := range list {
		names = append(names, name(kinds[ns]))
	}
	return strings.Join(names, by)
}

// UnshareCgroup is the call that makes the process's present cgroup the root
// of what it sees of cgroups; own says that it is one made for it.
func UnshareCgroup(own bool) calls.Call {
	c := calls.New("unshare", unix.SYS_UNSHARE, calls.Named(unix.CLONE_NEWCGROUP, "CLONE_NEWCGROUP")).
		InShell("unshare --cgroup CMD")
	if own {
		return c.Because(
			"now that the process is in its cgroup, that cgroup becomes / in its view",
			"maintenant que le processus est dans son cgroup, ce cgroup devient / à ses yeux")
	}
	return c.Because(
		"no cgroup could be made for it, so it stays in the caller's, which becomes / in its view",
		"aucun cgroup n’a pu être créé pour lui : il reste dans celui de l’appelant, qui devient / à ses yeux")
}

// Clocks are the calls that put the process into a time namespace whose boot
// and monotonic clocks are ahead. A time namespace takes its offsets before
// anybody lives in it, so it is made first and joined afterwards
// (time_namespaces(7)). They need /proc.
func Clocks(ahead time.Duration) []calls.Call {
	seconds := int64(ahead / time.Second)
	offsets := fmt.Sprintf("monotonic %d 0\nboottime %d 0\n", seconds, seconds)
	made := calls.New("unshare", unix.SYS_UNSHARE, calls.Named(unix.CLONE_NEWTIME, "CLONE_NEWTIME")).
		Because(
			"a time namespace for the children to come; nobody lives in it yet",
			"un espace de noms temporel pour les futurs enfants ; personne n’y vit encore").
		InShell(fmt.Sprintf("unshare --time --monotonic %d --boottime %d CMD", seconds, seconds))
	list := []calls.Call{made}
	if seconds != 0 {
		open := calls.New("openat", unix.SYS_OPENAT, calls.Int(0), calls.String("/proc/self/timens_offsets"), calls.Int(unix.O_WRONLY|unix.O_CLOEXEC)).
			As(fmt.Sprintf(`write(open("/proc/self/timens_offsets"), %q)`, offsets)).
			Because(
				"the clocks that count since boot are ahead by so many seconds; no namespace covers the wall clock",
				"les horloges qui comptent depuis le démarrage avancent d’autant de secondes ; aucun espace de noms ne couvre l’heure du jour").
			InShell(fmt.Sprintf("printf %q >/proc/self/timens_offsets", offsets))
		list = append(list, calls.Group(open,
			calls.New("write", unix.SYS_WRITE, calls.Result(1, "fd"), calls.String(offsets), calls.Int(len(offsets))),
			calls.New("close", unix.SYS_CLOSE, calls.Result(2, "fd")))...)
	}
	enter := calls.New("openat", unix.SYS_OPENAT, calls.Int(0), calls.String("/proc/self/ns/time_for_children"), calls.Int(unix.O_RDONLY|unix.O_CLOEXEC)).
		As(`setns(open("/proc/self/ns/time_for_children"), CLONE_NEWTIME)`).
		Because(
			"the process moves in itself; from now on the offsets cannot change",
			"le processus y entre lui-même ; désormais, les décalages ne peuvent plus changer").
		InShell("nsenter --time=/proc/$$/ns/time_for_children CMD")
	return append(list, calls.Group(enter,
		calls.New("setns", unix.SYS_SETNS, calls.Result(1, "fd"), calls.Named(unix.CLONE_NEWTIME, "CLONE_NEWTIME")),
		calls.New("close", unix.SYS_CLOSE, calls.Result(2, "fd")))...)
}

// Hostname is the call that names the UTS namespace.
func Hostname(name string) calls.Call {
	return calls.New("sethostname", unix.SYS_SETHOSTNAME, calls.String(name), calls.Int(len(name))).
		Because(
			"the name belongs to the UTS namespace, so the host keeps its own",
			"le nom appartient à l’espace de noms UTS : l’hôte garde le sien").
		InShell("hostname " + name)
}
