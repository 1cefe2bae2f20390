//go:build linux

package runtime

import (
	"fmt"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
	"cloison/sandbox/calls"
	"cloison/sandbox/capability"
	"cloison/sandbox/idmap"
	"cloison/sandbox/namespace"
	"cloison/sandbox/network"
	"cloison/sandbox/rootfs"
)

// New plans the birth of a container. It is pure: nothing is changed or read.
func New(spec sandbox.Spec, s Surroundings) (*Plan, error) {
	c, err := check(spec, s)
	if err != nil {
		return nil, err
	}
	p := &Plan{groups: s.Cgroups, registry: s.Registry}
	if err := p.makeGroup(c, s); err != nil {
		return nil, err
	}
	p.enter(c, s)
	p.cloneChild(namespace.AtBirth(c.Namespaces))
	if c.userNS {
		p.mapIDs(c, s)
	}
	p.plug(c, s)
	p.child(untilDeath("if cloison dies, the kernel kills the container with it", "si cloison meurt, le noyau tue le conteneur avec lui"))
	p.child(umask())
	p.shareNetwork(c, s)
	p.joinGroup()
	if c.has(sandbox.CgroupNS) {
		p.child(namespace.UnshareCgroup(p.group != nil))
	}
	if c.has(sandbox.TimeNS) {
		p.child(namespace.Clocks(c.TimeOffset)...)
	}
	p.child(killedSooner(c.OOMScoreAdj)...)
	p.buildRoot(c, s)
	p.child(s.Outermost...)
	p.becomeUser(c, s)
	p.settle(c.Dir, sandbox.Text{
		EN: "a change of user or capabilities clears it, so ask again (prctl(2))",
		FR: "un changement d’utilisateur ou de capabilities l’efface : redemander (prctl(2))",
	})
	if err := p.loadFilter(c); err != nil {
		return nil, err
	}
	p.child(execve(c.program(), environment(c), sandbox.Text{
		EN: "the program takes over; everything before was to make this one call safe",
		FR: "le programme prend la place ; tout ce qui précède servait à rendre ce seul appel sûr",
	})...)
	p.awaitEnd()
	p.depart(c, s)
	p.removeGroup()
	return p, nil
}

// shareNetwork lets the child enter the network namespace of another.
func (p *Plan) shareNetwork(c container, s Surroundings) {
	if c.JoinNet == "" {
		return
	}
	p.held = append(p.held, s.Neighbour.Link.FD)
	p.child(namespace.Join(s.Neighbour.PID, []namespace.Link{s.Neighbour.Link})...)
}

// buildRoot makes and enters the root. The folder to pivot into is entered as
// the user that cloison is, who may reach it; what is made in it belongs to
// the container's root.
func (p *Plan) buildRoot(c container, s Surroundings) {
	o := rootfs.Options{
		Dir: c.Rootfs, Kept: s.RootKept, Missing: s.RootMissing,
		Scaffold: s.Scaffold, Busybox: s.Busybox, BusyboxKept: s.BusyboxKept,
		Address:  p.entry.Address,
		Hostname: c.Hostname, ReadOnly: c.ReadOnly, Tmpfs: c.Tmpfs, WorkDir: c.Dir,
		Grafts: c.grafts(s), Unmasked: c.Unmasked, Filtered: p.group != nil && len(c.Limits.Devices) > 0,
		CgroupMount: s.Cgroups.Version == 2 && c.has(sandbox.CgroupNS),
		FreshPID:    c.has(sandbox.PIDNS), ForeignUsers: c.userNS,
	}
	if c.Bridge || !c.has(sandbox.NetNS) {
		o.Resolv = s.Resolv
	}
	p.child(rootfs.Open(o)...)
	if c.userNS {
		p.child(become(0, 0, nil, s.LeavesGroups, sandbox.Text{
			EN: "be root of the user namespace, so that what is made now belongs to it",
			FR: "être root de l’espace de noms utilisateur, pour que ce qui est créé maintenant lui appartienne",
		})...)
	}
	p.child(rootfs.Build(o)...)
	if c.has(sandbox.UTSNS) {
		p.child(namespace.Hostname(c.Hostname))
	}
	if c.has(sandbox.NetNS) {
		p.child(network.Loopback()...)
	}
	p.child(sysctls(c.Sysctls)...)
	p.child(rootfs.Enter(o)...)
}

