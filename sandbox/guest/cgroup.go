package guest

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// cgroupRoot is where the tree of cgroup v2 is mounted.
const cgroupRoot = "/sys/fs/cgroup"

// The guest's cgroups.
const (
	agentGroup   = "agent"   // gets the processor before everybody else
	labsGroup    = "labs"    // each lab has one below it, which package local makes
	sessionGroup = "session" // programs that the host runs outside of labs
	systemGroup  = "system"  // Docker's daemons
	dockerGroup  = "docker"  // containers, which Docker makes below it
	idleGroup    = "idle"    // gets the processor when nobody else wants it
)

// most is how many processes all labs, all sessions, or all containers may have:
// enough for anything but a fork bomb, and so few that three of them leave the
// kernel some for the agent (threads-max in proc_sys_kernel(5)).
const most = 1000

// cgroupPlan is what is written, in this order; folders are made on the way.
func cgroupPlan() []setting {
	limit := strconv.Itoa(most)
	return []setting{
		{"cgroup.subtree_control", "+cpu +cpuset +memory +pids +io"},
		{agentGroup + "/cpu.weight", "10000"},
		{agentGroup + "/memory.min", strconv.Itoa(64 << 20)},
		{systemGroup + "/cpu.weight", "200"},
		{idleGroup + "/cpu.idle", "1"},
		{labsGroup + "/pids.max", limit},
		{sessionGroup + "/pids.max", limit},
		{dockerGroup + "/pids.max", limit},
	}
}

// makeCgroups carries the plan out, and opens the agent's.
func makeCgroups() (*os.File, error) {
	for _, s := range cgroupPlan() {
		file := filepath.Join(cgroupRoot, s.file)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return nil, fmt.Errorf("make a cgroup: %w", err)
		}
		if err := os.WriteFile(file, []byte(s.value), 0); err != nil {
			return nil, fmt.Errorf("make a cgroup: %w", err)
		}
	}
	return openGroup(agentGroup)
}

func openGroup(name string) (*os.File, error) {
	f, err := os.Open(filepath.Join(cgroupRoot, name))
	if err != nil {
		return nil, fmt.Errorf("open a cgroup: %w", err)
	}
	return f, nil
}
