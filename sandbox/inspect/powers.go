package inspect

import (
	"io/fs"
	"slices"
	"syscall"

	"cloison/sandbox"
	"cloison/sandbox/capability"
)

// Power is one thing that matters, and whether a process may do it.
type Power struct {
	What sandbox.Text `json:"what"`
	Can  bool         `json:"can"`
	Why  sandbox.Text `json:"why"` // for both answers
}

// Powers sums up what a process may do, as far as its ids, capabilities,
// no_new_privs and mounts decide it. A seccomp filter or an LSM may refuse what
// is said to be allowed here: no file tells which calls they refuse.
func (r *Reader) Powers(f sandbox.Facts) []Power {
	j := judge{facts: f, initial: isInitial(f)}
	all := []Power{
		j.root(),
		j.capable("CAP_DAC_OVERRIDE", "read and write every file that it can see", "lire et écrire tout fichier qu’il voit"),
		j.capable("CAP_SETUID", "become any user", "devenir n’importe quel utilisateur"),
		j.capable("CAP_SYS_ADMIN", "mount, and enter or make namespaces", "monter, entrer dans des espaces de noms et en créer"),
		j.capable("CAP_SYS_PTRACE", "look into and change the processes of others", "regarder dans les processus d’autrui et les modifier"),
		j.capable("CAP_NET_ADMIN", "set up network interfaces, routes and the firewall", "configurer interfaces, routes et pare-feu"),
		j.capable("CAP_NET_RAW", "send and hear raw packets", "envoyer et écouter des paquets bruts"),
		j.capable("CAP_MKNOD", "make device files", "créer des fichiers de périphérique"),
		j.machine("CAP_SYS_MODULE", "load kernel modules", "charger des modules du noyau"),
		j.machine("CAP_SYS_TIME", "set the computer's clock", "régler l’horloge de l’ordinateur"),
		j.machine("CAP_SYS_BOOT", "reboot the computer", "redémarrer l’ordinateur"),
		j.setuid(),
	}
	return slices.Concat(all, r.settings(f.PID, j), r.daemon(f.PID, j))
}

// judge answers for one process.
type judge struct {
	facts   sandbox.Facts
	initial bool // its user namespace is that of the boot
}

func isInitial(f sandbox.Facts) bool {
	return slices.ContainsFunc(f.Namespaces, func(n sandbox.NamespaceFact) bool {
		return n.Type == sandbox.UserNS && n.Inode == initial[sandbox.UserNS]
	})
}

func (j judge) has(name string) bool {
	n, err := capability.Parse(name)
	return err == nil && j.facts.Capabilities.Effective.Has(n)
}

// root says what kind of root it is, if any.
func (j judge) root() Power {
	p := Power{What: sandbox.Text{EN: "act as root of the whole computer", FR: "agir en root de tout l’ordinateur"}}
	switch {
	case !j.initial:
		p.Why = sandbox.Text{
			EN: "it is in a user namespace: its capabilities count only for what belongs to that",
			FR: "il est dans un espace de noms utilisateur : ses capabilities ne valent que pour ce qui en dépend",
		}
	case j.facts.UIDs.Effective != 0:
		p.Why = sandbox.Text{EN: "it is an ordinary user", FR: "c’est un utilisateur ordinaire"}
	case !j.has("CAP_SYS_ADMIN"):
		p.Why = sandbox.Text{EN: "it is root without all of root's capabilities", FR: "il est root, mais sans toutes les capabilities de root"}
	default:
		p.Can = true
		p.Why = sandbox.Text{EN: "user 0 of the first user namespace, with CAP_SYS_ADMIN", FR: "utilisateur 0 du premier espace de noms utilisateur, avec CAP_SYS_ADMIN"}
	}
	return p
}

// capable is something that a capability decides, in whichever user namespace.
func (j judge) capable(name, en, fr string) Power {
	p := Power{What: sandbox.Text{EN: en, FR: fr}, Can: j.has(name)}
	p.Why = sandbox.Text{EN: "it has " + name, FR: "il a " + name}
	switch {
	case !p.Can:
		p.Why = sandbox.Text{EN: "it has no " + name, FR: "il n’a pas " + name}
	case !j.initial:
		p.Why.EN += ", for what belongs to its user namespace"
		p.Why.FR += ", pour ce qui dépend de son espace de noms utilisateur"
	}
	return p
}

