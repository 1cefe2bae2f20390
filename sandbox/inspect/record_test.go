//go:build record

package inspect

import (
	"bytes"
	"flag"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

var record = flag.String("record", "", "NAME=PID: record process PID into testdata/NAME.txtar")

// TestRecord records a running process. Its file is only built when asked for:
// go test -tags record ./sandbox/inspect -run TestRecord -record NAME=PID
func TestRecord(t *testing.T) {
	name, pid, ok := strings.Cut(*record, "=")
	if !ok {
		t.Fatal("say what to record: -record NAME=PID")
	}
	a := &txtar.Archive{Comment: []byte("Process " + pid + ", recorded by TestRecord.\n")}
	for _, file := range []string{"stat", "status", "comm", "cmdline", "uid_map", "gid_map", "attr/current", "cgroup"} {
		add(a, "proc/"+pid+"/"+file)
	}
	for _, of := range []string{pid, "1", "self"} {
		links, err := filepath.Glob("/proc/" + of + "/ns/*")
		if err != nil {
			t.Fatal(err)
		}
		for _, link := range links {
			add(a, link[1:])
		}
	}
	add(a, "proc/self/mountinfo")
	onlyCgroups(&a.Files[len(a.Files)-1])
	add(a, "proc/meminfo")
	addLimits(t, a, pid)
	if err := os.WriteFile(filepath.Join("testdata", name+".txtar"), txtar.Format(a), 0o644); err != nil {
		t.Fatal(err)
	}
}

// onlyCgroups leaves out of mountinfo what is nobody's business.
func onlyCgroups(mounts *txtar.File) {
	var kept []byte
	for line := range bytes.Lines(mounts.Data) {
		if bytes.Contains(line, []byte(" - cgroup")) {
			kept = append(kept, line...)
		}
	}
	mounts.Data = kept
}

// addLimits records the files of its cgroups and of their ancestors.
func addLimits(t *testing.T, a *txtar.Archive, pid string) {
	root := os.DirFS("/")
	text, err := fs.ReadFile(root, "proc/"+pid+"/cgroup")
	if err != nil {
		t.Fatal(err)
	}
	paths, err := parseCgroup(string(text))
	if err != nil {
		t.Fatal(err)
	}
	mounts, err := fs.ReadFile(root, "proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	all, err := parseHierarchies(mounts)
	if err != nil {
		t.Fatal(err)
	}
	for _, controller := range needed {
		for _, folder := range cgroupOf(root, all, paths, controller).folders {
			for _, file := range []string{
				"memory.limit_in_bytes", "memory.usage_in_bytes", "memory.oom_control",
				"memory.max", "memory.current", "memory.events", "pids.max", "pids.current",
				"cpu.cfs_quota_us", "cpu.cfs_period_us", "cpu.max", "cpu.stat",
			} {
				add(a, path.Join(folder, file))
			}
		}
	}
}

// add records a file or link that can be read.
func add(a *txtar.Archive, name string) {
	var text string
	if target, err := os.Readlink("/" + name); err == nil {
		text = target + "\n"
	} else if content, err := os.ReadFile("/" + name); err == nil {
		text = strings.ReplaceAll(string(content), "\x00", "\n")
	} else {
		return
	}
	for _, f := range a.Files {
		if f.Name == name {
			return
		}
	}
	a.Files = append(a.Files, txtar.File{Name: name, Data: []byte(text)})
}
