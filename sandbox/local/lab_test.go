package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"cloison/sandbox"
	"cloison/sandbox/cgroup"
	"cloison/sandbox/process"
)

func TestLabIsPrivate(t *testing.T) {
	lab := openLab(t, newMachine(t), sandbox.LabOptions{})
	s := openShell(t, lab)
	run(t, s, "true")
	for _, ns := range []string{"mnt", "uts", "ipc", "net"} {
		if link(t, s.PID(), ns) == link(t, os.Getpid(), ns) {
			t.Errorf("the shell shares our %s namespace", ns)
		}
	}
	if link(t, s.PID(), "pid") != link(t, os.Getpid(), "pid") {
		t.Error("the shell has a PID namespace of its own")
	}
	for _, c := range [][2]string{
		{"hostname", "lab"},
		{"id -u", "0"},
		{"echo $HOME", privateHome},
		{"echo $$", fmt.Sprint(s.PID())},
		{"pwd", privateHome},
		{"echo /tmp/.c* /tmp/*", "/tmp/.cloison /tmp/lesson"},
		{"stat -f -c %T /tmp", "tmpfs"},
		{"command -v cloison", privateBin + "/cloison"},
		{"exec 3<>/dev/udp/127.0.0.1/9 && echo routed", "routed"},
		{"echo ${HISTFILE-none}", "none"},
		{"grep -c ^ /proc/self/mounts >/dev/null; echo $TERM $LANG", "xterm-256color C.UTF-8"},
		{"touch /tmp/seen-by-host; test -e /tmp/seen-by-host && echo yes", "yes"},
	} {
		if got := run(t, s, c[0]); got != c[1] {
			t.Errorf("%s: %q, want %q", c[0], got, c[1])
		}
	}
	if _, err := os.Stat("/tmp/seen-by-host"); err == nil {
		t.Error("a file in the lab's /tmp is on the host's")
	}
}

func TestLabFilesAndVariables(t *testing.T) {
	lab := openLab(t, newMachine(t), sandbox.LabOptions{
		Env: map[string]string{"LIMIT": "32M"},
		Files: fstest.MapFS{
			"notes.txt":    {Data: []byte("hello\n"), Mode: 0o444},
			"deep/go.sh":   {Data: []byte("#!/bin/sh\necho went\n"), Mode: 0o444},
			"deep/big.bin": {Data: make([]byte, 1<<20)},
		},
	})
	s := openShell(t, lab)
	for _, c := range [][2]string{
		{"cat ~/files/notes.txt", "hello"},
		{"~/files/deep/go.sh", "went"},
		{"stat -c %s ~/files/deep/big.bin", "1048576"},
		{"echo x >> ~/files/notes.txt; echo", ""},
		{"echo $LIMIT", "32M"},
	} {
		if got := run(t, s, c[0]); got != c[1] {
			t.Errorf("%s: %q, want %q", c[0], got, c[1])
		}
	}
	if got := script(t, lab, "echo $LIMIT; pwd"); got != "32M\n"+privateHome {
		t.Errorf("a script sees %q", got)
	}
}

func TestExec(t *testing.T) {
	lab := openLab(t, newMachine(t), sandbox.LabOptions{})
	for _, c := range []struct {
		script, output string
		exit           int
	}{
		{"echo out; echo err >&2; exit 3", "out\nerr\n", 3},
		{"kill -TERM $$", "", 143},
		{"echo $EXTRA", "more\n", 0},
		{"head -c 300000 /dev/zero | tr '\\0' x", strings.Repeat("x", 300000), 0},
		{"sleep 1000 & echo started", "started\n", 0},
		{"cat", "", 0},
	} {
		o, err := lab.Exec(t.Context(), c.script, []string{"EXTRA=more"})
		if err != nil || o.Output != c.output || o.Exit != c.exit {
			t.Errorf("%s: %d bytes %.40q, exit %d, %v", c.script, len(o.Output), o.Output, o.Exit, err)
		}
	}
}

