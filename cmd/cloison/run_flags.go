package main

import (
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"cloison/sandbox"
)

// runFlags are the flags of run, spelled as docker run spells them.
type runFlags struct {
	telling
	spec     sandbox.Spec
	memory   string
	env      []string
	remap    string
	network  string
	rootfs   string
	tmpfs    []string
	security []string
	speeds   map[string]*[]string // by the flag's name
	rules    []string
	ulimits  []string
	sysctls  []string
	volumes  []string
	devices  []string
	ahead    time.Duration
	clocks   bool   // --time-offset was given
	oci      string // folder to write a bundle into
}

// speedFlags limit how fast a disk is read and written.
var speedFlags = []string{"device-read-bps", "device-write-bps", "device-read-iops", "device-write-iops"}

func (f *runFlags) register(c *cobra.Command) {
	flags := c.Flags()
	f.registerProcess(flags)
	f.registerView(flags)
	f.registerLimits(flags)
	f.registerPowers(flags)
	flags.StringVar(&f.oci, "oci", "", "do not run it: write the same container into a new folder, as an OCI bundle for runc and its like")
	// Habits of docker run that change nothing here.
	flags.BoolP("interactive", "i", true, "as docker run -i; a container here always has your input")
	flags.BoolP("tty", "t", true, "as docker run -t; a container here always has your terminal")
	flags.Bool("rm", true, "as docker run --rm; a container here is always removed")
}

// registerProcess are the flags of the command itself.
func (f *runFlags) registerProcess(flags *pflag.FlagSet) {
	flags.StringVarP(&f.spec.User, "user", "u", "", "user in the container, by name or number: USER[:GROUP] (default 0:0)")
	flags.StringArrayVar(&f.spec.Groups, "group-add", nil, "further group of the user, by name or number")
	flags.StringArrayVarP(&f.env, "env", "e", nil, "variable for the command: NAME=VALUE, or NAME to take it from here")
	flags.BoolVar(&f.spec.Init, "init", false, "run an init as process number 1, which forwards signals and reaps")
	flags.StringVarP(&f.spec.Dir, "workdir", "w", "", "working directory of the command (default /)")
}

// registerView are the flags of what the container sees.
func (f *runFlags) registerView(flags *pflag.FlagSet) {
	flags.StringVar(&f.spec.Hostname, "hostname", "cloison", "host name in the container")
	flags.StringVar(&f.remap, "userns-remap", "", "map the container's users to others: default, or BASE[:SIZE]")
	flags.StringVar(&f.network, "network", "none", "network: none (loopback only), bridge, host, or container:NAME|PID")
	flags.StringVar(&f.spec.Name, "name", "", "name under which --network container:NAME finds the container")
	flags.StringVar(&f.rootfs, "rootfs", "", "folder that becomes the root file system")
	flags.BoolVar(&f.spec.ReadOnly, "read-only", false, "make the root file system read-only")
	flags.StringArrayVar(&f.tmpfs, "tmpfs", nil, "a fresh tmpfs: TARGET[:OPTIONS]")
	flags.StringArrayVarP(&f.volumes, "volume", "v", nil, "file or folder of this computer to share: SOURCE:TARGET[:ro]")
	flags.StringArrayVar(&f.devices, "device", nil, "device file that works in the container: SOURCE[:TARGET[:ACCESS]]")
	flags.DurationVar(&f.ahead, "time-offset", 0, "own time namespace, with the boot and monotonic clocks ahead: 24h, -90s")
	flags.StringArrayVar(&f.sysctls, "sysctl", nil, "setting of the kernel that a namespace has for itself: NAME=VALUE")
}

// registerLimits are the flags of what the container may use.
func (f *runFlags) registerLimits(flags *pflag.FlagSet) {
	flags.StringVarP(&f.memory, "memory", "m", "", "limit of memory, swap included: 16m, 0.5g")
	flags.Float64Var(&f.spec.Limits.CPUs, "cpus", 0, "limit of CPU time, in CPUs: 0.5")
	flags.Int64Var(&f.spec.Limits.Pids, "pids-limit", 0, "limit of processes and threads")
	flags.StringVar(&f.spec.Limits.CPUSet, "cpuset-cpus", "", "CPUs to run on: 0-1,3")
	flags.StringVar(&f.spec.Limits.MemSet, "cpuset-mems", "", "memory nodes to take memory from: 0")
	flags.IntVar(&f.spec.Limits.BlkioWeight, "blkio-weight", 0, "share of the disks against others: 10 to 1000 (cgroup v2)")
	f.speeds = map[string]*[]string{}
	for _, name := range speedFlags {
		f.speeds[name] = new([]string)
		flags.StringArrayVar(f.speeds[name], name, nil, "limit of a disk's speed: DEVICE:RATE each second, such as /dev/loop0:1mb or :100")
	}
	flags.StringArrayVar(&f.ulimits, "ulimit", nil, "limit of each process: NAME=SOFT[:HARD], such as nofile=64:128; -1 is none")
	flags.IntVar(&f.spec.OOMScoreAdj, "oom-score-adj", 0, "whom to kill first when memory runs out: -1000 (never) to 1000")
}

// registerPowers are the flags of what the container may do.
func (f *runFlags) registerPowers(flags *pflag.FlagSet) {
	flags.StringArrayVar(&f.rules, "device-cgroup-rule", nil, "device files that may be opened besides: 'c 10:229 rw', 'b *:* r'")
	flags.StringSliceVar(&f.spec.CapDrop, "cap-drop", nil, "capabilities to drop from Docker's default, or ALL")
	flags.StringSliceVar(&f.spec.CapAdd, "cap-add", nil, "capabilities to add, or ALL")
	flags.StringSliceVar(&f.spec.Ambient, "cap-ambient", nil, "capabilities of the container that a --user who is not root holds too")
	flags.StringArrayVar(&f.security, "security-opt", nil, "no-new-privileges; seccomp=FILE|unconfined: another filter of system calls; apparmor=PROFILE; label=type:TYPE (SELinux); systempaths=unconfined: hide nothing of /proc and /sys")
}
