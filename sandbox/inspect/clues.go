package inspect

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"cloison/sandbox"
	"cloison/sandbox/capability"
)

// namespaces compares with the inodes that the kernel gives to the namespaces
// of the boot. What has another one is certainly of its own; for mount and
// network that can be told since Linux 6.18 only, when these got fixed ones too.
func (c *clues) namespaces() {
	inodes := c.process.namespaceInodes()
	c.known = len(inodes)
	fixed := c.hasFixed()
	for _, ns := range sandbox.Namespaces {
		inode, ok := inodes[ns]
		late := ns == sandbox.MountNS || ns == sandbox.NetNS
		if ok && inode != initial[ns] && (!late || fixed) {
			c.own = append(c.own, string(ns))
		}
	}
	source := c.source("ns")
	switch {
	case len(c.own) > 0:
		names := strings.Join(c.own, ", ")
		c.add(source, sandbox.Text{
			EN: "these namespaces are not the ones that the kernel made at boot: " + names,
			FR: "ces espaces de noms ne sont pas ceux que le noyau a créés au démarrage : " + names,
		}, Evidence{Proof: true})
	case c.known > 0:
		c.add(source, sandbox.Text{
			EN: "the namespaces are those that the kernel made at boot, as far as can be told",
			FR: "les espaces de noms sont ceux que le noyau a créés au démarrage, autant qu’on puisse le voir",
		}, Evidence{Proof: true})
	}
}

// hasFixed says whether this kernel gives fixed inodes to the mount and
// the network namespace of the boot: Linux does since 6.18.
func (c *clues) hasFixed() bool {
	var major, minor int
	n, _ := fmt.Sscanf(line(c.process.root, "proc/sys/kernel/osrelease"), "%d.%d", &major, &minor)
	return n == 2 && (major > 6 || major == 6 && minor >= 18)
}

// source is a file of the process, as a path.
func (c *clues) source(name string) string { return "/" + path.Join(c.process.dir, name) }

// named are the paths by which runtimes give themselves away, in cgroups and in
// the mounts that they make.
var named = []struct {
	runtime string
	pattern *regexp.Regexp
}{
	{"kubernetes", regexp.MustCompile(`/kubepods|kubepods\.slice|/var/lib/kubelet/`)},
	{"podman", regexp.MustCompile(`libpod-|/overlay-containers/|containers/storage/`)},
	{"docker", regexp.MustCompile(`/docker/[0-9a-f]{64}|docker-[0-9a-f]{64}\.scope|/docker/(containers|overlay2)/|(^|/)containers/[0-9a-f]{64}/(hostname|hosts|resolv\.conf)`)},
	{"lxc", regexp.MustCompile(`/lxc\.payload|/lxc/|/var/lib/(lxc|lxd|incus)/|lxcfs`)},
	{"systemd-nspawn", regexp.MustCompile(`machine\.slice/(machine-|systemd-nspawn@)|/var/lib/machines/`)},
	{"cloison", regexp.MustCompile(`/cloison-run-\d+`)},
	{"containerd", regexp.MustCompile(`io\.containerd\.`)},
}

// whose says which runtime's traces a text has.
func whose(text string) (runtime, trace string) {
	for _, n := range named {
		if found := n.pattern.FindString(text); found != "" {
			return n.runtime, found
		}
	}
	return "", ""
}

// cgroupPath is telling where the process has no cgroup namespace of its own.
func (c *clues) cgroupPath() {
	text := c.process.text("cgroup")
	if runtime, trace := whose(text); runtime != "" {
		c.add(c.source("cgroup"), sandbox.Text{
			EN: fmt.Sprintf("its cgroup is one that %s makes: …%s…", runtime, trace),
			FR: fmt.Sprintf("son cgroup est de ceux que crée %s : …%s…", runtime, trace),
		}, Evidence{Proof: true, Runtime: runtime, inside: true})
	}
}

// mounts looks at where the root comes from, and at what covers /proc.
func (c *clues) mounts() {
	mounts, err := parseMounts([]byte(c.process.text("mountinfo")))
	if err != nil {
		return
	}
	source := c.source("mountinfo")
	for _, m := range mounts {
		// What a container mounts from elsewhere says nothing of itself: a host
		// sees its containers' mounts too. Its own root and /etc do.
		if m.Mountpoint != "/" && !strings.HasPrefix(m.Mountpoint, "/etc/") && m.FSType != "fuse.lxcfs" {
			continue
		}
		if runtime, trace := whose(m.Root + " " + m.VFSOptions + " " + m.FSType); runtime != "" {
			c.add(source, sandbox.Text{
				EN: fmt.Sprintf("what is mounted at %s comes from %s: …%s…", m.Mountpoint, runtime, trace),
				FR: fmt.Sprintf("ce qui est monté sur %s vient de %s : …%s…", m.Mountpoint, runtime, trace),
			}, Evidence{Proof: true, Runtime: runtime, inside: true})
			break
		}
	}
	c.rootMount(mounts, source)
	c.covers(mounts, source)
}

