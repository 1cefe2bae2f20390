package vm

import (
	"testing"
	"testing/fstest"
	"time"

	"cloison/sandbox"
	"cloison/sandbox/vm/qemu"
)

// computer is a host's /proc and /sys: a name for its processor, and its clocks.
func computer(processor, clocks string) fstest.MapFS {
	return fstest.MapFS{
		"proc/cpuinfo": {Data: []byte("processor\t: 0\nmodel name\t: " + processor + "\n")},
		"sys/devices/system/clocksource/clocksource0/available_clocksource": {Data: []byte(clocks)},
	}
}

var (
	laptop   = computer("Intel(R) Core(TM) i5-8250U CPU @ 1.60GHz", "tsc hpet acpi_pm \n")
	emulated = computer("QEMU TCG CPU version 2.5+", "tsc hpet acpi_pm \n")
)

// A fast computer fails as soon as it always did, and a slow one gets its time.
func TestLimitsKeepTheHostsPace(t *testing.T) {
	for name, test := range map[string]struct {
		host     host
		measured int
		want     time.Duration // for a boot
	}{
		"a laptop":                   {hostOf(laptop), 1, bootLimit},
		"a laptop with much to do":   {hostOf(laptop), 4, 4 * bootLimit},
		"an emulated one":            {hostOf(emulated), 5, 5 * unmeasured * bootLimit},
		"one that is quick at times": {hostOf(emulated), 1, sandbox.EmulatedPace * bootLimit},
		"nobody knows":               {host{}, 1, bootLimit},
	} {
		h := test.host.measured(func() int { return test.measured })
		if got := h.within(bootLimit); got != test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
	if got := hostOf(emulated).within(startLimit); got != sandbox.EmulatedPace*startLimit {
		t.Errorf("a saved guest starts within %v on an emulated computer that nobody has measured", got)
	}
	if got := (host{}).within(startLimit); got != startLimit {
		t.Errorf("without a pace it starts within %v", got)
	}
}

// A KVM that does not boot the guest is soon given up, unless all is emulated anyway.
func TestBootLimitOfKVM(t *testing.T) {
	const once = sandbox.EmulatedPace
	for _, test := range []struct {
		host  host
		accel qemu.Accel
		want  time.Duration
	}{
		{hostOf(laptop), qemu.TCG, bootLimit},
		{hostOf(laptop), qemu.KVM, kvmBootLimit},
		{host{pace: 3}, qemu.KVM, 3 * kvmBootLimit},
		{hostOf(emulated), qemu.KVM, once * bootLimit},
		{hostOf(emulated), qemu.TCG, once * bootLimit},
	} {
		if got := (basis{host: test.host, accel: test.accel}).bootLimit(); got != test.want {
			t.Errorf("%+v, %s: %v, want %v", test.host, test.accel, got, test.want)
		}
	}
}

// Why it takes long is told with every step, where it does.
func TestASlowHostIsTold(t *testing.T) {
	var told sandbox.Stage
	for name, test := range map[string]struct {
		host  host
		accel qemu.Accel
		slow  bool
	}{
		"a laptop":                       {hostOf(laptop), qemu.KVM, false},
		"one without KVM":                {hostOf(laptop), qemu.TCG, false},
		"one with much to do":            {host{pace: slowFrom}, qemu.TCG, true},
		"an emulated one":                {hostOf(emulated), qemu.TCG, true},
		"its processor's virtualization": {hostOf(emulated), qemu.KVM, true},
	} {
		m := maker{basis: sample(), told: func(s sandbox.Stage) { told = s }}
		m.basis.host, m.basis.accel = test.host, test.accel
		m.tell(booting(m.how()))
		if got := told.Slow != (sandbox.Text{}); got != test.slow {
			t.Errorf("%s: told %+v", name, told)
		}
		if test.slow {
			said(t, name, told.Slow)
		}
	}
}

// What doctor says of a VM on an emulated computer does not depend on its KVM.
func TestAnEmulatedHostIsSlow(t *testing.T) {
	for _, accel := range []qemu.Accel{qemu.TCG, qemu.KVM} {
		y := &Yard{basis: basis{host: hostOf(emulated), accel: accel}}
		if why, slow := y.Slow(t.Context()); !slow || why != emulatedHost {
			t.Errorf("%s: %v, %+v", accel, slow, why)
		}
	}
	y := &Yard{basis: basis{host: hostOf(laptop), accel: qemu.KVM}}
	if why, slow := y.Slow(t.Context()); slow {
		t.Errorf("a laptop: %+v", why)
	}
}

// An emulator in an emulator is slower than either.
func TestPaceOfAGuest(t *testing.T) {
	const once = sandbox.EmulatedPace
	for _, test := range []struct {
		host  host
		accel qemu.Accel
		want  int
	}{
		{hostOf(laptop), qemu.KVM, 1},
		{hostOf(laptop), qemu.TCG, once},
		{hostOf(emulated), qemu.KVM, once},
		{hostOf(emulated), qemu.TCG, once * once},
		{host{pace: 9}, qemu.KVM, 1}, // it may be quicker in a moment
	} {
		if got := (basis{host: test.host, accel: test.accel}).pace(); got != test.want {
			t.Errorf("%+v, %s: %d, want %d", test.host, test.accel, got, test.want)
		}
	}
}
