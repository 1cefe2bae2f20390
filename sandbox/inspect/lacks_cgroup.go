package inspect

import (
	"slices"
	"strings"

	"cloison/sandbox"
)

func lacksCgroup(h Host) (sandbox.Lack, bool) {
	version := h.Cgroup.Version()
	switch {
	case version == 0:
		return missing(sandbox.Text{
			EN: "No cgroup hierarchy with the memory controller is mounted.",
			FR: "Aucune hiérarchie de cgroups avec le contrôleur memory n’est montée.",
		}, sandbox.Text{
			EN: "Mount cgroup v2: sudo mount -t cgroup2 none /sys/fs/cgroup; if memory is still missing, boot without cgroup_disable=memory.",
			FR: "Montez cgroup v2 : sudo mount -t cgroup2 none /sys/fs/cgroup ; si memory manque encore, démarrez sans cgroup_disable=memory.",
		})
	case h.Cgroup.Writable, h.Cgroup.Delegated != "":
		return met()
	case version == 1:
		return missing(sandbox.Text{
			EN: "On cgroup v1 only root may make cgroups.",
			FR: "Avec cgroup v1, seul root peut créer des cgroups.",
		}, sandbox.Text{
			EN: "Start cloison as root on a computer that may be broken, or use a system with cgroup v2.",
			FR: "Lancez cloison en root sur une machine que l’on peut casser, ou utilisez un système avec cgroup v2.",
		})
	case h.UID == 0:
		return missing(sandbox.Text{
			EN: "The cgroup file system is read-only here, as in a container.",
			FR: "Le système de fichiers cgroup est en lecture seule ici, comme dans un conteneur.",
		}, sandbox.Text{
			EN: "Start cloison outside of the container that it runs in.",
			FR: "Lancez cloison hors du conteneur où il tourne.",
		})
	}
	return notDelegated(h.UserManager)
}

// notDelegated is the lack of who has a hierarchy of version 2 and no part of
// it. Only a session's systemd can be asked for one: su(1) opens no session.
func notDelegated(manager bool) (sandbox.Lack, bool) {
	remedy := sandbox.Text{
		EN: "Ask systemd for one: systemd-run --user --scope -p Delegate=yes cloison",
		FR: "Demandez-en une à systemd : systemd-run --user --scope -p Delegate=yes cloison",
	}
	if !manager {
		remedy = sandbox.Text{
			EN: "Log in as this user, by ssh or on a console, because su and services open no session; then ask systemd for one: systemd-run --user --scope -p Delegate=yes cloison",
			FR: "Connectez-vous sous ce compte, par ssh ou sur une console, car su et les services n’ouvrent pas de session ; puis demandez-en une à systemd : systemd-run --user --scope -p Delegate=yes cloison",
		}
	}
	return missing(sandbox.Text{
		EN: "Nobody has delegated a part of the cgroup tree with memory and pids to this session.",
		FR: "Personne n’a délégué à cette session une partie de l’arbre des cgroups avec memory et pids.",
	}, remedy)
}

func lacksCgroup1(h Host) (sandbox.Lack, bool) {
	absent := without(needed, h.Cgroup.V1)
	if absent == "" {
		return met()
	}
	return missing(sandbox.Text{
		EN: "No cgroup v1 hierarchy has: " + absent + ".",
		FR: "Aucune hiérarchie cgroup v1 n’a : " + absent + ".",
	}, sandbox.Text{
		EN: "Nothing to do: current systems use cgroup v2, and the lesson's v1 part is history. To see it run, boot an older system with systemd.unified_cgroup_hierarchy=0.",
		FR: "Rien à faire : les systèmes actuels utilisent cgroup v2, et la partie v1 de la leçon relève de l’histoire. Pour la voir tourner, démarrez un système plus ancien avec systemd.unified_cgroup_hierarchy=0.",
	})
}

func lacksCgroup2(h Host) (sandbox.Lack, bool) {
	absent := without(needed, h.Cgroup.V2)
	if absent == "" {
		return met()
	}
	return missing(sandbox.Text{
		EN: "The cgroup v2 hierarchy is not mounted or does not have: " + absent + ".",
		FR: "La hiérarchie cgroup v2 n’est pas montée ou n’a pas : " + absent + ".",
	}, sandbox.Text{
		EN: "Use Debian 11, Ubuntu 21.10 or later, or boot with systemd.unified_cgroup_hierarchy=1.",
		FR: "Utilisez Debian 11, Ubuntu 21.10 ou plus récent, ou démarrez avec systemd.unified_cgroup_hierarchy=1.",
	})
}

// without lists what is wanted and not there.
func without(want, have []string) string {
	absent := slices.DeleteFunc(slices.Clone(want), func(c string) bool { return slices.Contains(have, c) })
	return strings.Join(absent, ", ")
}