// rootMount is the last mount at "/": that is what the process sees.
func (c *clues) rootMount(mounts []*mount, source string) {
	var root *mount
	for _, m := range mounts {
		if m.Mountpoint == "/" {
			root = m
		}
	}
	if root == nil {
		return
	}
	clue, en, fr := c.compareRoots(root)
	if clue == rootUntold {
		clue, en, fr = judgeRoot(root)
	}
	if clue != rootUntold {
		c.add(source, sandbox.Text{EN: en, FR: fr}, Evidence{Proof: clue != rootMaybe, root: clue})
	}
}

// judgeRoot judges a root that can be compared with no other.
func judgeRoot(root *mount) (clue rootClue, en, fr string) {
	switch {
	case root.FSType == "overlay":
		return rootMaybe,
			"the root is an overlay, as images are mounted (and live systems)",
			"la racine est un overlay, comme le sont les images (et les systèmes « live »)"
	case root.FSType == "tmpfs":
		return rootMaybe, "the root is a tmpfs", "la racine est un tmpfs"
	case root.Root != "/" && root.FSType != "btrfs": // whose subvolumes are folders
		return rootApart,
			"the root is only a folder of its file system: " + root.Root,
			"la racine n’est qu’un dossier de son système de fichiers : " + root.Root
	}
	return rootUntold, "", ""
}

// compareRoots compares with PID 1's root, where that PID 1 is the computer's:
// the one that has the PID namespace of the boot.
func (c *clues) compareRoots(own *mount) (clue rootClue, en, fr string) {
	inode, err := readNamespace(c.process.root, "proc/1/ns", sandbox.PIDNS)
	if err != nil || inode != initial[sandbox.PIDNS] {
		return rootUntold, "", ""
	}
	text, err := fs.ReadFile(c.process.root, "proc/1/mountinfo")
	if err != nil {
		return rootUntold, "", ""
	}
	firsts, err := parseMounts(text)
	if err != nil {
		return rootUntold, "", ""
	}
	for _, m := range slices.Backward(firsts) {
		switch {
		case m.Mountpoint != "/":
		case keyOf(m) == keyOf(own):
			return rootShared,
				"its root is that of the computer's first process",
				"sa racine est celle du premier processus de l’ordinateur"
		default:
			return rootApart,
				"its root is not that of the computer's first process",
				"sa racine n’est pas celle du premier processus de l’ordinateur"
		}
	}
	return rootUntold, "", ""
}

// covers are the paths that the OCI runtime specification has masked.
func (c *clues) covers(mounts []*mount, source string) {
	var covered []string
	for _, m := range mounts {
		if isCover(m) {
			covered = append(covered, m.Mountpoint)
		}
	}
	if len(covered) < 3 {
		return
	}
	shown := strings.Join(covered[:3], " ")
	c.add(source, sandbox.Text{
		EN: fmt.Sprintf("%d paths of /proc and /sys are covered or read-only: %s…", len(covered), shown),
		FR: fmt.Sprintf("%d chemins de /proc et /sys sont masqués ou en lecture seule : %s…", len(covered), shown),
	}, Evidence{Proof: true, Runtime: "oci", inside: true})
}

// labels are the names of LSM profiles that runtimes bring along.
var labels = []struct{ runtime, prefix string }{
	{"docker", "docker-default"},
	{"podman", "containers-default"},
	{"lxc", "lxc-"},
	{"kubernetes", "cri-containerd"},
}

// label is what AppArmor or SELinux call the process.
func (c *clues) label() {
	label := strings.TrimRight(c.process.text("attr/current"), "\n\x00")
	said := sandbox.Text{EN: "its LSM label is " + label, FR: "son étiquette LSM est " + label}
	for _, l := range labels {
		if strings.HasPrefix(label, l.prefix) {
			c.add(c.source("attr/current"), said, Evidence{Proof: true, Runtime: l.runtime, inside: true})
			return
		}
	}
	if strings.Contains(label, ":container_t:") || strings.Contains(label, ":spc_t:") {
		c.add(c.source("attr/current"), said, Evidence{Proof: true, inside: true})
	}
}

