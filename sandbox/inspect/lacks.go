package inspect

import (
	"slices"

	"cloison/sandbox"
)

func lacksRoot(h Host) (sandbox.Lack, bool) {
	asRoot := sandbox.Text{
		EN: "Start cloison with sudo on a computer that may be broken, a virtual machine for instance.",
		FR: "Lancez cloison avec sudo sur une machine que l’on peut casser, par exemple une machine virtuelle.",
	}
	outside := sandbox.Text{
		EN: "Start cloison outside of the container that it runs in.",
		FR: "Lancez cloison hors du conteneur où il tourne.",
	}
	switch {
	case h.Root():
		return met()
	case h.UID != 0:
		return missing(sandbox.Text{
			EN: "cloison runs as an ordinary user.",
			FR: "cloison tourne sous un utilisateur ordinaire.",
		}, asRoot)
	case !h.InitUserNS:
		return missing(sandbox.Text{
			EN: "This root belongs to a user namespace: outside of it, it is an ordinary user.",
			FR: "Ce root appartient à un espace de noms utilisateur : en dehors, c’est un utilisateur ordinaire.",
		}, outside)
	}
	return missing(sandbox.Text{
		EN: "This root has no CAP_SYS_ADMIN: it is probably that of a container.",
		FR: "Ce root n’a pas CAP_SYS_ADMIN : c’est probablement celui d’un conteneur.",
	}, outside)
}

func lacksSeccomp(h Host) (sandbox.Lack, bool) {
	if h.Seccomp {
		return met()
	}
	return missing(sandbox.Text{
		EN: "The kernel was built without seccomp filters.",
		FR: "Le noyau a été compilé sans les filtres seccomp.",
	}, sandbox.Text{
		EN: "Boot a kernel built with CONFIG_SECCOMP_FILTER, as those of all distributions are.",
		FR: "Démarrez un noyau compilé avec CONFIG_SECCOMP_FILTER, comme ceux de toutes les distributions.",
	})
}

func lacksAppArmor(h Host) (sandbox.Lack, bool) {
	if slices.Contains(h.LSMs, "apparmor") {
		return met()
	}
	return missing(sandbox.Text{
		EN: "AppArmor is not active in this kernel.",
		FR: "AppArmor n’est pas actif dans ce noyau.",
	}, sandbox.Text{
		EN: "Use Debian or Ubuntu with their own kernel, where AppArmor is on; if it was turned off, boot with lsm=…,apparmor.",
		FR: "Utilisez Debian ou Ubuntu avec leur propre noyau, où AppArmor est actif ; s’il a été coupé, démarrez avec lsm=…,apparmor.",
	})
}

func lacksSELinux(h Host) (sandbox.Lack, bool) {
	if slices.Contains(h.LSMs, "selinux") {
		return met()
	}
	return missing(sandbox.Text{
		EN: "SELinux is not active in this kernel.",
		FR: "SELinux n’est pas actif dans ce noyau.",
	}, sandbox.Text{
		EN: "Use the VM (--machine vm), or Fedora, CentOS Stream or one of their relatives, where SELinux is on.",
		FR: "Utilisez la VM (--machine vm), ou Fedora, CentOS Stream ou l’une de leurs cousines, où SELinux est actif.",
	})
}

func lacksBusybox(h Host) (sandbox.Lack, bool) {
	install := sandbox.Text{
		EN: "Install it: apt install busybox-static",
		FR: "Installez-le : apt install busybox-static",
	}
	switch {
	case h.BusyboxStatic:
		return met()
	case h.Busybox != "":
		return missing(sandbox.Text{
			EN: h.Busybox + " needs shared libraries, which an empty root file system does not have.",
			FR: h.Busybox + " a besoin de bibliothèques partagées, absentes d’un système de fichiers racine vide.",
		}, install)
	}
	return missing(sandbox.Text{
		EN: "There is no busybox here.",
		FR: "Il n’y a pas de busybox ici.",
	}, install)
}

func lacksPressure(h Host) (sandbox.Lack, bool) {
	if h.Pressure {
		return met()
	}
	return missing(sandbox.Text{
		EN: "This kernel does not measure pressure: there is no /proc/pressure.",
		FR: "Ce noyau ne mesure pas la pression : il n’y a pas de /proc/pressure.",
	}, sandbox.Text{
		EN: "Start the computer with psi=1 on the kernel's command line, if its kernel has PSI (Linux 4.20).",
		FR: "Démarrez l’ordinateur avec psi=1 sur la ligne de commande du noyau, si celui-ci connaît PSI (Linux 4.20).",
	})
}

func lacksSetcap(h Host) (sandbox.Lack, bool) {
	switch {
	case h.Setcap == "":
		return missing(sandbox.Text{
			EN: "The command setcap is not installed.",
			FR: "La commande setcap n’est pas installée.",
		}, sandbox.Text{
			EN: "Install it: apt install libcap2-bin",
			FR: "Installez-la : apt install libcap2-bin",
		})
	case h.UID == 0 && h.Capabilities.Has(capSetfcap), h.UserNS == nil:
		return met()
	}
	return missing(sandbox.Text{
		EN: "Giving capabilities to a file takes root, at least that of a user namespace, and neither is to be had here.",
		FR: "Donner des capabilities à un fichier demande d’être root, au moins d’un espace de noms utilisateur, et ni l’un ni l’autre n’est possible ici.",
	}, sandbox.Text{
		EN: "See the remedy of root or of userns.",
		FR: "Voyez le remède de root ou de userns.",
	})
}

const capSetfcap = 31 // CAP_SETFCAP, capabilities(7)
