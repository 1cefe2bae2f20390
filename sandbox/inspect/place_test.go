package inspect

import (
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"

	"cloison/sandbox"
)

// boot are the namespaces of the boot.
const boot = "cgroup ipc mnt net pid time user uts"

// site is what a process sees of itself and around it.
type site struct {
	kernel  string
	own     string // its own namespaces
	mounts  string
	cgroup  string
	label   string
	environ string // of PID 1
	first   string // comm of PID 1
	status  string
	files   []string
	hidden  bool // /proc/PID/ns can't be read
	version string
}

const id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

const masked = `95 91 0:5 /null /proc/kcore rw - devtmpfs udev rw
96 91 0:51 / /proc/acpi ro - tmpfs tmpfs ro
97 91 0:22 /sys /proc/sys ro,nosuid - proc proc rw
`

func (s site) tree() fstest.MapFS {
	v := village{fstest.MapFS{}}
	status := s.status
	if status == "" {
		status = "CapBnd:\t1ffffffffff\nSeccomp:\t0\n"
	}
	v.file("proc/7/stat", "7 (sh) S 1"+strings.Repeat(" 0", 40))
	v.file("proc/7/status", "State:\tS\nPPid:\t1\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nCapInh:\t0\nCapPrm:\t0\nCapEff:\t0\n"+status)
	v.file("proc/7/mountinfo", s.mounts)
	v.file("proc/7/cgroup", s.cgroup)
	v.file("proc/7/attr/current", s.label)
	v.file("proc/1/environ", s.environ)
	v.file("proc/1/comm", s.first)
	v.file("proc/version", s.version)
	v.file("proc/sys/kernel/osrelease", s.kernel)
	for _, f := range s.files {
		v.file("proc/7/root/"+f, "")
	}
	if s.hidden {
		return v.MapFS
	}
	for _, ns := range sandbox.Namespaces {
		inode := initial[ns]
		if strings.Contains(" "+s.own+" ", " "+string(ns)+" ") {
			inode = 4026532600
		}
		v.MapFS["proc/7/ns/"+string(ns)] = &fstest.MapFile{Data: fmt.Appendf(nil, "%s:[%d]", ns, inode), Mode: 0o777 | fs.ModeSymlink}
	}
	return v.MapFS
}

