package capability

import "cloison/sandbox"

// About says in one line what capability n allows, after capabilities(7); it
// is empty for a number that is newer than this program.
func About(n int) sandbox.Text {
	if n < 0 || n >= len(about) {
		return sandbox.Text{}
	}
	return about[n]
}

// about has every capability at its number.
var about = [len(names)]sandbox.Text{
	{ // CAP_CHOWN
		EN: "give files to other users and groups",
		FR: "donner des fichiers à d’autres utilisateurs et groupes",
	},
	{ // CAP_DAC_OVERRIDE
		EN: "read, write and execute files whatever their permissions",
		FR: "lire, écrire et exécuter des fichiers quelles que soient leurs permissions",
	},
	{ // CAP_DAC_READ_SEARCH
		EN: "read files and list folders whatever their permissions; open files by handle",
		FR: "lire fichiers et dossiers quelles que soient leurs permissions ; ouvrir un fichier par son « handle »",
	},
	{ // CAP_FOWNER
		EN: "act as the owner of any file: chmod, timestamps, sticky folders",
		FR: "agir en propriétaire de tout fichier : chmod, dates, dossiers « sticky »",
	},
	{ // CAP_FSETID
		EN: "keep the set-user-ID and set-group-ID bits of a file that is written to",
		FR: "garder les bits set-user-ID et set-group-ID d’un fichier que l’on modifie",
	},
	{ // CAP_KILL
		EN: "send signals to the processes of other users",
		FR: "envoyer des signaux aux processus d’autres utilisateurs",
	},
	{ // CAP_SETGID
		EN: "become any group",
		FR: "devenir n’importe quel groupe",
	},
	{ // CAP_SETUID
		EN: "become any user",
		FR: "devenir n’importe quel utilisateur",
	},
	{ // CAP_SETPCAP
		EN: "drop from the bounding set, add to the inheritable set",
		FR: "retirer de l’ensemble limite (bounding), ajouter à l’ensemble héritable (inheritable)",
	},
	{ // CAP_LINUX_IMMUTABLE
		EN: "set and clear the immutable and append-only flags of files",
		FR: "poser et ôter les attributs « immutable » et « append-only » des fichiers",
	},
	{ // CAP_NET_BIND_SERVICE
		EN: "listen on ports below 1024 (or what the sysctl says)",
		FR: "écouter sur les ports inférieurs à 1024 (ou au seuil que fixe le sysctl)",
	},
	{ // CAP_NET_BROADCAST
		EN: "send network broadcasts (the kernel does not ask for it)",
		FR: "émettre en diffusion sur le réseau (le noyau ne la demande nulle part)",
	},
	{ // CAP_NET_ADMIN
		EN: "configure the network: interfaces, routes, firewall",
		FR: "configurer le réseau : interfaces, routes, pare-feu",
	},
	{ // CAP_NET_RAW
		EN: "open raw and packet sockets: ping, tcpdump, forged packets",
		FR: "ouvrir des sockets bruts : ping, tcpdump, paquets forgés",
	},
	{ // CAP_IPC_LOCK
		EN: "lock memory so that it is never swapped",
		FR: "verrouiller de la mémoire pour qu’elle n’aille jamais dans le swap",
	},
	{ // CAP_IPC_OWNER
		EN: "use the System V IPC objects of other users",
		FR: "utiliser les objets IPC System V d’autres utilisateurs",
	},
	{ // CAP_SYS_MODULE
		EN: "load and unload kernel modules: code in the kernel",
		FR: "charger et décharger des modules : du code dans le noyau",
	},
	{ // CAP_SYS_RAWIO
		EN: "reach hardware directly: I/O ports, /dev/mem",
		FR: "accéder directement au matériel : ports d’entrée-sortie, /dev/mem",
	},
	{ // CAP_SYS_CHROOT
		EN: "use chroot(2), enter mount namespaces",
		FR: "utiliser chroot(2), entrer dans des espaces de noms de montage",
	},
	{ // CAP_SYS_PTRACE
		EN: "trace other users' processes, read and write their memory",
		FR: "tracer les processus d’autrui, lire et écrire leur mémoire",
	},
	{ // CAP_SYS_PACCT
		EN: "switch process accounting on and off",
		FR: "activer et couper la comptabilité des processus",
	},
	{ // CAP_SYS_ADMIN
		EN: "mount, make namespaces, and so much else that it is nearly root",
		FR: "monter, créer des espaces de noms, et tant d’autres choses que c’est presque être root",
	},
	{ // CAP_SYS_BOOT
		EN: "restart the machine, load another kernel",
		FR: "redémarrer la machine, charger un autre noyau",
	},
	{ // CAP_SYS_NICE
		EN: "raise priorities, choose schedulers and CPUs of any process",
		FR: "augmenter les priorités, choisir ordonnanceur et processeurs de tout processus",
	},
	{ // CAP_SYS_RESOURCE
		EN: "go beyond resource limits and quotas",
		FR: "dépasser les limites de ressources et les quotas",
	},
	{ // CAP_SYS_TIME
		EN: "set the clock of the whole machine",
		FR: "régler l’horloge de la machine entière",
	},
	{ // CAP_SYS_TTY_CONFIG
		EN: "configure terminals, hang them up",
		FR: "configurer les terminaux, les raccrocher",
	},
	{ // CAP_MKNOD
		EN: "make device files",
		FR: "créer des fichiers de périphérique",
	},
	{ // CAP_LEASE
		EN: "take leases on any file",
		FR: "poser des baux (« leases ») sur tout fichier",
	},
	{ // CAP_AUDIT_WRITE
		EN: "write to the audit log",
		FR: "écrire dans le journal d’audit",
	},
	{ // CAP_AUDIT_CONTROL
		EN: "switch auditing, change its rules",
		FR: "activer ou couper l’audit, changer ses règles",
	},
	{ // CAP_SETFCAP
		EN: "give capabilities to files; map root's id in a user namespace",
		FR: "donner des capabilities aux fichiers ; associer l’id de root dans un espace de noms utilisateur",
	},
	{ // CAP_MAC_OVERRIDE
		EN: "go past the mandatory rules of Smack",
		FR: "outrepasser les règles obligatoires de Smack",
	},
	{ // CAP_MAC_ADMIN
		EN: "change the mandatory rules of Smack and AppArmor",
		FR: "modifier les règles obligatoires de Smack et d’AppArmor",
	},
	{ // CAP_SYSLOG
		EN: "read the kernel's messages, see its addresses",
		FR: "lire les messages du noyau, voir ses adresses",
	},
	{ // CAP_WAKE_ALARM
		EN: "set timers that wake the machine up",
		FR: "poser des alarmes qui réveillent la machine",
	},
	{ // CAP_BLOCK_SUSPEND
		EN: "keep the machine from going to sleep",
		FR: "empêcher la machine de se mettre en veille",
	},
	{ // CAP_AUDIT_READ
		EN: "read the audit log as it is written",
		FR: "lire le journal d’audit au fil de l’eau",
	},
	{ // CAP_PERFMON
		EN: "measure performance, with all that it reveals",
		FR: "mesurer les performances, avec tout ce que cela révèle",
	},
	{ // CAP_BPF
		EN: "load BPF programs into the kernel",
		FR: "charger des programmes BPF dans le noyau",
	},
	{ // CAP_CHECKPOINT_RESTORE
		EN: "save and restore processes, choose the next PID",
		FR: "sauver et restaurer des processus, choisir le prochain PID",
	},
}