func TestExecEndsWithContext(t *testing.T) {
	lab := openLab(t, newMachine(t), sandbox.LabOptions{})
	ctx, cancel := context.WithCancel(t.Context())
	file := "/proc/" + fmt.Sprint(lab.keeper.Process.Pid) + "/root" + privateHome + "/pid"
	ended := make(chan error, 1)
	go func() {
		_, err := lab.Exec(ctx, "echo $$ > pid; sleep 1000", nil)
		ended <- err
	}()
	var pid process.ID
	eventually(t, "the script starts", func() bool {
		text, _ := os.ReadFile(file)
		var n int
		_, err := fmt.Sscan(string(text), &n)
		pid = named(n)
		return err == nil
	})
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	eventually(t, "the script is killed", func() bool { return !pid.Runs() })
}

func TestExecOfTooLongAScript(t *testing.T) {
	lab := openLab(t, newMachine(t), sandbox.LabOptions{})
	if _, err := lab.Exec(t.Context(), strings.Repeat("#", maxPacket), nil); err == nil {
		t.Error("no error")
	}
	if got := script(t, lab, "echo still there"); got != "still there" {
		t.Errorf("got %q", got)
	}
}

func TestTwoShells(t *testing.T) {
	lab := openLab(t, newMachine(t), sandbox.LabOptions{})
	a, b := openShell(t, lab), openShell(t, lab)
	if got := run(t, a, "tty; touch ~/from-a"); got == run(t, b, "tty") {
		t.Errorf("both are on %s", got)
	}
	if got := run(t, b, "ls ~/from-a"); got != privateHome+"/from-a" {
		t.Errorf("b sees %q", got)
	}
	if err := a.Resize(132, 40); err != nil {
		t.Fatal(err)
	}
	if got := run(t, a, "stty size"); got != "40 132" {
		t.Errorf("size %q", got)
	}
	if pgid, err := b.Foreground(); err != nil || pgid != b.PID() {
		t.Errorf("b's foreground is %d, %v; it is %d", pgid, err, b.PID())
	}
	pid := named(a.PID())
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "a closed shell ends", func() bool { return !pid.Runs() })
}

func TestInspect(t *testing.T) {
	lab := openLab(t, newMachine(t), sandbox.LabOptions{})
	s := openShell(t, lab)
	facts, err := lab.Inspect(t.Context(), s.PID())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(facts.Namespaces, func(n sandbox.NamespaceFact) bool { return n.Type == sandbox.NetNS })
	if i < 0 || facts.Namespaces[i].Host {
		t.Errorf("the network namespace is not told to be the lab's: %+v", facts.Namespaces)
	}
}

func TestNestedContainerInLab(t *testing.T) {
	lab := openLab(t, newMachine(t), sandbox.LabOptions{})
	s := openShell(t, lab)
	run(t, s, "unshare --pid --fork --mount-proc bash")
	if got := run(t, s, "echo $$; ps -e -o pid= | head -1 | tr -d ' '"); got != "1\n1" {
		t.Errorf("got %q", got)
	}
}

func TestLabCgroup(t *testing.T) {
	m := newMachine(t)
	if m.cgroups.Version == 0 {
		t.Skip("no cgroups can be made here: " + m.about.Lacks["cgroup"].Why.EN)
	}
	lab := openLab(t, m, sandbox.LabOptions{})
	s := openShell(t, lab)
	dir := lab.record.Cgroups.export()
	if got := run(t, s, "echo $CLOISON_CGROUP"); got != dir {
		t.Errorf("CLOISON_CGROUP is %q, the cgroup %q", got, dir)
	}
	for _, d := range lab.record.Cgroups.Dirs {
		for _, d := range []string{d, filepath.Join(d, leaf)} {
			if inside, err := cgroup.Open(m.cgroups.Version, d).Processes(); err != nil || !slices.Contains(inside, s.PID()) {
				t.Errorf("the shell is not in %s: %v, %v", d, inside, err)
			}
		}
	}
	limit := map[int]string{1: "memory.limit_in_bytes", 2: "memory.max"}[m.cgroups.Version]
	run(t, s, "mkdir $CLOISON_CGROUP/mine && echo 33554432 > $CLOISON_CGROUP/mine/"+limit)
	run(t, s, "echo $$ > $CLOISON_CGROUP/mine/cgroup.procs")
	if got := run(t, s, "cat $CLOISON_CGROUP/mine/"+limit); got != "33554432" {
		t.Errorf("limit %q", got)
	}
}