// machine is something of the whole computer: a capability counts in the first
// user namespace only.
func (j judge) machine(name, en, fr string) Power {
	p := j.capable(name, en, fr)
	if p.Can && !j.initial {
		p.Can = false
		p.Why = sandbox.Text{
			EN: name + " counts in the first user namespace only",
			FR: name + " ne compte que dans le premier espace de noms utilisateur",
		}
	}
	return p
}

// setuid is whether a setuid program would give it more.
func (j judge) setuid() Power {
	p := Power{
		What: sandbox.Text{EN: "gain rights from set-user-ID programs and file capabilities", FR: "gagner des droits par les programmes set-user-ID et les capabilities de fichier"},
		Can:  !j.facts.NoNewPrivs,
		Why:  sandbox.Text{EN: "no_new_privs is off", FR: "no_new_privs n’est pas posé"},
	}
	if !p.Can {
		p.Why = sandbox.Text{EN: "no_new_privs is on", FR: "no_new_privs est posé"}
	}
	return p
}

// settings are those of the kernel, in /proc/sys.
func (r *Reader) settings(pid int, j judge) []Power {
	p := reading{root: r.root, dir: procDir(pid)}
	mounts, err := parseMounts([]byte(p.text("mountinfo")))
	if err != nil || len(mounts) == 0 {
		return nil
	}
	power := Power{What: sandbox.Text{EN: "change the kernel's settings in /proc/sys", FR: "changer les réglages du noyau dans /proc/sys"}}
	var at *mount
	for _, m := range mounts {
		if m.Mountpoint == "/proc" || m.Mountpoint == "/proc/sys" {
			at = m
		}
	}
	switch {
	case at == nil:
		power.Why = sandbox.Text{EN: "there is no /proc", FR: "il n’y a pas de /proc"}
	case isReadOnly(at):
		power.Why = sandbox.Text{EN: at.Mountpoint + " is mounted read-only", FR: at.Mountpoint + " est monté en lecture seule"}
	case !j.initial:
		power.Why = sandbox.Text{EN: "in a user namespace, only those of its own namespaces", FR: "dans un espace de noms utilisateur, seulement ceux de ses propres espaces"}
	case j.facts.UIDs.Effective != 0:
		power.Why = sandbox.Text{EN: "they belong to root", FR: "ils appartiennent à root"}
	default:
		power.Can = true
		power.Why = sandbox.Text{EN: "/proc/sys is writable, and they belong to root", FR: "/proc/sys est accessible en écriture, et ils appartiennent à root"}
	}
	return []Power{power}
}

// daemon is Docker's socket: who can write to it can have root of the computer.
func (r *Reader) daemon(pid int, j judge) []Power {
	for _, name := range []string{"run/docker.sock", "var/run/docker.sock"} {
		info, err := fs.Stat(r.root, procDir(pid)+"/root/"+name)
		if err != nil || info.Mode()&fs.ModeSocket == 0 {
			continue
		}
		p := Power{What: sandbox.Text{EN: "ask the Docker daemon to do it as root", FR: "demander au démon Docker de le faire en root"}}
		p.Can = j.mayWrite(info)
		p.Why = sandbox.Text{EN: "/" + name + " is there, and it may write to it", FR: "/" + name + " est là, et il peut y écrire"}
		if !p.Can {
			p.Why = sandbox.Text{EN: "/" + name + " is there; whoever is in its group may", FR: "/" + name + " est là ; qui est de son groupe le peut"}
		}
		return []Power{p}
	}
	return nil
}

// mayWrite goes by a file's owner and mode, and by CAP_DAC_OVERRIDE, which a user
// namespace gives for files of the users and groups only that it knows
// (user_namespaces(7)). Supplementary groups are not among the facts.
func (j judge) mayWrite(info fs.FileInfo) bool {
	mode := info.Mode().Perm()
	st, ok := info.Sys().(*syscall.Stat_t)
	switch {
	case !ok:
	case j.has("CAP_DAC_OVERRIDE") && (j.initial || st.Uid != overflowUID && st.Gid != overflowUID):
		return true
	case st.Uid == j.facts.UIDs.Effective:
		return mode&0o200 != 0
	case st.Gid == j.facts.GIDs.Effective:
		return mode&0o020 != 0
	}
	return mode&0o002 != 0
}
