package inspect

import (
	"testing"
	"testing/fstest"

	"cloison/sandbox"
)

func TestEmulated(t *testing.T) {
	for name, test := range map[string]struct {
		cpuinfo, clocks, vendor string
		want                    bool
	}{
		"a laptop":              {"processor\t: 0\nmodel name\t: Intel(R) Core(TM) i5-8250U CPU @ 1.60GHz\n", "tsc hpet acpi_pm \n", "", false},
		"TCG, its own name":     {"processor\t: 0\nmodel name\t: QEMU TCG CPU version 2.5+\n", "tsc hpet acpi_pm \n", "", true},
		"TCG, the old name":     {"processor\t: 0\nmodel name\t: QEMU Virtual CPU version 2.5+\n", "hpet acpi_pm \n", "", true},
		"KVM, the old name":     {"processor\t: 0\nmodel name\t: QEMU Virtual CPU version 2.5+\n", "kvm-clock tsc acpi_pm \n", "", false},
		"KVM":                   {"processor\t: 0\nmodel name\t: AMD EPYC 7763\n", "kvm-clock tsc acpi_pm \n", "", false},
		"TCG, named by libvirt": {"processor\t: 0\nmodel name\t: AMD EPYC Processor\n", "tsc hpet acpi_pm \n", "QEMU\n", true},
		"KVM, named by libvirt": {"processor\t: 0\nmodel name\t: AMD EPYC Processor\n", "kvm-clock tsc acpi_pm \n", "QEMU\n", false},
		"another kind":          {"processor\t: 0\nBogoMIPS\t: 50.00\n", "arch_sys_counter \n", "", false},
		"nothing":               {"", "", "", false},
	} {
		root := fstest.MapFS{
			"proc/cpuinfo": {Data: []byte(test.cpuinfo)},
			"sys/devices/system/clocksource/clocksource0/available_clocksource": {Data: []byte(test.clocks)},
			"sys/devices/virtual/dmi/id/sys_vendor":                             {Data: []byte(test.vendor)},
		}
		if got := Emulated(root); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if Emulated(fstest.MapFS{}) {
		t.Error("without /proc")
	}
}

func TestAnEmulatedHostIsSlow(t *testing.T) {
	if pace := (Host{Emulated: true}).About("local").Pace; pace != sandbox.EmulatedPace {
		t.Errorf("pace %d", pace)
	}
	if pace := (Host{}).About("local").Pace; pace > 1 {
		t.Errorf("pace %d", pace)
	}
}
