package inspect

import (
	"io/fs"
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
		if err == nil && (s.state == 0 || s.ppid < 0) {
			t.Errorf("accepted without state or parent: %+v", s)
		}
	})
}

func FuzzStartTime(f *testing.F) {
	seed(f, "stat")
	f.Fuzz(func(t *testing.T, text string) {
		ticks, err := parseStartTime(text)
		if err != nil && ticks != 0 {
			t.Errorf("%d beside %v", ticks, err)
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
