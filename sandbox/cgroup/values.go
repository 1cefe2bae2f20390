//go:build linux

package cgroup

import (
	"strconv"

	"github.com/containerd/cgroups/v3/cgroup2"
	"github.com/opencontainers/runtime-spec/specs-go"

	"cloison/sandbox"
)

// period is that of the CPU quota, in microseconds: the kernel's default.
const period = 100000

// Value is one file of a group and what a limit writes into it.
type Value struct {
	Controller, File, Value string
	// Optional values are left out where the kernel has no such file.
	Optional bool
	Why      sandbox.Text
	// V1 and V2 are the same as the library takes it; the one of the other
	// version is nil. They hold this value and nothing else: what is nil, such
	// as kernel memory and devices, the library leaves alone.
	V1 *specs.LinuxResources
	V2 *cgroup2.Resources
	// More are further lines for the file that follow Value. A value for which
	// the library has no word is written as it is.
	More []Line
}

// Line is what is written into another file, or the same, after a value.
type Line struct{ File, Value string }

// Values are the files that limits set, in the order to write them: on
// version 1, memory and swap together may not be less than memory alone.
func Values(version int, l sandbox.Limits) []Value {
	var values []Value
	if l.Memory > 0 {
		values = append(values, memory(version, l.Memory)...)
	}
	if l.Pids > 0 {
		values = append(values, pids(version, l.Pids))
	}
	if l.CPUs > 0 {
		values = append(values, cpu(version, int64(l.CPUs*period+0.5))...)
	}
	values = append(values, cpuset(l)...)
	values = append(values, disks(version, l)...)
	if len(l.Devices) > 0 {
		values = append(values, devices(version, l.Devices))
	}
	return values
}

func memory(version int, limit int64) []Value {
	values := []Value{{Controller: "memory", Why: sandbox.Text{
		EN: "above this many bytes the kernel reclaims, then kills",
		FR: "au-delà de tant d’octets, le noyau récupère de la mémoire, puis tue",
	}}, {Controller: "memory", Optional: true, Why: sandbox.Text{
		EN: "no swap on top, or the limit would only slow the container down",
		FR: "pas de swap en plus, sinon la limite ne ferait que ralentir le conteneur",
	}}}
	if version == 1 {
		values[1].Why = sandbox.Text{
			EN: "memory and swap together: no swap on top of the limit",
			FR: "mémoire et swap ensemble : pas de swap en plus de la limite",
		}
		values[0].one("memory.limit_in_bytes", limit, specs.LinuxResources{Memory: &specs.LinuxMemory{Limit: &limit}})
		values[1].one("memory.memsw.limit_in_bytes", limit, specs.LinuxResources{Memory: &specs.LinuxMemory{Swap: &limit}})
		return values
	}
	none := int64(0)
	values[0].two("memory.max", number(limit), cgroup2.Resources{Memory: &cgroup2.Memory{Max: &limit}})
	values[1].two("memory.swap.max", number(none), cgroup2.Resources{Memory: &cgroup2.Memory{Swap: &none}})
	return values
}

func pids(version int, limit int64) Value {
	v := Value{Controller: "pids", Why: sandbox.Text{
		EN: "fork(2) fails above this number of processes and threads",
		FR: "au-delà de ce nombre de processus et de threads, fork(2) échoue",
	}}
	if version == 1 {
		v.one("pids.max", limit, specs.LinuxResources{Pids: &specs.LinuxPids{Limit: &limit}})
	} else {
		v.two("pids.max", number(limit), cgroup2.Resources{Pids: &cgroup2.Pids{Max: limit}})
	}
	return v
}

func cpu(version int, quota int64) []Value {
	limit := Value{Controller: "cpu", Why: sandbox.Text{
		EN: "microseconds of CPU time in each period of 100 ms; then the group waits",
		FR: "microsecondes de temps de processeur par période de 100 ms ; ensuite le groupe attend",
	}}
	every := uint64(period)
	if version == 1 {
		counted := Value{Controller: "cpu", Why: sandbox.Text{
			EN: "the period in which CPU time is counted", FR: "la période sur laquelle le temps de processeur est compté",
		}}
		counted.one("cpu.cfs_period_us", period, specs.LinuxResources{CPU: &specs.LinuxCPU{Period: &every}})
		limit.one("cpu.cfs_quota_us", quota, specs.LinuxResources{CPU: &specs.LinuxCPU{Quota: &quota}})
		return []Value{counted, limit}
	}
	most := cgroup2.NewCPUMax(&quota, &every)
	limit.two("cpu.max", string(most), cgroup2.Resources{CPU: &cgroup2.CPU{Max: most}})
	return []Value{limit}
}

// one makes v a value of version 1.
func (v *Value) one(file string, n int64, r specs.LinuxResources) {
	v.File, v.Value, v.V1 = file, number(n), &r
}

// two makes v a value of version 2.
func (v *Value) two(file, value string, r cgroup2.Resources) {
	v.File, v.Value, v.V2 = file, value, &r
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

// needs says whether limits have something to write for a controller.
func needs(version int, l sandbox.Limits, controller string) bool {
	for _, v := range Values(version, l) {
		if v.Controller == controller {
			return true
		}
	}
	return false
}
