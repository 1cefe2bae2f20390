package inspect

import (
	"errors"
	"fmt"
	"syscall"

	"cloison/sandbox"
)

// The sysctls that forbid user namespaces: Ubuntu's AppArmor rule, Debian's
// old switch, and the kernel's own limit (namespaces(7)).
const (
	restrictUserNS = "kernel.apparmor_restrict_unprivileged_userns"
	clonedUserNS   = "kernel.unprivileged_userns_clone"
	maxUserNS      = "user.max_user_namespaces"
)

func lacksUserNS(h Host) (sandbox.Lack, bool) {
	switch {
	case h.UserNS == nil:
		return met()
	case h.Sysctls[maxUserNS] == "0":
		return forbidden(maxUserNS, "0", "15000")
	case h.Sysctls[clonedUserNS] == "0":
		return forbidden(clonedUserNS, "0", "1")
	case h.Sysctls[restrictUserNS] == "1":
		return forbidden(restrictUserNS, "1", "0")
	case errors.Is(h.UserNS, syscall.EINVAL), errors.Is(h.UserNS, syscall.ENOSYS):
		return missing(sandbox.Text{
			EN: "The kernel was built without user namespaces.",
			FR: "Le noyau a été compilé sans les espaces de noms utilisateur.",
		}, sandbox.Text{
			EN: "Boot a kernel built with CONFIG_USER_NS, as those of all distributions are.",
			FR: "Démarrez un noyau compilé avec CONFIG_USER_NS, comme ceux de toutes les distributions.",
		})
	case errors.Is(h.UserNS, syscall.EACCES): // Docker's seccomp filter says EPERM
		return missing(sandbox.Text{
			EN: "A security module forbids user namespaces to this process: its AppArmor profile or its SELinux domain.",
			FR: "Un module de sécurité interdit les espaces de noms utilisateur à ce processus : son profil AppArmor ou son domaine SELinux.",
		}, sandbox.Text{
			EN: "cat /proc/self/attr/current names it. Start cloison from a shell that it does not confine.",
			FR: "cat /proc/self/attr/current le nomme. Lancez cloison d’un shell qu’il ne confine pas.",
		})
	}
	return missing(sandbox.Text{
		EN: fmt.Sprintf("The kernel refuses to make a user namespace (%v), and no sysctl says why: a seccomp filter, as in a container, or a security module may.", h.UserNS),
		FR: fmt.Sprintf("Le noyau refuse de créer un espace de noms utilisateur (%v), et aucun sysctl ne dit pourquoi : un filtre seccomp, comme dans un conteneur, ou un module de sécurité peut en être la cause.", h.UserNS),
	}, sandbox.Text{
		EN: "Start cloison outside of any container, or as root on a computer that may be broken.",
		FR: "Lancez cloison hors de tout conteneur, ou en root sur une machine que l’on peut casser.",
	})
}

// forbidden is the lack of user namespaces that a sysctl explains.
func forbidden(sysctl, is, allow string) (sandbox.Lack, bool) {
	return missing(sandbox.Text{
		EN: fmt.Sprintf("This computer forbids user namespaces: %s = %s.", sysctl, is),
		FR: fmt.Sprintf("Cette machine interdit les espaces de noms utilisateur : %s = %s.", sysctl, is),
	}, sandbox.Text{
		EN: fmt.Sprintf("Allow them until the next boot: sudo sysctl -w %s=%s", sysctl, allow),
		FR: fmt.Sprintf("Autorisez-les jusqu’au prochain démarrage : sudo sysctl -w %s=%s", sysctl, allow),
	})
}

func lacksNet(h Host) (sandbox.Lack, bool) {
	if h.NetNS == nil {
		return met()
	}
	remedy := sandbox.Text{
		EN: "Start cloison as root on a computer that may be broken.",
		FR: "Lancez cloison en root sur une machine que l’on peut casser.",
	}
	if lack, lacks := lacksUserNS(h); lacks {
		remedy = lack.Remedy
	}
	return missing(sandbox.Text{
		EN: fmt.Sprintf("The kernel refuses to make a network namespace (%v).", h.NetNS),
		FR: fmt.Sprintf("Le noyau refuse de créer un espace de noms réseau (%v).", h.NetNS),
	}, remedy)
}
