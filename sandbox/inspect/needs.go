package inspect

import "cloison/sandbox"

// Need is something that a lesson may ask of a machine.
type Need struct {
	Name string       // as lessons spell it
	What sandbox.Text // what it is, in a few words
	lack func(Host) (sandbox.Lack, bool)
}

// Needs lists every need that a survey can judge: of the kernel and of rights
// first, then the [Features] and the [Tools].
var Needs = withNamed([]Need{
	{"root", sandbox.Text{
		EN: "root of the whole computer",
		FR: "root de la machine entière",
	}, lacksRoot},
	{"userns", sandbox.Text{
		EN: "user namespaces",
		FR: "espaces de noms utilisateur",
	}, lacksUserNS},
	{"net", sandbox.Text{
		EN: "network namespaces",
		FR: "espaces de noms réseau",
	}, lacksNet},
	{"cgroup", sandbox.Text{
		EN: "cgroups of our own, with memory and pids",
		FR: "nos propres cgroups, avec memory et pids",
	}, lacksCgroup},
	{"cgroup1", sandbox.Text{
		EN: "cgroup v1 with memory, pids and cpu",
		FR: "cgroup v1 avec memory, pids et cpu",
	}, lacksCgroup1},
	{"cgroup2", sandbox.Text{
		EN: "cgroup v2 with memory, pids and cpu",
		FR: "cgroup v2 avec memory, pids et cpu",
	}, lacksCgroup2},
	{"seccomp", sandbox.Text{
		EN: "seccomp filters",
		FR: "filtres seccomp",
	}, lacksSeccomp},
	{"landlock", sandbox.Text{
		EN: "Landlock, and a setpriv that knows it",
		FR: "Landlock, et un setpriv qui le connaît",
	}, lacksLandlock},
	{"psi", sandbox.Text{
		EN: "pressure stall information",
		FR: "la mesure de la pression (PSI)",
	}, lacksPressure},
	{"apparmor", sandbox.Text{
		EN: "AppArmor",
		FR: "AppArmor",
	}, lacksAppArmor},
	{"selinux", sandbox.Text{
		EN: "SELinux",
		FR: "SELinux",
	}, lacksSELinux},
	{"docker", sandbox.Text{
		EN: "a Docker daemon",
		FR: "un démon Docker",
	}, lacksDocker},
	{"busybox", sandbox.Text{
		EN: "a static busybox",
		FR: "un busybox statique",
	}, lacksBusybox},
	{"setcap", sandbox.Text{
		EN: "capabilities on files",
		FR: "capabilities sur les fichiers",
	}, lacksSetcap},
})

func withNamed(needs []Need) []Need {
	for _, f := range Features {
		needs = append(needs, f.need())
	}
	for _, t := range Tools {
		needs = append(needs, t.need())
	}
	return needs
}

// Lacks judges a computer: every need that it does not meet, why, and what
// would help.
func Lacks(h Host) map[string]sandbox.Lack {
	lacks := map[string]sandbox.Lack{}
	for _, n := range Needs {
		if lack, missing := n.lack(h); missing {
			lacks[n.Name] = lack
		}
	}
	return lacks
}

// met is the answer of a need that is met.
func met() (sandbox.Lack, bool) { return sandbox.Lack{}, false }

// missing is the answer of a need that is not.
func missing(why, remedy sandbox.Text) (sandbox.Lack, bool) {
	return sandbox.Lack{Why: why, Remedy: remedy}, true
}
