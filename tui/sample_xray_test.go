package tui

import (
	"maps"

	"cloison/sandbox"
)

// sampleXray is a lab with a container that cloison runs: pid is in front.
func sampleXray(pid int) sandbox.Xray {
	facts := sampleFacts(pid)
	inside := map[sandbox.Namespace]uint64{}
	x := sandbox.Xray{Facts: facts}
	for _, n := range facts.Namespaces {
		inside[n.Type] = n.Inode
		use := sandbox.NamespaceUse{Type: n.Type, Inode: n.Inode, Host: n.Host, Users: []int{pid, 813}, Count: 2}
		if n.Host {
			use.Parent, use.Users, use.Count = true, []int{701, 805, pid, 813}, 4
		}
		x.Namespaces = append(x.Namespaces, use)
	}
	outside := maps.Clone(inside)
	for ns := range outside {
		if ns != sandbox.TimeNS && ns != sandbox.NetNS {
			outside[ns] += 500
		}
	}
	all := sandbox.CapSet(1<<41 - 1)
	full := sandbox.Capabilities{Effective: all, Permitted: all, Bounding: all}
	x.Processes = []sandbox.ProcessFact{
		{PID: 701, PPID: 690, Inner: 701, State: "S", Command: "bash", Namespaces: outside, Capabilities: full},
		{PID: 805, PPID: 701, Inner: 805, Depth: 1, State: "S", Command: "cloison", Namespaces: outside, Capabilities: full},
		{PID: pid, PPID: 805, Inner: 1, Depth: 2, State: "S", Command: "bash", UID: 100000, Namespaces: inside, Capabilities: facts.Capabilities},
		{PID: 813, PPID: pid, Inner: 2, Depth: 3, State: "Z", Command: "sleep", UID: 100000, Namespaces: inside, Capabilities: facts.Capabilities},
	}
	x.Exec = &sandbox.ExecFact{Command: "cloison", Before: full, After: facts.Capabilities}
	x.Cgroups = []sandbox.CgroupNode{
		{Path: "/cloison-5f2c", Memory: sandbox.Gauge{Used: 14 * mib}},
		{
			Path: "/cloison-5f2c/box", Depth: 1, Processes: 2, Subject: true,
			Memory: sandbox.Gauge{Used: 6 * mib, Limit: 16 * mib}, Pids: sandbox.Gauge{Used: 2, Limit: 20},
			CPU: sandbox.CPULimit{Quota: 50000, Period: 100000}, OOMKill: 1,
		},
		{Path: "/cloison-5f2c/shells", Depth: 1, Processes: 2, Memory: sandbox.Gauge{Used: 8 * mib}},
	}
	x.Mounts = sandbox.MountFacts{Same: 3, Gone: 21, Differ: []sandbox.MountFact{
		{Point: "/", Type: "overlay", Source: "overlay", Root: "/", Options: []string{"rw"}},
		{Point: "/proc", Type: "proc", Source: "proc", Root: "/", Options: []string{"rw", "nosuid", "nodev", "noexec"}},
		{Point: "/data", Type: "ext4", Source: "/dev/vda1", Root: "/srv/data", Options: []string{"ro"}},
		{Point: "/proc/kcore", Type: "tmpfs", Source: "tmpfs", Root: "/null", Options: []string{"rw"}, Covering: true},
		{Point: "/proc/sys", Type: "proc", Source: "proc", Root: "/sys", Options: []string{"ro"}, Covering: true},
	}}
	x.Devices = []sandbox.DeviceFact{
		{Index: 1, Name: "lo", Kind: "loopback", Up: true, Addresses: []string{"127.0.0.1/8"}},
		{
			Index: 2, Name: "eth0", Kind: "veth", Up: true, Addresses: []string{"10.0.3.2/24"},
			Peer: &sandbox.PeerFact{Index: 7, Name: "veth5f2c", Inode: 4026531840, Host: true, Master: "cloison0"},
		},
	}
	return x
}

// detachedXray is a lab with a web server in a container beside the terminal's
// shell, pid; the one asked for is followed.
func detachedXray(pid int, asked sandbox.Subject) sandbox.Xray {
	x := sampleXray(pid)
	facts := x.Facts
	inside, outside := x.Processes[2].Namespaces, x.Processes[0].Namespaces
	full := x.Processes[0].Capabilities
	x.Processes = []sandbox.ProcessFact{
		{PID: pid, PPID: 690, Inner: pid, Started: 1, State: "S", Command: "bash", Namespaces: outside, Capabilities: full},
		{PID: 4242, PPID: 4220, Inner: 1, Started: 2, State: "S", Command: "nginx", UID: 100000, Namespaces: inside, Capabilities: facts.Capabilities},
		{PID: 4290, PPID: 4242, Inner: 7, Started: 3, Depth: 1, State: "S", Command: "nginx", UID: 100101, InnerUID: 101, Namespaces: inside, Capabilities: facts.Capabilities},
	}
	x.Asked, x.Front, x.Exec = asked, pid, nil
	if p, ok := x.Process(asked.PID); ok && p.Command == "nginx" {
		x.Facts.PID, x.Facts.Command, x.Facts.InnerPIDs = p.PID, p.Command, []int{p.PID, p.Inner}
		return x
	}
	x.Facts.InnerPIDs, x.Facts.Capabilities, x.Facts.Seccomp, x.Facts.NoNewPrivs = []int{pid}, full, sandbox.Seccomp{}, false
	x.Cgroups[1].Subject, x.Cgroups[2].Subject = false, true
	for i, n := range x.Namespaces {
		x.Namespaces[i].Inode, x.Facts.Namespaces[i].Inode = outside[n.Type], outside[n.Type]
		x.Namespaces[i].Users, x.Namespaces[i].Count = []int{pid}, 1
	}
	return x
}
