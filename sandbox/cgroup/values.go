//go:build linux

package cgroup

import (
	"strconv"

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
}

// Values are the files that limits set, in the order to write them: on
// version 1, memory and swap together may not be less than memory alone.
func Values(version int, l sandbox.Limits) []Value {
	var values []Value
	if l.Memory > 0 {
		values = append(values, memory(version, l.Memory)...)
	}
	if l.Pids > 0 {
		values = append(values, Value{Controller: "pids", File: "pids.max", Value: strconv.FormatInt(l.Pids, 10), Why: sandbox.Text{
			EN: "fork(2) fails above this number of processes and threads",
			FR: "au-delà de ce nombre de processus et de threads, fork(2) échoue",
		}})
	}
	if l.CPUs > 0 {
		values = append(values, cpu(version, l.CPUs)...)
	}
	return values
}

func memory(version int, bytes int64) []Value {
	limit := Value{Controller: "memory", File: "memory.max", Value: strconv.FormatInt(bytes, 10), Why: sandbox.Text{
		EN: "above this many bytes the kernel reclaims, then kills",
		FR: "au-delà de tant d'octets, le noyau récupère de la mémoire, puis tue",
	}}
	swap := Value{Controller: "memory", File: "memory.swap.max", Value: "0", Optional: true, Why: sandbox.Text{
		EN: "no swap on top, or the limit would only slow the container down",
		FR: "pas de swap en plus, sinon la limite ne ferait que ralentir le conteneur",
	}}
	if version == 1 {
		limit.File = "memory.limit_in_bytes"
		swap.File, swap.Value = "memory.memsw.limit_in_bytes", limit.Value
		swap.Why = sandbox.Text{
			EN: "memory and swap together: no swap on top of the limit",
			FR: "mémoire et swap ensemble : pas de swap en plus de la limite",
		}
	}
	return []Value{limit, swap}
}

func cpu(version int, cpus float64) []Value {
	quota := strconv.FormatInt(int64(cpus*period+0.5), 10)
	why := sandbox.Text{
		EN: "microseconds of CPU time in each period of 100 ms; then the group waits",
		FR: "microsecondes de temps CPU par période de 100 ms ; ensuite le groupe attend",
	}
	if version == 1 {
		return []Value{
			{Controller: "cpu", File: "cpu.cfs_period_us", Value: strconv.Itoa(period), Why: sandbox.Text{
				EN: "the period in which CPU time is counted", FR: "la période sur laquelle le temps CPU est compté",
			}},
			{Controller: "cpu", File: "cpu.cfs_quota_us", Value: quota, Why: why},
		}
	}
	return []Value{{Controller: "cpu", File: "cpu.max", Value: quota + " " + strconv.Itoa(period), Why: why}}
}

// needs says whether limits have something to write for a controller.
func needs(l sandbox.Limits, controller string) bool {
	for _, v := range Values(2, l) {
		if v.Controller == controller {
			return true
		}
	}
	return false
}
