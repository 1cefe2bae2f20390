package main

import (
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"cloison/sandbox"
)

// runFlags are the flags of run, spelled as docker run spells them.
type runFlags struct {
	telling
	spec     sandbox.Spec
	memory   string
	env      []string
	remap    string
	network  string
	rootfs   string
	tmpfs    []string
	security []string
	speeds   map[string]*[]string // by the flag's name
	rules    []string
	ulimits  []string
	sysctls  []string
	volumes  []string
	devices  []string
	ahead    time.Duration
	clocks   bool   // --time-offset was given
	oci      string // folder to write a bundle into
}

// speedFlags limit how fast a disk is read and written.
var speedFlags = []string{"device-read-bps", "device-write-bps", "device-read-iops", "device-write-iops"}

func (f *runFlags) register(g *globals, c *cobra.Command) {
	flags := c.Flags()
	f.registerProcess(g, flags)
	f.registerView(g, flags)
	f.registerLimits(g, flags)
	f.registerPowers(g, flags)
	flags.StringVar(&f.oci, "oci", "", g.say("do not run it: write the same container into a new folder, as an OCI bundle for runc and its like",
		"ne pas le lancer : écrire le même conteneur dans un dossier neuf, en « bundle » OCI pour runc et ses semblables"))
	// Habits of docker run that change nothing here.
	flags.BoolP("interactive", "i", true, g.say("as docker run -i; a container here always has your input",
		"comme docker run -i ; ici, un conteneur reçoit toujours ce que vous tapez"))
	flags.BoolP("tty", "t", true, g.say("as docker run -t; a container here always has your terminal",
		"comme docker run -t ; ici, un conteneur a toujours votre terminal"))
	flags.Bool("rm", true, g.say("as docker run --rm; a container here is always removed",
		"comme docker run --rm ; ici, un conteneur est toujours supprimé"))
}

// registerProcess are the flags of the command itself.
func (f *runFlags) registerProcess(g *globals, flags *pflag.FlagSet) {
	flags.StringVarP(&f.spec.User, "user", "u", "", g.say("user in the container, by name or number: USER[:GROUP] (default 0:0)",
		"utilisateur dans le conteneur, par nom ou numéro : UTILISATEUR[:GROUPE] (par défaut : 0:0)"))
	flags.StringArrayVar(&f.spec.Groups, "group-add", nil, g.say("further group of the user, by name or number",
		"autre groupe de l’utilisateur, par nom ou numéro"))
	flags.StringArrayVarP(&f.env, "env", "e", nil, environmentFlag.In(g.lang()))
	flags.BoolVar(&f.spec.Init, "init", false, g.say("run an init as process number 1, which forwards signals and reaps",
		"lancer un init comme processus numéro 1, qui transmet les signaux et ne laisse pas de zombies"))
	flags.StringVarP(&f.spec.Dir, "workdir", "w", "", workdirFlag.In(g.lang()))
}

// registerView are the flags of what the container sees.
func (f *runFlags) registerView(g *globals, flags *pflag.FlagSet) {
	flags.StringVar(&f.spec.Hostname, "hostname", "cloison", g.say("host name in the container",
		"nom d’hôte dans le conteneur"))
	flags.StringVar(&f.remap, "userns-remap", "", g.say("map the container's users to others: default, or BASE[:SIZE]",
		"associer les utilisateurs du conteneur à d’autres : default, ou BASE[:TAILLE]"))
	flags.StringVar(&f.network, "network", "none", g.say("network: none (loopback only), bridge, host, or container:NAME|PID",
		"réseau : none (bouclage seulement), bridge, host, ou container:NOM|PID"))
	flags.StringVar(&f.spec.Name, "name", "", g.say("name under which --network container:NAME finds the container",
		"nom sous lequel --network container:NOM trouve le conteneur"))
	flags.StringVar(&f.rootfs, "rootfs", "", g.say("folder that becomes the root file system",
		"dossier qui devient le système de fichiers racine"))
	flags.BoolVar(&f.spec.ReadOnly, "read-only", false, g.say("make the root file system read-only",
		"système de fichiers racine en lecture seule"))
	flags.StringArrayVar(&f.tmpfs, "tmpfs", nil, g.say("a fresh tmpfs: TARGET[:OPTIONS]",
		"un tmpfs neuf : CIBLE[:OPTIONS]"))
	flags.StringArrayVarP(&f.volumes, "volume", "v", nil, g.say("file or folder of this computer to share: SOURCE:TARGET[:ro]",
		"fichier ou dossier de cet ordinateur à partager : SOURCE:CIBLE[:ro]"))
	flags.StringArrayVar(&f.devices, "device", nil, g.say("device file that works in the container: SOURCE[:TARGET[:ACCESS]]",
		"fichier de périphérique qui marche dans le conteneur : SOURCE[:CIBLE[:ACCÈS]]"))
	flags.DurationVar(&f.ahead, "time-offset", 0, g.say("own time namespace, with the boot and monotonic clocks ahead: 24h, -90s",
		"son propre espace de noms de temps, horloges de démarrage et monotone en avance : 24h, -90s"))
	flags.StringArrayVar(&f.sysctls, "sysctl", nil, g.say("setting of the kernel that a namespace has for itself: NAME=VALUE",
		"réglage du noyau qu’un espace de noms a à lui : NOM=VALEUR"))
}

