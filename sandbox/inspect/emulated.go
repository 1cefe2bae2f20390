package inspect

import (
	"io/fs"
	"slices"
	"strings"
)

// emulated says whether the processor is played by a program, QEMU's TCG. There
// the processor has a name of QEMU's, and the clock that KVM offers to its
// guests is missing; under KVM the clock is there, whatever the name
// (proc_cpuinfo(5); Documentation/virt/kvm/x86/msr.rst).
func emulated(root fs.FS) bool {
	clocks := strings.Fields(line(root, "sys/devices/system/clocksource/clocksource0/available_clocksource"))
	return strings.HasPrefix(processor(root), "QEMU ") && !slices.Contains(clocks, "kvm-clock")
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
