package words

// explainEnglish says what each field of the X-ray means.
var explainEnglish = map[string]string{
	"processes": "Every process that was started from this lesson's terminals, each below the one that started it.",
	"tree":      "▶ is whom the X-ray follows: who is in front of the terminal, or whom you choose (c, a click, or ↓ and enter here); then ▷ is in front. “inside 1” is its number in its own PID namespace, “uid 0=100000” its user inside and outside, “+pid” a namespace that its parent is not in. A zombie has ended and waits for its parent to ask how.",

	"namespaces": "Each kind of namespace gives its processes their own copy of one thing. The number is the namespace's inode: equal numbers, same namespace. “own”: neither the host's nor the parent's.",
	"ns cgroup":  "What it takes for the root of the cgroup tree in /proc/self/cgroup.",
	"ns ipc":     "System V shared memory, semaphores and message queues, and POSIX message queues.",
	"ns mnt":     "What is mounted where: its view of the file system.",
	"ns net":     "Network interfaces, addresses, routes, firewall rules and ports.",
	"ns pid":     "Process numbers: the first process in it is number 1, and nobody in it can see those outside.",
	"ns time":    "How long the machine has been up (CLOCK_MONOTONIC and CLOCK_BOOTTIME), not the date.",
	"ns user":    "User and group ids and capabilities: root in it is an ordinary user outside.",
	"ns uts":     "The host name.",

	"limit": "The smallest limit of its cgroup and of those above: more, and the kernel kills a process there.",
	"used":  "What the processes of the cgroup with that limit use, caches of files included.",
	"free":  "What free reads in /proc/meminfo: the whole machine. No cgroup changes that file.",
	"tasks": "Processes and threads in the cgroup, and how many it may have (pids.max).",
	"cpu":   "How many processors' worth of time the cgroup gets in each period; after that it waits for the next.",
	"oom":   "Processes that the kernel has killed here because the limit was reached.",

	"cgroups": "The lesson's cgroup and those made in it. A limit holds for a cgroup and all below it.",
	"cgroup":  "▶ is where the process is that the X-ray follows. ×2 is how many processes are in the cgroup itself. Only the limits that a cgroup sets itself are shown at it.",

	"maps": "Each ruler is one line of uid_map: the ids above, seen inside, are the ids below, seen outside. What no line covers is nobody (65534) inside.",
	"uid":  "The user that the kernel takes it for when it checks a permission.",

	"capabilities": "Root's power in pieces. A letter: the set has the capability. A dot: it has not.",
	"set E":        "What the kernel looks at when something is tried.",
	"set P":        "What it may make effective, and pass on.",
	"set B":        "The bound: what execve may ever give to it or its children. What is dropped from here is gone for good.",
	"set I":        "What it keeps across execve if the program's file says so too. Hardly ever used.",
	"set A":        "What it keeps across execve even as an ordinary user.",
	"exec":         "What the sets were before it became this program, and what execve made of them. With “fork”, compared with its parent, of which it began as a copy: what it dropped by itself before execve is in it too.",

	"seccomp": "A filter decides for each system call whether it may be made. It is inherited, and can't be taken off.",
	"nnp":     "With this on, execve gives no more rights: set-user-ID bits and file capabilities do nothing. It can't be turned off.",
	"lsm":     "What AppArmor or SELinux call it; their rules go by this name. None: no such module is on, or none has a rule for it.",

	"mounts":   "Compared with the mounts of the host's first process. + the host has nothing of the kind there; ~ it has, with other options.",
	"mount":    "← says which part of a file system is mounted: a bind mount. “over another” hides what was mounted there before.",
	"masked":   "Something empty is mounted over these, because they tell of the whole machine or control it.",
	"readonly": "These can be read and not written: what is set there holds for the whole machine.",

	"network": "Interfaces of its network namespace. A new one has loopback alone, and that is down.",
	"device":  "A veth is a pair, like a cable: what goes in at one end comes out at the other, mostly in another namespace. ⇄ says where the other end is.",
}