func TestPlace(t *testing.T) {
	const host = "24 1 254:0 / / rw - ext4 /dev/vda rw\n"
	overlay := func(path string) string {
		return "24 1 0:40 / / rw - overlay overlay rw,lowerdir=" + path + "/l/A,upperdir=" + path + "/b/diff\n"
	}
	bundle := "24 1 254:0 /srv/bundle/rootfs / rw - ext4 /dev/vda rw\n"
	inner := "cgroup ipc mnt net pid uts"
	for name, c := range map[string]struct {
		site    site
		where   string
		runtime string
		sure    bool
	}{
		"a computer":                              {site{mounts: host, first: "systemd"}, NotAtAll, "", false},
		"a computer made of an image":             {site{mounts: host, files: []string{".dockerenv"}}, NotAtAll, "", false},
		"a service with a filter":                 {site{mounts: host, status: "CapBnd:\t0\nSeccomp:\t2\n"}, NotAtAll, "", false},
		"a live system, on an overlay":            {site{mounts: overlay("/run/live")}, NotAtAll, "", false},
		"unshare --pid --mount":                   {site{mounts: host, own: "mnt pid", first: "bash"}, Partly, "", false},
		"unshare on a btrfs subvolume":            {site{mounts: "24 1 0:30 /@ / rw - btrfs /dev/vda rw\n", own: "pid"}, Partly, "", false},
		"a mount namespace, on a new kernel":      {site{mounts: host, own: "mnt", kernel: "6.18.4"}, Partly, "", false},
		"a mount namespace, on an old one":        {site{mounts: host, own: "mnt", kernel: "6.1.0"}, NotAtAll, "", false},
		"unshare on a live system":                {site{mounts: overlay("/run/live"), own: "pid"}, Unsure, "", false},
		"nothing can be read":                     {site{mounts: host, hidden: true}, Unsure, "", false},
		"docker, its image":                       {site{mounts: overlay("/var/lib/docker/overlay2") + masked, own: inner, files: []string{".dockerenv"}}, InContainer, "docker", true},
		"docker, its cgroup on v1":                {site{mounts: overlay("/x"), own: inner, cgroup: "4:memory:/docker/" + id + "\n"}, InContainer, "docker", true},
		"docker, its cgroup of systemd":           {site{mounts: overlay("/x"), own: inner, cgroup: "0::/system.slice/docker-" + id + ".scope\n"}, InContainer, "docker", true},
		"docker, privileged, by its /etc":         {site{mounts: overlay("/x") + "30 24 0:9 /containers/" + id + "/hostname /etc/hostname rw - tmpfs tmpfs rw\n", own: inner}, InContainer, "docker", true},
		"docker, by its AppArmor profile":         {site{mounts: overlay("/x"), own: inner, label: "docker-default (enforce)\n"}, InContainer, "docker", true},
		"masked paths and a file that docker has": {site{mounts: overlay("/x") + masked, own: inner, files: []string{".dockerenv"}}, InContainer, "docker", false},
		"hints that contradict each other":        {site{mounts: overlay("/x") + masked, own: inner, files: []string{".dockerenv", "run/.containerenv"}}, InContainer, "", false},
		"podman":                                  {site{mounts: overlay("/var/lib/containers/storage/overlay") + masked, own: inner, environ: "container=podman\x00"}, InContainer, "podman", true},
		"lxc":                                     {site{mounts: host, own: inner, cgroup: "0::/lxc.payload.web/x\n", first: "init", environ: "container=lxc\x00"}, InContainer, "lxc", true},
		"systemd-nspawn":                          {site{mounts: "24 1 254:0 /var/lib/machines/deb / rw - ext4 /dev/vda rw\n", own: inner}, InContainer, "systemd-nspawn", true},
		"kubernetes":                              {site{mounts: overlay("/x") + masked, own: inner, cgroup: "0::/kubepods.slice/pod1/x\n"}, InContainer, "kubernetes", true},
		"containerd":                              {site{mounts: overlay("/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs"), own: inner}, InContainer, "containerd", true},
		"runc":                                    {site{mounts: bundle + masked, own: inner}, InContainer, "oci", true},
		"bubblewrap":                              {site{mounts: bundle, own: inner, first: "bwrap\n"}, InContainer, "bubblewrap", false},
		"cloison run":                             {site{mounts: "24 1 0:50 / / rw - tmpfs tmpfs rw\n" + masked, own: inner, environ: "container=cloison\x00"}, InContainer, "cloison", true},
		"gVisor":                                  {site{version: "Linux version 4.4.0 #1 SMP Sun Jan 10 15:06:54 PST 2016\n", mounts: "1 0 0:1 / / rw - 9p none rw\n"}, InContainer, "gvisor", true},
		"a variable in a shell's environment":     {site{mounts: host, environ: "container=docker\x00"}, NotAtAll, "", false},
		"a host that sees its containers' mounts": {site{mounts: host + "30 24 0:40 / /var/lib/docker/overlay2/x/merged rw - overlay overlay rw,lowerdir=/var/lib/docker/overlay2/l/A\n"}, NotAtAll, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := New(c.site.tree()).Place(7)
			if err != nil {
				t.Fatal(err)
			}
			if got.Container != c.where || got.Runtime != c.runtime || got.Sure != c.sure {
				t.Errorf("in a container: %s, by %q, sure %v; want %s, %q, %v\n%+v",
					got.Container, got.Runtime, got.Sure, c.where, c.runtime, c.sure, got.Evidence)
			}
			for _, e := range got.Evidence {
				if e.Source == "" || e.Says.EN == "" || e.Says.FR == "" {
					t.Errorf("evidence without a word or a source: %+v", e)
				}
			}
		})
	}
}

// On a computer where PID 1 can be seen, its root is what others are compared with.
func TestRootIsComparedWithThatOfTheFirst(t *testing.T) {
	for own, want := range map[string]string{
		"24 1 0:40 / / rw - overlay overlay rw\n":      Partly,
		"24 1 0:41 / / rw - overlay overlay rw\n":      InContainer,
		"24 1 254:0 /srv/root / rw - ext4 /dev/vda rw": InContainer,
	} {
		v := village{site{mounts: own, own: "uts"}.tree()}
		v.file("proc/1/mountinfo", "22 1 0:40 / / rw - overlay overlay rw\n")
		v.MapFS["proc/1/ns/pid"] = &fstest.MapFile{Data: fmt.Appendf(nil, "pid:[%d]", initial[sandbox.PIDNS]), Mode: 0o777 | fs.ModeSymlink}
		if got, err := New(v.MapFS).Place(7); err != nil || got.Container != want {
			t.Errorf("%q: %s, %v, want %s", own, got.Container, err, want)
		}
	}
}

// Whatever a process has in its files, there is a verdict.
func FuzzPlace(f *testing.F) {
	f.Add("mnt pid", masked, "0::/docker/"+id, "docker-default", "container=lxc\x00", "sh")
	f.Add(boot, "24 1 0:40 / / rw - overlay overlay rw\n", "", "", "", "")
	f.Fuzz(func(t *testing.T, own, mounts, cgroup, label, environ, first string) {
		got, err := New(site{own: own, mounts: mounts, cgroup: cgroup, label: label, environ: environ, first: first}.tree()).Place(7)
		if err != nil {
			t.Fatal(err)
		}
		switch got.Container {
		case InContainer, Partly, NotAtAll, Unsure:
		default:
			t.Errorf("the verdict is %q", got.Container)
		}
		if got.Sure && got.Runtime == "" {
			t.Error("sure of nobody")
		}
	})
}

