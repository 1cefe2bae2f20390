//go:build linux

package namespace

import (
	"fmt"
	"slices"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
	"cloison/sandbox/calls"
)

// Link is an open link of /proc/PID/ns.
type Link struct {
	Type sandbox.Namespace
	FD   int // close-on-exec
}

// JoinOrder sorts the types to join. The mount namespace comes after those
// that need /proc as it is here, and the PID namespace shows only in children.
// A user namespace comes first for an ordinary user, to whom it gives the
// capabilities that the other calls need, and last for root, who would lose
// his own over what belongs to other user namespaces (setns(2)).
func JoinOrder(list []sandbox.Namespace, root bool) []sandbox.Namespace {
	order := []sandbox.Namespace{
		sandbox.CgroupNS, sandbox.IPCNS, sandbox.UTSNS, sandbox.NetNS, sandbox.PIDNS, sandbox.TimeNS, sandbox.MountNS,
	}
	if root {
		order = append(order, sandbox.UserNS)
	} else {
		order = append([]sandbox.Namespace{sandbox.UserNS}, order...)
	}
	var sorted []sandbox.Namespace
	for _, ns := range order {
		if slices.Contains(list, ns) {
			sorted = append(sorted, ns)
		}
	}
	return sorted
}

// Join are the calls that enter the namespaces of process pid through their
// open links, in the order given.
func Join(pid int, links []Link) []calls.Call {
	list := make([]calls.Call, 0, len(links))
	for _, l := range links {
		k := kinds[l.Type]
		why := joinReasons[l.Type]
		list = append(list, calls.New("setns", unix.SYS_SETNS,
			calls.Named(uintptr(l.FD), fmt.Sprintf(`open("/proc/%d/ns/%s")`, pid, l.Type)),
			calls.Named(k.flag, k.name)).
			Because(why.EN, why.FR).
			InShell(fmt.Sprintf("nsenter --target %d %s CMD", pid, k.shell)))
	}
	return list
}

var joinReasons = map[sandbox.Namespace]sandbox.Text{
	sandbox.CgroupNS: {EN: "see the cgroup tree as that process does; it moves nobody into a cgroup", FR: "voir l’arbre des cgroups comme ce processus ; cela ne déplace personne dans un cgroup"},
	sandbox.IPCNS:    {EN: "share its System V IPC and its message queues", FR: "partager ses IPC System V et ses files de messages"},
	sandbox.MountNS:  {EN: "see its mounts, and so its files", FR: "voir ses montages, donc ses fichiers"},
	sandbox.NetNS:    {EN: "share its devices, addresses, ports and firewall", FR: "partager ses interfaces, adresses, ports et pare-feu"},
	sandbox.PIDNS:    {EN: "count processes as it does; this applies to children only, hence the clone(2) that follows", FR: "compter les processus comme lui ; cela ne vaut que pour les enfants, d’où le clone(2) qui suit"},
	sandbox.TimeNS:   {EN: "share its boot-time clock", FR: "partager son horloge de démarrage"},
	sandbox.UserNS:   {EN: "be who one is in its id map, with every capability over what that namespace owns", FR: "être qui l’on est dans sa table d’identifiants, avec toutes les capabilities sur ce que cet espace possède"},
	sandbox.UTSNS:    {EN: "share its host name", FR: "partager son nom d’hôte"},
}

// ForkInto is the clone(2) after which the list goes on in a process that is
// in the joined PID namespace. It becomes a child of the caller's parent.
func ForkInto() calls.Call {
	c := calls.New("clone", unix.SYS_CLONE, calls.Named(uintptr(unix.SIGCHLD)|unix.CLONE_PARENT, "SIGCHLD|CLONE_PARENT"),
		calls.Null(), calls.Null(), calls.Null(), calls.Null()).
		Because(
			"only a child enters the joined PID namespace; this one ends, its child goes on (nsenter forks too: see its --no-fork)",
			"seul un enfant entre dans l’espace de noms PID rejoint ; ce processus finit, son enfant continue (nsenter se dédouble aussi : voyez son --no-fork)")
	c.Forks = true
	return c
}