// first looks at the first process: on a computer it is its init, and tells
// what made the container in $container (systemd's container interface).
func (c *clues) first() {
	root := c.process.root
	for variable := range strings.SplitSeq(line(root, "proc/1/environ"), "\x00") {
		if name, ok := strings.CutPrefix(variable, "container="); ok && name != "" && len(name) < 32 {
			c.add("/proc/1/environ", sandbox.Text{
				EN: "the first process was told that it is in a container: container=" + name,
				FR: "on a dit au premier processus qu’il est dans un conteneur : container=" + name,
			}, Evidence{Runtime: known(name), inside: true, Proof: slices.Contains(c.own, "pid")})
		}
	}
	if name := line(root, "proc/1/comm"); name != "" && name != "systemd" && name != "init" && slices.Contains(c.own, "pid") {
		c.add("/proc/1/comm", sandbox.Text{
			EN: "the first process is not the init of a computer: " + name,
			FR: "le premier processus n’est pas l’init d’un ordinateur : " + name,
		}, Evidence{Runtime: inits[name], inside: true})
	}
	if line(root, "proc/sys/kernel/hostname") == "cloison" && slices.Contains(c.own, "uts") {
		c.add("/proc/sys/kernel/hostname", sandbox.Text{
			EN: "the host name is the one that cloison run gives",
			FR: "le nom d’hôte est celui que donne cloison run",
		}, Evidence{Runtime: "cloison", inside: true})
	}
	if line(root, "proc/2/comm") == "kthreadd" {
		c.add("/proc/2/comm", sandbox.Text{
			EN: "the kernel's own processes can be seen: this /proc is of the computer's PID namespace",
			FR: "les processus du noyau sont visibles : ce /proc est celui de l’espace de noms PID de l’ordinateur",
		}, Evidence{})
	}
}

// inits are first processes that runtimes put there.
var inits = map[string]string{"docker-init": "docker", "catatonit": "podman", "bwrap": "bubblewrap"}

// known is the runtime of a name in $container, "" where we know none.
func known(name string) string {
	for _, runtime := range []string{"docker", "podman", "lxc", "systemd-nspawn", "cloison", "oci"} {
		if name == runtime {
			return runtime
		}
	}
	return ""
}

// kernel recognises gVisor, whose kernel says the same of itself everywhere
// (pkg/sentry/kernel/version.go of gVisor).
func (c *clues) kernel() {
	version := line(c.process.root, "proc/version")
	if strings.Contains(version, "Linux version 4.4.0 ") && strings.Contains(version, "#1 SMP Sun Jan 10 15:06:54 PST 2016") {
		c.add("/proc/version", sandbox.Text{
			EN: "the kernel is not Linux but gVisor's, which imitates it",
			FR: "le noyau n’est pas Linux mais celui de gVisor, qui l’imite",
		}, Evidence{Proof: true, Runtime: "gvisor", inside: true})
	}
}

// files are those that some runtimes leave. Anybody can make one: hints.
func (c *clues) files() {
	for _, f := range []struct{ name, runtime string }{
		{".dockerenv", "docker"},
		{"run/.containerenv", "podman"},
		{"run/host/container-manager", "systemd-nspawn"},
		{"dev/lxd", "lxc"},
		{"var/run/secrets/kubernetes.io", "kubernetes"},
	} {
		if exists(c.process.root, path.Join(c.process.dir, "root", f.name)) {
			c.add("/"+f.name, sandbox.Text{
				EN: "there is a file that " + f.runtime + " leaves",
				FR: "il y a un fichier que laisse " + f.runtime,
			}, Evidence{Runtime: f.runtime, inside: true})
		}
	}
}

// bounds are what keeps the process small: other programs do that too.
func (c *clues) bounds() {
	s, err := readStatus(c.process.root, c.process.dir)
	if err != nil {
		return
	}
	if s.seccomp.Mode == 2 {
		c.add(c.source("status"), sandbox.Text{
			EN: "a seccomp filter holds it, as runtimes load one (services and browsers do too)",
			FR: "un filtre seccomp le retient, comme en chargent les runtimes (des services et navigateurs aussi)",
		}, Evidence{inside: len(c.own) > 0})
	}
	if s.caps.Bounding == capability.DockerDefault {
		c.add(c.source("status"), sandbox.Text{
			EN: "it may have just the capabilities that Docker gives",
			FR: "il peut avoir exactement les capabilities que donne Docker",
		}, Evidence{inside: true})
	}
}