// registerLimits are the flags of what the container may use.
func (f *runFlags) registerLimits(g *globals, flags *pflag.FlagSet) {
	flags.StringVarP(&f.memory, "memory", "m", "", g.say("limit of memory, swap included: 16m, 0.5g",
		"limite de mémoire, swap compris : 16m, 0.5g"))
	flags.Float64Var(&f.spec.Limits.CPUs, "cpus", 0, g.say("limit of CPU time, in CPUs: 0.5",
		"limite de temps, en processeurs : 0.5"))
	flags.Int64Var(&f.spec.Limits.Pids, "pids-limit", 0, g.say("limit of processes and threads",
		"limite de processus et de threads"))
	flags.StringVar(&f.spec.Limits.CPUSet, "cpuset-cpus", "", g.say("CPUs to run on: 0-1,3",
		"processeurs où tourner : 0-1,3"))
	flags.StringVar(&f.spec.Limits.MemSet, "cpuset-mems", "", g.say("memory nodes to take memory from: 0",
		"nœuds où prendre la mémoire : 0"))
	flags.IntVar(&f.spec.Limits.BlkioWeight, "blkio-weight", 0, g.say("share of the disks against others: 10 to 1000 (cgroup v2)",
		"part des disques face aux autres : 10 à 1000 (cgroup v2)"))
	f.speeds = map[string]*[]string{}
	for _, name := range speedFlags {
		f.speeds[name] = new([]string)
		flags.StringArrayVar(f.speeds[name], name, nil, g.say("limit of a disk's speed: DEVICE:RATE each second, such as /dev/loop0:1mb or :100",
			"limite de vitesse d’un disque : DISQUE:DÉBIT par seconde, tel que /dev/loop0:1mb ou :100"))
	}
	flags.StringArrayVar(&f.ulimits, "ulimit", nil, g.say("limit of each process: NAME=SOFT[:HARD], such as nofile=64:128; -1 is none",
		"limite de chaque processus : NOM=SOUPLE[:DURE], tel que nofile=64:128 ; -1, c’est sans limite"))
	flags.IntVar(&f.spec.OOMScoreAdj, "oom-score-adj", 0, g.say("whom to kill first when memory runs out: -1000 (never) to 1000",
		"qui tuer d’abord quand la mémoire manque : -1000 (jamais) à 1000"))
}

// registerPowers are the flags of what the container may do.
func (f *runFlags) registerPowers(g *globals, flags *pflag.FlagSet) {
	flags.StringArrayVar(&f.rules, "device-cgroup-rule", nil, g.say("device files that may be opened besides: 'c 10:229 rw', 'b *:* r'",
		"fichiers de périphérique que l’on peut ouvrir en plus : 'c 10:229 rw', 'b *:* r'"))
	flags.StringSliceVar(&f.spec.CapDrop, "cap-drop", nil, g.say("capabilities to drop from Docker's default, or ALL",
		"capabilities à retirer de celles que donne Docker, ou ALL"))
	flags.StringSliceVar(&f.spec.CapAdd, "cap-add", nil, g.say("capabilities to add, or ALL",
		"capabilities à ajouter, ou ALL"))
	flags.StringSliceVar(&f.spec.Ambient, "cap-ambient", nil, g.say("capabilities of the container that a --user who is not root holds too",
		"capabilities du conteneur que détient aussi un --user qui n’est pas root"))
	flags.StringArrayVar(&f.security, "security-opt", nil, g.say("no-new-privileges; seccomp=FILE|unconfined: another filter of system calls; apparmor=PROFILE; label=type:TYPE (SELinux); systempaths=unconfined: hide nothing of /proc and /sys",
		"no-new-privileges ; seccomp=FICHIER|unconfined : un autre filtre d’appels système ; apparmor=PROFIL ; label=type:TYPE (SELinux) ; systempaths=unconfined : ne rien cacher de /proc et /sys"))
}