// Lessons find a folder for every controller that the computer has, and a
// cpuset that can be joined.
func TestLabCgroupOfEachController(t *testing.T) {
	m := newMachine(t)
	if m.cgroups.Version == 0 {
		t.Skip("no cgroups can be made here: " + m.about.Lacks["cgroup"].Why.EN)
	}
	lab := openLab(t, m, sandbox.LabOptions{})
	s := openShell(t, lab)
	for controller, want := range lab.record.Cgroups.Of {
		name := "CLOISON_CGROUP_" + strings.ToUpper(controller)
		if got := run(t, s, "echo $"+name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
		if !exists(want) {
			t.Errorf("%s: there is no such folder", want)
		}
	}
	if _, ok := lab.record.Cgroups.Of["cpuset"]; ok && m.cgroups.Version == 1 {
		run(t, s, "echo $$ > $CLOISON_CGROUP_CPUSET/cgroup.procs")
		if got := run(t, s, "grep -c cloison /proc/$$/cpuset"); got != "1" {
			t.Error("the shell could not join the lab's cpuset")
		}
	}
}

func TestSharedLab(t *testing.T) {
	lab := openLab(t, newMachine(t), sandbox.LabOptions{Shared: true, Files: fstest.MapFS{"a": {Data: []byte("1")}}})
	s := openShell(t, lab)
	run(t, s, "true")
	for _, ns := range []string{"mnt", "net", "uts", "user"} {
		if link(t, s.PID(), ns) != link(t, os.Getpid(), ns) {
			t.Errorf("the %s namespace is not the machine's", ns)
		}
	}
	if got := run(t, s, "cat ~/files/a; ls $(dirname $(command -v cloison))"); got != "1cloison" {
		t.Errorf("the home has %q", got)
	}
	home := lab.home
	if err := lab.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(home); err == nil {
		t.Error("the home is still there")
	}
}

func TestClosedLabSaysSo(t *testing.T) {
	lab := openLab(t, newMachine(t), sandbox.LabOptions{})
	if err := lab.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := lab.Exec(t.Context(), "true", nil); err == nil {
		t.Error("a script ran in a closed lab")
	}
	if _, err := lab.Shell(t.Context(), sandbox.ShellOptions{}); err == nil {
		t.Error("a shell opened in a closed lab")
	}
}

// BenchmarkOpen is how long a lab takes until its first prompt.
func BenchmarkOpen(b *testing.B) {
	m := newMachine(b)
	for b.Loop() {
		begun := time.Now()
		lab := openLab(b, m, sandbox.LabOptions{})
		opened := time.Since(begun)
		s, err := lab.Shell(b.Context(), sandbox.ShellOptions{})
		if err != nil {
			b.Fatal(err)
		}
		drainOutput(s)
		if _, err := s.Run(b.Context(), "true"); err != nil {
			b.Fatal(err)
		}
		prompted := time.Since(begun)
		if err := lab.Close(); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(opened.Microseconds())/1000, "ms/open")
		b.ReportMetric(float64(prompted.Microseconds())/1000, "ms/prompt")
		b.ReportMetric(float64((time.Since(begun)-prompted).Microseconds())/1000, "ms/close")
	}
}

func TestExecKeepsTheBeginningOfAFlood(t *testing.T) {
	lab := openLab(t, newMachine(t), sandbox.LabOptions{})
	o, err := lab.Exec(t.Context(), "head -c 20000000 /dev/zero | tr '\\0' x", nil)
	if err != nil || len(o.Output) < mostKept || len(o.Output) > mostKept+100 {
		t.Fatalf("%d bytes, %v", len(o.Output), err)
	}
	if want := fmt.Sprintf("\n[… %d bytes left out …]\n", 20000000-mostKept); !strings.HasSuffix(o.Output, want) {
		t.Errorf("it ends with %q", o.Output[mostKept:])
	}
}

// What is still in the pipe when a script ends counts, as what is left out, too.
func TestDrainTakesWhatIsThere(t *testing.T) {
	out, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = in.Close(), out.Close() }()
	all := kept{lost: 1}
	all.text.WriteString(strings.Repeat("x", mostKept))
	for range 2 {
		if _, err := in.WriteString("late"); err != nil {
			t.Fatal(err)
		}
		drain(out, &all)
	}
	if all.lost != 9 {
		t.Errorf("%d bytes are left out, want 9", all.lost)
	}
}
