//go:build linux

package runtime

import (
	"fmt"
	"strings"

	"github.com/opencontainers/runtime-spec/specs-go"

	"cloison/sandbox"
	"cloison/sandbox/capability"
	"cloison/sandbox/rootfs"
)

// ociVersion is that of the runtime specification: what runc 1.1 knows.
const ociVersion = "1.0.2"

// OCI is the container as the OCI runtime specification describes it, for
// another runtime to start alike. It is pure.
func OCI(spec sandbox.Spec, s Surroundings) (*specs.Spec, error) {
	c, err := check(spec, s)
	if err != nil {
		return nil, err
	}
	if c.Bridge {
		return nil, sandbox.Errorf("--oci: a bundle cannot tell of a bridge; whoever calls the runtime sets up the network beforehand (CNI is made for that). Give --network none",
			"--oci : un bundle ne peut pas décrire un pont ; c’est à qui appelle le runtime de préparer le réseau (CNI est fait pour cela). Donnez --network none")
	}
	root := specs.Root{Path: "rootfs", Readonly: c.ReadOnly}
	if c.Rootfs != "" {
		root.Path = c.Rootfs
	}
	b := &specs.Spec{
		Version: ociVersion, Process: c.ociProcess(), Root: &root,
		Mounts: c.ociMounts(s), Linux: c.ociLinux(s),
	}
	if c.has(sandbox.UTSNS) {
		b.Hostname = c.Hostname
	}
	return b, nil
}

func (c container) ociProcess() *specs.Process {
	umask := uint32(0o022)
	p := &specs.Process{
		User: specs.User{UID: c.uid, GID: c.gid, AdditionalGids: c.groups, Umask: &umask},
		Args: c.program(), Env: environment(c), Cwd: "/",
		Capabilities: &specs.LinuxCapabilities{
			Bounding: capability.Names(c.caps), Permitted: capability.Names(c.held()), Effective: capability.Names(c.held()),
			Inheritable: capability.Names(c.ambient), Ambient: capability.Names(c.ambient),
		},
		NoNewPrivileges: c.NoNewPrivileges, ApparmorProfile: c.AppArmor, SelinuxLabel: c.context,
	}
	if c.Dir != "" {
		p.Cwd = c.Dir
	}
	for _, l := range c.Rlimits {
		p.Rlimits = append(p.Rlimits, specs.POSIXRlimit{Type: "RLIMIT_" + strings.ToUpper(l.Name), Soft: uint64(l.Soft), Hard: uint64(l.Hard)})
	}
	if c.OOMScoreAdj != 0 {
		p.OOMScoreAdj = &c.OOMScoreAdj
	}
	return p
}

// ociMounts are those of the plan, in the same order. /dev is left to the
// runtime, which puts the same six devices there.
func (c container) ociMounts(s Surroundings) []specs.Mount {
	quiet := []string{"nosuid", "nodev", "noexec"}
	list := []specs.Mount{{Destination: "/proc", Type: "proc", Source: "proc", Options: quiet}}
	if !c.has(sandbox.PIDNS) {
		list[0] = specs.Mount{Destination: "/proc", Type: "bind", Source: "/proc", Options: []string{"rbind"}}
	}
	list = append(list, specs.Mount{Destination: "/sys", Type: "sysfs", Source: "sysfs", Options: append(quiet[:3:3], "ro")})
	if s.Cgroups.Version == 2 && c.has(sandbox.CgroupNS) {
		list = append(list, specs.Mount{Destination: "/sys/fs/cgroup", Type: "cgroup", Source: "cgroup", Options: append(quiet[:3:3], "ro")})
	}
	list = append(list,
		specs.Mount{Destination: "/dev", Type: "tmpfs", Source: "tmpfs", Options: []string{"nosuid", "strictatime", "mode=755", "size=64k"}},
		specs.Mount{Destination: "/dev/pts", Type: "devpts", Source: "devpts", Options: []string{"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"}},
		specs.Mount{Destination: "/dev/shm", Type: "tmpfs", Source: "shm", Options: append(quiet[:3:3], "mode=1777", "size=65536k")})
	for _, t := range c.Tmpfs {
		list = append(list, specs.Mount{Destination: t.Target, Type: "tmpfs", Source: "tmpfs", Options: rootfs.TmpfsOptions(t)})
	}
	for _, g := range c.grafts(s) {
		options := []string{"rbind", "rprivate"}
		if g.ReadOnly {
			options = append(options, "ro")
		}
		if !g.Device {
			options = append(options, "nodev")
		}
		list = append(list, specs.Mount{Destination: g.Target, Type: "bind", Source: g.Source, Options: options})
	}
	return list
}