// becomeUser takes away what the program must not have, in an order in which
// each call still has the capability that it needs.
func (p *Plan) becomeUser(c container, s Surroundings) {
	p.label(c, s)
	p.child(newKeyring())
	p.child(rlimits(c.Rlimits)...)
	p.child(capability.Bound(c.caps, s.LastCap)...)
	if c.uid != 0 && (c.filtersWithPower() || c.ambient != 0) {
		p.child(capability.Keep())
	}
	if !c.userNS || c.uid != 0 || c.gid != 0 || len(c.groups) > 0 {
		p.child(become(c.uid, c.gid, c.groups, s.LeavesGroups, sandbox.Text{
			EN: "the program's user; one who is not root loses every capability here",
			FR: "l’utilisateur du programme ; s’il n’est pas root, il perd ici toutes les capabilities",
		})...)
	}
	p.child(p.holdForNow(c))
	p.child(capability.Raise(c.ambient)...)
	if c.NoNewPrivileges {
		p.child(capability.NoNewPrivileges())
	}
}

// mapIDs lets the parent write the id maps, as it may and the child may not.
func (p *Plan) mapIDs(c container, s Surroundings) {
	why := map[string]sandbox.Text{
		"setgroups": {EN: "without privileges a gid map is only allowed when groups can no longer be left", FR: "sans privilèges, une table de gid n’est permise que si l’on ne peut plus quitter de groupe"},
		"uid_map":   {EN: "users inside, users outside, how many: root inside is an ordinary user outside", FR: "utilisateurs dedans, utilisateurs dehors, combien : root dedans est un utilisateur ordinaire dehors"},
		"gid_map":   {EN: "the same for groups", FR: "la même chose pour les groupes"},
	}
	for _, f := range idmap.Files(c.UIDMap, c.GIDMap, s.Privileged()) {
		p.parent(sandbox.Action{
			Call:  fmt.Sprintf(`write(open("/proc/$PID/%s"), %q)`, f.Name, f.Value),
			Why:   why[f.Name],
			Shell: fmt.Sprintf("echo '%s' >/proc/$PID/%s", f.Value, f.Name),
		}, func(r *run) error { return writeFile(fmt.Sprintf("/proc/%d/%s", r.process.PID, f.Name), f.Value) })
	}
}

func untilDeath(en, fr string) calls.Call {
	c := calls.New("prctl", unix.SYS_PRCTL, calls.Named(unix.PR_SET_PDEATHSIG, "PR_SET_PDEATHSIG"), calls.Named(uintptr(unix.SIGKILL), "SIGKILL")).
		Because(en, fr).
		InShell("setpriv --pdeathsig KILL CMD")
	c.Ties = true
	return c
}

func umask() calls.Call {
	return calls.New("umask", unix.SYS_UMASK, calls.Octal(0o022)).
		Because("new files have the same modes whoever starts the container", "les nouveaux fichiers ont les mêmes droits quel que soit qui lance le conteneur").
		InShell("umask 022")
}

// newKeyring leaves the caller's keys behind: there is no namespace for keys
// (keyrings(7)).
func newKeyring() calls.Call {
	return calls.New("keyctl", unix.SYS_KEYCTL, calls.Named(unix.KEYCTL_JOIN_SESSION_KEYRING, "KEYCTL_JOIN_SESSION_KEYRING"), calls.Null()).
		Or(unix.ENOSYS, unix.EPERM, unix.EDQUOT, unix.EACCES).
		Because("no namespace isolates the kernel's keys, so start with an empty session keyring", "aucun espace de noms n’isole les clés du noyau : partir d’un trousseau de session vide").
		InShell("keyctl session - CMD")
}
