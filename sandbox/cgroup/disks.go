//go:build linux

package cgroup

import (
	"fmt"

	"cloison/sandbox"
)

// cpuset are the CPUs and the memory nodes. The files have the same names on
// both versions.
func cpuset(l sandbox.Limits) []Value {
	var values []Value
	if l.CPUSet != "" {
		values = append(values, Value{Controller: "cpuset", File: "cpuset.cpus", Value: l.CPUSet, Why: sandbox.Text{
			EN: "the CPUs that its processes may run on; unlike a quota, nproc(1) shows it",
			FR: "les processeurs sur lesquels ses processus peuvent tourner ; à la différence d’un quota, nproc(1) le montre",
		}})
	}
	if l.MemSet != "" {
		values = append(values, Value{Controller: "cpuset", File: "cpuset.mems", Value: l.MemSet, Why: sandbox.Text{
			EN: "the memory nodes that it takes memory from",
			FR: "les nœuds mémoire dont il prend sa mémoire",
		}})
	}
	return values
}

// disks are the limits of speed and the weight.
func disks(version int, l sandbox.Limits) []Value {
	var values []Value
	for _, limit := range l.IO {
		values = append(values, speed(version, limit))
	}
	if l.BlkioWeight != 0 && version == 2 {
		// As Docker does: 10 to 1000 becomes 1 to 10000.
		weight := 1 + (l.BlkioWeight-10)*9999/990
		values = append(values, Value{Controller: "io", File: "io.weight", Value: number(int64(weight)), Why: sandbox.Text{
			EN: "its share when several groups want a disk at once; 100 is everybody's",
			FR: "sa part quand plusieurs groupes veulent un disque en même temps ; 100 est celle de chacun",
		}})
	}
	return values
}

func speed(version int, l sandbox.IOLimit) Value {
	way, unit, key := "read", "bps", "rbps"
	if l.Write {
		way, key = "write", "wbps"
	}
	if l.Operations {
		unit, key = "iops", key[:1]+"iops"
	}
	v := Value{Controller: "blkio", File: fmt.Sprintf("blkio.throttle.%s_%s_device", way, unit), Value: fmt.Sprintf("%d:%d %d", l.Major, l.Minor, l.Rate), Why: sandbox.Text{
		EN: fmt.Sprintf("%s may go no faster than this each second: number of the disk, then the rate", l.Device),
		FR: fmt.Sprintf("%s n’ira pas plus vite que cela par seconde : numéro du disque, puis débit", l.Device),
	}}
	if version == 2 {
		v.Controller, v.File, v.Value = "io", "io.max", fmt.Sprintf("%d:%d %s=%d", l.Major, l.Minor, key, l.Rate)
	}
	return v
}