func (c container) ociLinux(s Surroundings) *specs.Linux {
	l := &specs.Linux{
		Resources: c.ociResources(s), Seccomp: c.filter,
		UIDMappings: ociMappings(c.UIDMap, c.userNS), GIDMappings: ociMappings(c.GIDMap, c.userNS),
	}
	if !c.Unmasked && c.has(sandbox.PIDNS) {
		l.MaskedPaths, l.ReadonlyPaths = rootfs.Hidden(), rootfs.Protected()
	}
	for _, ns := range c.Namespaces {
		l.Namespaces = append(l.Namespaces, specs.LinuxNamespace{Type: ociNamespaces[ns]})
	}
	if c.JoinNet != "" {
		l.Namespaces = append(l.Namespaces, specs.LinuxNamespace{Type: specs.NetworkNamespace, Path: fmt.Sprintf("/proc/%d/ns/net", s.Neighbour.PID)})
	}
	if c.TimeOffset != 0 {
		ahead := specs.LinuxTimeOffset{Secs: int64(c.TimeOffset.Seconds())}
		l.TimeOffsets = map[string]specs.LinuxTimeOffset{"boottime": ahead, "monotonic": ahead}
	}
	for _, setting := range c.Sysctls {
		if l.Sysctl == nil {
			l.Sysctl = map[string]string{}
		}
		l.Sysctl[setting.Name] = setting.Value
	}
	return l
}

var ociNamespaces = map[sandbox.Namespace]specs.LinuxNamespaceType{
	sandbox.CgroupNS: specs.CgroupNamespace, sandbox.IPCNS: specs.IPCNamespace, sandbox.MountNS: specs.MountNamespace, sandbox.NetNS: specs.NetworkNamespace,
	sandbox.PIDNS: specs.PIDNamespace, sandbox.TimeNS: specs.TimeNamespace, sandbox.UserNS: specs.UserNamespace, sandbox.UTSNS: specs.UTSNamespace,
}

func ociMappings(ranges []sandbox.IDRange, used bool) []specs.LinuxIDMapping {
	if !used {
		return nil
	}
	list := make([]specs.LinuxIDMapping, len(ranges))
	for i, r := range ranges {
		list[i] = specs.LinuxIDMapping{ContainerID: r.Inside, HostID: r.Outside, Size: r.Size}
	}
	return list
}

// ociResources are the limits. Devices are denied but for those that every
// runtime allows.
func (c container) ociResources(s Surroundings) *specs.LinuxResources {
	r := &specs.LinuxResources{Devices: []specs.LinuxDeviceCgroup{{Allow: false, Access: "rwm"}}}
	for _, d := range c.openDevices(s) {
		r.Devices = append(r.Devices, specs.LinuxDeviceCgroup{Allow: true, Type: string(d.Type), Major: &d.Major, Minor: &d.Minor, Access: d.Access})
	}
	if limit := c.Limits.Memory; limit > 0 {
		r.Memory = &specs.LinuxMemory{Limit: &limit, Swap: &limit} // no swap on top
	}
	if limit := c.Limits.Pids; limit > 0 {
		r.Pids = &specs.LinuxPids{Limit: &limit}
	}
	if c.Limits.CPUs > 0 {
		period := uint64(100000)
		quota := int64(c.Limits.CPUs*float64(period) + 0.5)
		r.CPU = &specs.LinuxCPU{Quota: &quota, Period: &period}
	}
	if c.Limits.CPUSet != "" || c.Limits.MemSet != "" {
		if r.CPU == nil {
			r.CPU = &specs.LinuxCPU{}
		}
		r.CPU.Cpus, r.CPU.Mems = c.Limits.CPUSet, c.Limits.MemSet
	}
	r.BlockIO = c.ociDisks()
	return r
}

func (c container) ociDisks() *specs.LinuxBlockIO {
	if len(c.Limits.IO) == 0 && c.Limits.BlkioWeight == 0 {
		return nil
	}
	b := &specs.LinuxBlockIO{}
	if weight := uint16(c.Limits.BlkioWeight); weight != 0 {
		b.Weight = &weight
	}
	for _, l := range c.Limits.IO {
		list := &b.ThrottleReadBpsDevice
		switch {
		case l.Write && l.Operations:
			list = &b.ThrottleWriteIOPSDevice
		case l.Write:
			list = &b.ThrottleWriteBpsDevice
		case l.Operations:
			list = &b.ThrottleReadIOPSDevice
		}
		d := specs.LinuxThrottleDevice{Rate: uint64(l.Rate)}
		d.Major, d.Minor = int64(l.Major), int64(l.Minor)
		*list = append(*list, d)
	}
	return b
}
