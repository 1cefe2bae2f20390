package words

// explainFrench says what each field of the X-ray means.
var explainFrench = map[string]string{
	"processes": "Tous les processus lancés depuis les terminaux de cette leçon, chacun sous celui qui l’a lancé.",
	"tree":      "▶ est ce que suit la radio : le premier plan du terminal, ou ce que vous choisissez (c, un clic, ou ↓ et entrée ici) ; ▷ est alors au premier plan. « dedans 1 » est son numéro dans son propre espace de noms PID, « uid 0=100000 » son utilisateur dedans et dehors, « +pid » un espace de noms que son parent n’a pas. Un zombie est terminé et attend que son parent demande comment.",

	"namespaces": "Chaque sorte d’espace de noms donne à ses processus leur propre exemplaire d’une chose. Le nombre est l’inode de l’espace de noms : même nombre, même espace. « propre » : ni celui de l’hôte, ni celui du parent.",
	"ns cgroup":  "Ce qu’il prend pour la racine de l’arbre des cgroups dans /proc/self/cgroup.",
	"ns ipc":     "Mémoire partagée, sémaphores et files de messages System V, et files de messages POSIX.",
	"ns mnt":     "Ce qui est monté, et où : sa vue du système de fichiers.",
	"ns net":     "Interfaces, adresses, routes, règles de pare-feu et ports.",
	"ns pid":     "Les numéros de processus : le premier y porte le numéro 1, et personne n’y voit ceux du dehors.",
	"ns time":    "Depuis quand la machine tourne (CLOCK_MONOTONIC et CLOCK_BOOTTIME), pas la date.",
	"ns user":    "Utilisateurs, groupes et capabilities : root y est un utilisateur ordinaire au-dehors.",
	"ns uts":     "Le nom d’hôte.",

	"limit": "La plus petite limite de son cgroup et de ceux du dessus : au-delà, le noyau y tue un processus.",
	"used":  "Ce qu’utilisent les processus du cgroup qui a cette limite, caches de fichiers compris.",
	"free":  "Ce que free lit dans /proc/meminfo : la machine entière. Aucun cgroup ne change ce fichier.",
	"tasks": "Processus et threads du cgroup, et combien il peut en avoir (pids.max).",
	"cpu":   "Le temps, compté en processeurs, que reçoit le cgroup à chaque période ; ensuite, il attend la suivante.",
	"oom":   "Processus que le noyau a tués ici parce que la limite était atteinte.",

	"cgroups": "Le cgroup de la leçon et ceux qu’on y a créés. Une limite vaut pour un cgroup et tous ceux du dessous.",
	"cgroup":  "▶ est celui du processus que suit la radio. ×2 compte les processus du cgroup lui-même. Seules les limites qu’un cgroup fixe lui-même y sont écrites.",

	"maps": "Chaque règle graduée est une ligne de uid_map : les numéros du haut, vus du dedans, sont ceux du bas, vus du dehors. Ce qu’aucune ligne ne couvre est nobody (65534) dedans.",
	"uid":  "L’utilisateur que le noyau retient quand il vérifie un droit.",

	"capabilities": "Le pouvoir de root, en morceaux. Une lettre : l’ensemble a la capability. Un point : il ne l’a pas.",
	"set E":        "Ce que le noyau regarde quand on tente quelque chose.",
	"set P":        "Ce qu’il peut rendre effectif, et transmettre.",
	"set B":        "La limite : ce qu’execve pourra jamais lui donner, à lui ou à ses enfants. Ce qui en est retiré l’est pour de bon.",
	"set I":        "Ce qu’il garde à travers execve si le fichier du programme le dit aussi. Presque jamais utilisé.",
	"set A":        "Ce qu’il garde à travers execve, même en utilisateur ordinaire.",
	"exec":         "Ce qu’étaient les ensembles avant qu’il devienne ce programme, et ce qu’execve en a fait. Avec « fork », comparés à ceux de son parent, dont il est né copie : ce qu’il a retiré lui-même avant execve y est aussi.",

	"seccomp": "Un filtre décide de chaque appel système s’il peut être fait. Il s’hérite et ne s’enlève plus.",
	"nnp":     "Avec lui, execve ne donne plus aucun droit : bits set-user-ID et capabilities de fichier restent sans effet. Il ne s’enlève plus.",
	"lsm":     "Le nom que lui donnent AppArmor ou SELinux ; leurs règles se fondent sur lui. Aucune : aucun de ces modules n’est actif, ou aucun n’a de règle pour lui.",

	"mounts":   "Comparés aux montages du premier processus de l’hôte. + : l’hôte n’a rien de tel à cet endroit ; ~ : il l’a, avec d’autres options.",
	"mount":    "← dit quelle partie d’un système de fichiers est montée : un montage lié (bind). « par-dessus un autre » cache ce qui y était monté avant.",
	"masked":   "Quelque chose de vide est monté par-dessus, car ces fichiers parlent de la machine entière ou la commandent.",
	"readonly": "Ils se lisent et ne s’écrivent pas : ce qu’on y règle vaut pour la machine entière.",

	"network": "Les interfaces de son espace de noms réseau. Un espace neuf n’a que celle de bouclage, inactive.",
	"device":  "Un veth est une paire, comme un câble : ce qui entre d’un côté sort de l’autre, le plus souvent dans un autre espace de noms. ⇄ dit où est l’autre bout.",
}
