package inspect

import (
	"io/fs"
	"net/netip"
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"cloison/sandbox"
)

// seed adds a file of every recorded tree.
func seed(f *testing.F, name string) {
	for _, archive := range []string{"v1-host", "v1-container", "v2-session", "v2-docker", "v2-rootless"} {
		for file, content := range tree(f, archive) {
			if path.Base(file) == name {
				f.Add(string(content.Data))
			}
		}
	}
	f.Add("")
}

func FuzzStatus(f *testing.F) {
	seed(f, "status")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := parseStatus(text)
		if err == nil && s.ppid < 0 {
			t.Errorf("accepted without a parent: %+v", s)
		}
	})
}

func FuzzCgroup(f *testing.F) {
	seed(f, "cgroup")
	f.Fuzz(func(t *testing.T, text string) {
		paths, err := parseCgroup(text)
		for controller, at := range paths {
			if err != nil || !strings.HasPrefix(at, "/") {
				t.Errorf("%q at %q, %v", controller, at, err)
			}
		}
	})
}

// Whatever is mounted and wherever a process claims to be, the folders that
// are looked at are proper names below the root.
func FuzzHierarchies(f *testing.F) {
	f.Add("32 24 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n", "/a/b")
	f.Add("32 24 0:27 /a /mnt rw - cgroup cgroup rw,memory\n", "/a/../b")
	f.Add("32 24 0:27 / / rw - cgroup2 cgroup2 rw\n", "/")
	f.Add("32 24 0:27 /.. // rw - cgroup2 cgroup2 rw\n", "/../x")
	f.Fuzz(func(t *testing.T, mounts, at string) {
		all, err := parseHierarchies([]byte(mounts))
		if err != nil {
			return
		}
		asked := &recorder{}
		for _, controller := range []string{"", "memory"} {
			all.of(controller).folders(asked, at)
		}
		for _, name := range asked.names {
			if strings.HasPrefix(name, "/") || name == ".." || strings.HasPrefix(name, "../") {
				t.Errorf("looked at %q", name)
			}
		}
	})
}

func FuzzMeminfo(f *testing.F) {
	seed(f, "meminfo")
	f.Fuzz(func(t *testing.T, text string) {
		view, err := parseMeminfo(text)
		if err != nil && view != (sandbox.MemoryView{}) || err == nil && view.Total == 0 {
			t.Errorf("%+v, %v", view, err)
		}
	})
}

func FuzzIDMap(f *testing.F) {
	seed(f, "uid_map")
	f.Fuzz(func(t *testing.T, text string) {
		ranges, err := parseIDMap(text)
		if err == nil && len(ranges) != strings.Count(strings.TrimSuffix(text, "\n"), "\n")+1 && text != "" {
			t.Errorf("%d ranges of %q", len(ranges), text)
		}
	})
}

func FuzzNamespace(f *testing.F) {
	f.Add("pid:[4026531836]")
	f.Fuzz(func(t *testing.T, target string) {
		inode, err := parseNamespace(target, sandbox.PIDNS)
		if err == nil && !strings.HasSuffix(target, "]") {
			t.Errorf("%q is %d", target, inode)
		}
	})
}

// Whatever the tables say, every mount of the process is counted once.
func FuzzMounts(f *testing.F) {
	f.Add(hostMounts, hostMounts)
	f.Add("95 91 0:5 /null /proc/kcore rw - devtmpfs udev rw\n", "")
	f.Fuzz(func(t *testing.T, own, host string) {
		mine, err := parseMounts([]byte(own))
		theirs, err2 := parseMounts([]byte(host))
		if err != nil || err2 != nil {
			return
		}
		facts := compareMounts(mine, theirs)
		if facts.Same+len(facts.Differ)+facts.More != len(mine) || facts.Gone > len(theirs) {
			t.Errorf("%d mounts and the host's %d are %+v", len(mine), len(theirs), facts)
		}
	})
}

// Whatever is in /proc/PID/net, every address told is one of a device told.
func FuzzDevices(f *testing.F) {
	files := netFiles()
	text := func(name string) string { return string(files["proc/9/net/"+name].Data) }
	f.Add(text("dev"), text("if_inet6"), text("fib_trie"), text("route"))
	f.Fuzz(func(t *testing.T, dev, inet6, trie, route string) {
		v := village{fstest.MapFS{}}
		v.file("proc/9/net/dev", dev)
		v.file("proc/9/net/if_inet6", inet6)
		v.file("proc/9/net/fib_trie", trie)
		v.file("proc/9/net/route", route)
		devices, err := readDevices(v.MapFS, 9)
		for _, d := range devices {
			for _, a := range d.Addresses {
				if _, bad := netip.ParsePrefix(a); bad != nil || err != nil {
					t.Errorf("%s has %q: %v, %v", d.Name, a, bad, err)
				}
			}
		}
	})
}

// recorder is an empty file system that remembers what it was asked for; every
// folder is there.
type recorder struct {
	fstest.MapFS
	names []string
}

func (r *recorder) Stat(name string) (fs.FileInfo, error) {
	r.names = append(r.names, name)
	return fstest.MapFS{}.Stat(".")
}
