//go:build linux

package runtime

import (
	"syscall"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
)

// explanation says why the kernel refuses a call, as far as its errno tells.
type explanation struct {
	call     string        // how the told call begins
	errno    syscall.Errno // 0 is any
	why, try sandbox.Text
}

// explanations go from special to general: the first that fits is told.
var explanations = []explanation{
	{
		"clone", unix.EPERM,
		sandbox.Text{EN: "this user may not make these namespaces", FR: "cet utilisateur n’a pas le droit de créer ces espaces de noms"},
		sandbox.Text{EN: "be root, or allow user namespaces: sysctl kernel.unprivileged_userns_clone=1 (Debian); inside Docker, its seccomp profile forbids it", FR: "soyez root, ou autorisez les espaces de noms utilisateur : sysctl kernel.unprivileged_userns_clone=1 (Debian) ; dans Docker, son profil seccomp l’interdit"},
	},
	{
		"clone", unix.ENOSPC,
		sandbox.Text{EN: "a limit on the number or the depth of namespaces is reached", FR: "une limite du nombre ou de la profondeur des espaces de noms est atteinte"},
		sandbox.Text{EN: "see sysctl user, for example user.max_user_namespaces", FR: "voyez sysctl user, par exemple user.max_user_namespaces"},
	},
	{
		"clone", unix.EAGAIN,
		sandbox.Text{EN: "there are too many processes already, for this user or in this cgroup", FR: "il y a déjà trop de processus, pour cet utilisateur ou dans ce cgroup"},
		sandbox.Text{EN: "see ulimit -u and pids.max", FR: "voyez ulimit -u et pids.max"},
	},
	{
		"clone", unix.EINVAL,
		sandbox.Text{EN: "this kernel was built without one of these namespaces", FR: "ce noyau a été compilé sans l’un de ces espaces de noms"},
		sandbox.Text{EN: "ls /proc/self/ns shows those it has", FR: "ls /proc/self/ns montre ceux qu’il possède"},
	},
	{
		"clone", unix.EACCES,
		sandbox.Text{EN: "a security module forbids it: the AppArmor profile or the SELinux domain of this process", FR: "un module de sécurité l’interdit : le profil AppArmor ou le domaine SELinux de ce processus"},
		sandbox.Text{EN: "cat /proc/self/attr/current names it; start cloison from a shell that it does not confine", FR: "cat /proc/self/attr/current le nomme ; lancez cloison d’un shell qu’il ne confine pas"},
	},
	{
		`write(open("/proc/$PID/`, unix.EPERM,
		sandbox.Text{EN: "an ordinary user may only map himself, and where AppArmor restricts user namespaces not even that", FR: "un utilisateur ordinaire ne peut associer que lui-même, et même pas cela là où AppArmor restreint les espaces de noms utilisateur"},
		sandbox.Text{EN: "be root, or see sysctl kernel.apparmor_restrict_unprivileged_userns (Ubuntu)", FR: "soyez root, ou voyez sysctl kernel.apparmor_restrict_unprivileged_userns (Ubuntu)"},
	},
	{
		`mount("proc"`, unix.EPERM,
		sandbox.Text{EN: "in a user namespace the kernel shows no more of /proc than is visible outside, and something covers a part of it there", FR: "dans un espace de noms utilisateur, le noyau ne montre pas plus de /proc que ce qui est visible dehors, et quelque chose en masque une partie"},
		sandbox.Text{EN: "run cloison outside of that container, or as root", FR: "lancez cloison hors de ce conteneur, ou en tant que root"},
	},
	{
		"mount(", unix.EACCES,
		sandbox.Text{EN: "a security module forbids it: the AppArmor profile of this process, or Ubuntu's, which takes capabilities away from unprivileged user namespaces", FR: "un module de sécurité l’interdit : le profil AppArmor de ce processus, ou celui d’Ubuntu, qui retire leurs capabilities aux espaces de noms utilisateur non privilégiés"},
		sandbox.Text{EN: "cat /proc/self/attr/current names the profile; on Ubuntu, be root, or: sysctl kernel.apparmor_restrict_unprivileged_userns=0", FR: "cat /proc/self/attr/current nomme le profil ; sur Ubuntu, soyez root, ou : sysctl kernel.apparmor_restrict_unprivileged_userns=0"},
	},
	{
		"mount(", unix.EPERM,
		sandbox.Text{EN: "mounting takes CAP_SYS_ADMIN, and in a user namespace the flags of a mount from outside are locked", FR: "monter demande CAP_SYS_ADMIN, et dans un espace de noms utilisateur les options d’un montage extérieur sont verrouillées"},
		sandbox.Text{EN: "be root; inside Docker, its profiles forbid mounts", FR: "soyez root ; dans Docker, ses profils interdisent les montages"},
	},
	{
		"mkdir", unix.EACCES,
		sandbox.Text{EN: "the container's root may not write there: its user outside is another", FR: "le root du conteneur ne peut pas écrire là : dehors, c’est un autre utilisateur"},
		sandbox.Text{EN: "make the folders proc, sys and dev in the root file system beforehand", FR: "créez d’avance les dossiers proc, sys et dev dans le système de fichiers racine"},
	},
	{
		"pivot_root", unix.EINVAL,
		sandbox.Text{EN: "the old root cannot be left: it is an initramfs, or shared", FR: "l’ancienne racine ne peut pas être quittée : c’est un initramfs, ou elle est partagée"},
		sandbox.Text{EN: "see pivot_root(2), ERRORS", FR: "voyez pivot_root(2), ERRORS"},
	},
	{
		"setresuid", unix.EINVAL,
		sandbox.Text{EN: "this user does not exist in the id map", FR: "cet utilisateur n’existe pas dans la table d’identifiants"},
		sandbox.Text{EN: "widen the map with --userns-remap", FR: "élargissez la table avec --userns-remap"},
	},
	{
		"chdir", unix.ENOENT,
		sandbox.Text{EN: "the container has no such folder", FR: "le conteneur n’a pas ce dossier"},
		sandbox.Text{EN: "make it in the root file system, or choose another --workdir", FR: "créez-le dans le système de fichiers racine, ou choisissez un autre --workdir"},
	},
	{
		"chdir", unix.EACCES,
		sandbox.Text{EN: "the container's user may not enter this folder", FR: "l’utilisateur du conteneur ne peut pas entrer dans ce dossier"},
		sandbox.Text{EN: "check the modes of each folder on the way, or choose another one", FR: "vérifiez les droits de chaque dossier du chemin, ou choisissez-en un autre"},
	},
	{
		"setns", unix.EPERM,
		sandbox.Text{EN: "this user has no power over that process's namespaces", FR: "cet utilisateur n’a pas de pouvoir sur les espaces de noms de ce processus"},
		sandbox.Text{EN: "be root, or the user who started it", FR: "soyez root, ou l’utilisateur qui l’a lancé"},
	},
	{
		"seccomp", unix.EINVAL,
		sandbox.Text{EN: "this kernel was built without seccomp filters", FR: "ce noyau a été compilé sans les filtres seccomp"},
		sandbox.Text{EN: "give --security-opt seccomp=unconfined, and know that every system call is then allowed", FR: "donnez --security-opt seccomp=unconfined, en sachant que tout appel système est alors permis"},
	},
	{
		"netlink(NFT_", unix.EOPNOTSUPP,
		sandbox.Text{EN: "this kernel was built without nftables, or its modules are not there", FR: "ce noyau a été compilé sans nftables, ou ses modules sont absents"},
		sandbox.Text{EN: "try: modprobe nft_masq; or give --network none or host", FR: "essayez : modprobe nft_masq ; ou donnez --network none ou host"},
	},
	{
		"netlink(RTM_NEWLINK", unix.EOPNOTSUPP,
		sandbox.Text{EN: "this kernel has no such kind of device, or its module is not there", FR: "ce noyau n’a pas ce type d’interface, ou son module est absent"},
		sandbox.Text{EN: "try: modprobe bridge veth; or give --network none or host", FR: "essayez : modprobe bridge veth ; ou donnez --network none ou host"},
	},
	{
		"open_tree", unix.ENOSYS,
		sandbox.Text{EN: "this kernel is older than 5.2, which volumes and devices need", FR: "ce noyau est plus ancien que le 5.2, qu’il faut pour les volumes et les périphériques"},
		sandbox.Text{EN: "leave --volume, --device and --init out, or use a newer kernel", FR: "retirez --volume, --device et --init, ou prenez un noyau plus récent"},
	},
	{
		"move_mount", unix.ENOENT,
		sandbox.Text{EN: "the container has no such place, and it could not be made: the folder is read-only for it", FR: "le conteneur n’a pas cet emplacement, et il n’a pas pu être créé : le dossier est en lecture seule pour lui"},
		sandbox.Text{EN: "make the target in the root file system beforehand", FR: "créez d’avance la cible dans le système de fichiers racine"},
	},
	{
		"move_mount", unix.EINVAL,
		sandbox.Text{EN: "a folder can only be put onto a folder, and a file onto a file", FR: "un dossier ne peut être posé que sur un dossier, et un fichier que sur un fichier"},
		sandbox.Text{EN: "look at what the target is in the root file system", FR: "regardez ce qu’est la cible dans le système de fichiers racine"},
	},
	{
		`write(open("/proc/self/attr/`, unix.ENOENT,
		sandbox.Text{EN: "no AppArmor profile of this name is loaded", FR: "aucun profil AppArmor de ce nom n’est chargé"},
		sandbox.Text{EN: "aa-status lists those that are; apparmor_parser -r FILE loads one", FR: "aa-status liste ceux qui le sont ; apparmor_parser -r FICHIER en charge un"},
	},
	{
		`write(open("/proc/self/attr/`, unix.EINVAL,
		sandbox.Text{EN: "the policy that is loaded does not know this context", FR: "la politique chargée ne connaît pas ce contexte"},
		sandbox.Text{EN: "seinfo -t and seinfo -u list types and users", FR: "seinfo -t et seinfo -u listent les types et les utilisateurs"},
	},
	{
		`write(open("/proc/self/attr/`, unix.EACCES,
		sandbox.Text{EN: "the policy does not let this process choose its next label", FR: "la politique ne laisse pas ce processus choisir sa prochaine étiquette"},
		sandbox.Text{EN: "cat /proc/self/attr/current says what it is confined to", FR: "cat /proc/self/attr/current dit à quoi il est confiné"},
	},
	{
		"prlimit64", unix.EPERM,
		sandbox.Text{EN: "raising a hard limit takes CAP_SYS_RESOURCE outside of every user namespace, which cloison does not have", FR: "relever une limite « hard » demande CAP_SYS_RESOURCE hors de tout espace de noms utilisateur, que cloison n’a pas"},
		sandbox.Text{EN: "stay at or below what ulimit -H -a shows here", FR: "restez en dessous de ce que ulimit -H -a montre ici"},
	},
	{
		`write(open("/proc/self/oom_score_adj")`, unix.EACCES,
		sandbox.Text{EN: "a lower score than one's own takes CAP_SYS_RESOURCE", FR: "un score plus bas que le sien demande CAP_SYS_RESOURCE"},
		sandbox.Text{EN: "give a score above 0, or be root", FR: "donnez un score au-dessus de 0, ou soyez root"},
	},
	{
		`write(open("proc/sys/`, unix.ENOENT,
		sandbox.Text{EN: "this kernel, or a namespace that is not the first, has no such setting", FR: "ce noyau, ou un espace de noms qui n’est pas le premier, n’a pas ce réglage"},
		sandbox.Text{EN: "look with: cloison run -- sysctl -a", FR: "regardez avec : cloison run -- sysctl -a"},
	},
	{
		`write(open("proc/sys/`, unix.EINVAL,
		sandbox.Text{EN: "the kernel does not take this value for it", FR: "le noyau n’accepte pas cette valeur"},
		sandbox.Text{EN: "look at its present value with: cloison run -- sysctl NAME", FR: "regardez sa valeur actuelle avec : cloison run -- sysctl NOM"},
	},
	{
		`write(open("proc/sys/`, unix.EACCES,
		sandbox.Text{EN: "the root of a user namespace may not change this setting", FR: "le root d’un espace de noms utilisateur ne peut pas changer ce réglage"},
		sandbox.Text{EN: "be root, without --userns-remap", FR: "soyez root, sans --userns-remap"},
	},
	{
		`write(open("/proc/self/timens_offsets")`, unix.ERANGE,
		sandbox.Text{EN: "a clock would stand before 0 or beyond 146 years", FR: "une horloge serait avant 0 ou au-delà de 146 ans"},
		sandbox.Text{EN: "give a smaller --time-offset; cut -d. -f1 /proc/uptime is how far back it may go", FR: "donnez un --time-offset plus petit ; cut -d. -f1 /proc/uptime dit jusqu’où il peut reculer"},
	},
	{
		"capset", unix.EPERM,
		sandbox.Text{EN: "nobody can give a capability that he does not have", FR: "personne ne peut donner une capability qu’il n’a pas"},
		sandbox.Text{EN: "drop it: --cap-drop NAME", FR: "retirez-la : --cap-drop NOM"},
	},
	{
		"write(open(", unix.EACCES,
		sandbox.Text{EN: "this user may not write that file of the kernel", FR: "cet utilisateur ne peut pas écrire ce fichier du noyau"},
		sandbox.Text{EN: "be root, or ask systemd for a cgroup of your own: systemd-run --user --scope -p Delegate=yes", FR: "soyez root, ou demandez à systemd un cgroup à vous : systemd-run --user --scope -p Delegate=yes"},
	},
	{
		"", unix.EPERM,
		sandbox.Text{EN: "this takes a privilege that cloison does not have here", FR: "cela demande un privilège que cloison n’a pas ici"},
		sandbox.Text{EN: "compare: grep Cap /proc/self/status", FR: "comparez : grep Cap /proc/self/status"},
	},
	{
		"", unix.ENOSYS,
		sandbox.Text{EN: "this kernel does not have the call, or a seccomp filter hides it", FR: "ce noyau n’a pas cet appel, ou un filtre seccomp le cache"},
		sandbox.Text{EN: "see uname -r, and grep Seccomp /proc/self/status", FR: "voyez uname -r, et grep Seccomp /proc/self/status"},
	},
}