func TestPowers(t *testing.T) {
	can := func(f sandbox.Facts, mounts string) string {
		v := village{fstest.MapFS{}}
		v.file("proc/7/mountinfo", mounts)
		f.PID = 7
		var all []string
		for _, p := range New(v.MapFS).Powers(f) {
			if p.What.FR == "" || p.Why.EN == "" || p.Why.FR == "" {
				t.Errorf("a power without a word: %+v", p)
			}
			if p.Can {
				all = append(all, p.What.EN)
			}
		}
		return strings.Join(all, "; ")
	}
	first := []sandbox.NamespaceFact{{Type: sandbox.UserNS, Inode: initial[sandbox.UserNS]}}
	other := []sandbox.NamespaceFact{{Type: sandbox.UserNS, Inode: 4026532600}}
	full := sandbox.Capabilities{Effective: 1<<41 - 1}
	const rw, ro = "25 24 0:22 / /proc rw - proc proc rw\n", "25 24 0:22 / /proc rw - proc proc rw\n26 25 0:22 /sys /proc/sys ro - proc proc rw\n"
	for _, c := range []struct {
		name   string
		facts  sandbox.Facts
		mounts string
		can    []string
		not    []string
	}{
		{"root", sandbox.Facts{Namespaces: first, Capabilities: full}, rw, []string{"act as root of the whole", "load kernel modules", "/proc/sys"}, nil},
		{"root in a user namespace", sandbox.Facts{Namespaces: other, Capabilities: full}, rw, []string{"become any user", "mount, and enter"}, []string{"root of the whole", "modules", "clock", "/proc/sys"}},
		{"root as Docker makes it", sandbox.Facts{Namespaces: first, Capabilities: sandbox.Capabilities{Effective: 0xa80425fb}}, ro, []string{"raw packets", "become any user"}, []string{"root of the whole", "mount, and", "/proc/sys"}},
		{"a user", sandbox.Facts{Namespaces: first, UIDs: sandbox.IDs{Effective: 1000}}, rw, []string{"set-user-ID programs"}, []string{"every file", "/proc/sys"}},
		{"a user with no_new_privs", sandbox.Facts{Namespaces: first, UIDs: sandbox.IDs{Effective: 1000}, NoNewPrivs: true}, rw, nil, []string{"set-user-ID programs"}},
	} {
		got := can(c.facts, c.mounts)
		for _, want := range c.can {
			if !strings.Contains(got, want) {
				t.Errorf("%s can't %s: %s", c.name, want, got)
			}
		}
		for _, bad := range c.not {
			if strings.Contains(got, bad) {
				t.Errorf("%s can %s: %s", c.name, bad, got)
			}
		}
	}
}

// Root of a user namespace is nobody to the owner of Docker's socket, which is
// root of the computer.
func TestWhoMayAskDocker(t *testing.T) {
	first := []sandbox.NamespaceFact{{Type: sandbox.UserNS, Inode: initial[sandbox.UserNS]}}
	other := []sandbox.NamespaceFact{{Type: sandbox.UserNS, Inode: 4026532600}}
	override := sandbox.Capabilities{Effective: 1 << 1}
	user := sandbox.IDs{Effective: 1000}
	for _, c := range []struct {
		name   string
		facts  sandbox.Facts
		socket syscall.Stat_t
		mode   fs.FileMode
		want   bool
	}{
		{"root", sandbox.Facts{Namespaces: first, Capabilities: override}, syscall.Stat_t{Gid: 998}, 0o660, true},
		{"root without capabilities", sandbox.Facts{Namespaces: first}, syscall.Stat_t{Gid: 998}, 0o660, true},
		{"root of a user namespace", sandbox.Facts{Namespaces: other, Capabilities: override}, syscall.Stat_t{Uid: overflowUID, Gid: overflowUID}, 0o660, false},
		{"the same, where the engine is its own", sandbox.Facts{Namespaces: other, Capabilities: override}, syscall.Stat_t{Uid: 0, Gid: 0}, 0o600, true},
		{"a user", sandbox.Facts{Namespaces: first, UIDs: user, GIDs: user}, syscall.Stat_t{Gid: 998}, 0o660, false},
		{"a user of the group", sandbox.Facts{Namespaces: first, UIDs: user, GIDs: sandbox.IDs{Effective: 998}}, syscall.Stat_t{Gid: 998}, 0o660, true},
		{"a user, and everybody may", sandbox.Facts{Namespaces: first, UIDs: user, GIDs: user}, syscall.Stat_t{Gid: 998}, 0o666, true},
	} {
		c.facts.PID = 7
		r := New(fstest.MapFS{"proc/7/root/run/docker.sock": {Mode: fs.ModeSocket | c.mode, Sys: &c.socket}})
		powers := r.daemon(7, judge{facts: c.facts, initial: isInitial(c.facts)})
		if len(powers) != 1 || powers[0].Can != c.want {
			t.Errorf("%s: %+v, want %v", c.name, powers, c.want)
		}
	}
}
