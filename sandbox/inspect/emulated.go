package inspect

import (
	"io/fs"
	"slices"
	"strings"
)

// Emulated says whether the processor is played by a program, QEMU's TCG. There
// the machine or its processor has a name of QEMU's, and the clock that KVM offers
// to its guests is missing; under KVM the clock is there, whatever the names
// (proc_cpuinfo(5); Documentation/virt/kvm/x86/msr.rst). libvirt may give an
// emulated processor the name of a real one, and leaves the machine's.
func Emulated(root fs.FS) bool {
	clocks := strings.Fields(line(root, "sys/devices/system/clocksource/clocksource0/available_clocksource"))
	vendor := line(root, "sys/devices/virtual/dmi/id/sys_vendor")
	ofQEMU := vendor == "QEMU" || strings.HasPrefix(processor(root), "QEMU ")
	return ofQEMU && !slices.Contains(clocks, "kvm-clock")
}

// processor is the name of the first one, "" where the kernel tells none.
func processor(root fs.FS) string {
	text, err := fs.ReadFile(root, "proc/cpuinfo")
	if err != nil {
		return ""
	}
	for _, l := range strings.Split(string(text), "\n") {
		if name, value, ok := strings.Cut(l, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
