package vm

import (
	"maps"

	"cloison/sandbox"
	"cloison/sandbox/vm/qemu"
)

// both is what a machine is that has a guest with SELinux too, for the lessons
// that need it.
func both(about sandbox.About) sandbox.About {
	about.Lacks = maps.Clone(about.Lacks)
	delete(about.Lacks, string(SELinux))
	return about
}

// pace is how many times longer things take in a guest: an emulator within an
// emulator takes that time of that time.
func (b basis) pace() int {
	pace := 1
	if b.host.emulated {
		pace *= sandbox.EmulatedPace
	}
	if b.accel == qemu.TCG {
		pace *= sandbox.EmulatedPace
	}
	return pace
}

// presumed is what a VM will be that has never been started: the image is
// built to have everything, but a kernel has one version of cgroups.
func presumed(release string) sandbox.About {
	return sandbox.About{
		Name: "vm", Kernel: release, CgroupVersion: 2, Root: true,
		LSMs: []string{"lockdown", "capability", "landlock", "yama", "apparmor", "bpf"},
		Lacks: map[string]sandbox.Lack{"cgroup1": {
			Why: sandbox.Text{
				EN: "The VM has cgroup v2, as every system of today.",
				FR: "La VM a cgroup v2, comme tout système actuel.",
			},
			Remedy: sandbox.Text{
				EN: "Take this lesson on an old system that still has cgroup v1.",
				FR: "Suivez cette leçon sur un ancien système qui a encore cgroup v1.",
			},
		}},
	}
}
