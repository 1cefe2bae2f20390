//go:build linux

package calls

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// stringAt reads the zero-ended string that the program would pass.
func (p *Program) stringAt(address uintptr) string {
	from := address - uintptr(unsafe.Pointer(unsafe.SliceData(p.arena)))
	s, _, _ := strings.Cut(string(p.arena[from:]), "\x00")
	return s
}

func TestCompileLaysArgumentsOut(t *testing.T) {
	p, err := Compile([]Call{
		New("mount", unix.SYS_MOUNT, String("proc"), String("/proc"), Null(), Int(14)).Or(unix.EPERM, unix.EBUSY),
		New("execve", unix.SYS_EXECVE, String("/bin/sh"), Strings([]string{"sh", "-l"}), Environment(nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	mount, exec := p.steps[0], p.steps[1]
	if mount.nr != unix.SYS_MOUNT || p.stringAt(mount.args[0]) != "proc" || p.stringAt(mount.args[1]) != "/proc" ||
		mount.args[2] != 0 || mount.args[3] != 14 {
		t.Errorf("mount is laid out as %+v", mount)
	}
	if want := uint64(1<<unix.EPERM | 1<<unix.EBUSY); mount.tolerate[0] != want {
		t.Errorf("mount tolerates %b, want %b", mount.tolerate[0], want)
	}
	at := (exec.args[1] - uintptr(unsafe.Pointer(unsafe.SliceData(p.arrays)))) / unsafe.Sizeof(uintptr(0))
	argv := p.arrays[at : at+3]
	if p.stringAt(argv[0]) != "sh" || p.stringAt(argv[1]) != "-l" || argv[2] != 0 {
		t.Errorf("argv is laid out as %v", argv)
	}
	if cap(p.arena) < len(p.arena) || uintptr(unsafe.Pointer(unsafe.SliceData(p.arena))) == 0 {
		t.Error("the arena moved")
	}
}

func TestCompileRefuses(t *testing.T) {
	if _, err := Compile(nil); err == nil {
		t.Error("an empty list was compiled")
	}
	if _, err := Compile([]Call{New("many", 0, Int(1), Int(2), Int(3), Int(4), Int(5), Int(6), Int(7))}); err == nil {
		t.Error("a call of seven arguments was compiled")
	}
	if _, err := Compile([]Call{New("close", 0, From("fd"))}); err == nil {
		t.Error("a call that wants an unknown result was compiled")
	}
}

// run carries a list out and returns its reports and wait status.
func run(t *testing.T, o Options, list []Call) ([]Report, syscall.WaitStatus) {
	t.Helper()
	p, err := Compile(list)
	if err != nil {
		t.Fatal(err)
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	child, err := p.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	defer child.Close()
	reports := carry(t, child, o.Stepwise)
	var status syscall.WaitStatus
	if _, err := syscall.Wait4(child.PID, &status, 0, nil); err != nil {
		t.Fatal(err)
	}
	return reports, status
}

func carry(t *testing.T, child *Process, stepwise bool) []Report {
	t.Helper()
	var reports []Report
	for {
		if len(reports) == 0 || stepwise {
			if err := child.Go(); err != nil && !errors.Is(err, unix.EPIPE) {
				t.Fatal(err)
			}
		}
		r, err := child.Next()
		if errors.Is(err, io.EOF) {
			return reports
		}
		if err != nil {
			t.Fatal(err)
		}
		reports = append(reports, r)
	}
}

func exec(path string, args ...string) Call {
	c := New("execve", unix.SYS_EXECVE, String(path), Strings(append([]string{path}, args...)), Environment(nil))
	c.Exec = true
	return c.Or(unix.ENOENT, unix.EACCES)
}

func TestProgramRunsToItsExecve(t *testing.T) {
	dir := t.TempDir()
	list := []Call{
		New("chdir", unix.SYS_CHDIR, String(dir)),
		New("openat", unix.SYS_OPENAT, Named(^uintptr(99), "AT_FDCWD"), String("made"), Int(unix.O_WRONLY|unix.O_CREAT), Octal(0o600)).Labelled("file"),
		New("write", unix.SYS_WRITE, Result(1, "fd"), Bytes([]byte("hel"), `"hel"`), Int(3)),
		New("write", unix.SYS_WRITE, From("file"), Bytes([]byte("lo"), `"lo"`), Int(2)),
		New("unlinkat", unix.SYS_UNLINKAT, Named(^uintptr(99), "AT_FDCWD"), String("absent"), Int(0)).Or(unix.ENOENT),
		exec("/no/such/program"), exec("/bin/sh", "-c", "exit 7"),
	}
	for _, stepwise := range []bool{false, true} {
		reports, status := run(t, Options{Stepwise: stepwise}, list)
		if status.ExitStatus() != 7 {
			t.Errorf("stepwise %v: exit status %d, want 7; reports %v", stepwise, status.ExitStatus(), reports)
		}
		if made, err := os.ReadFile(filepath.Join(dir, "made")); err != nil || string(made) != "hello" {
			t.Errorf("stepwise %v: the file holds %q, %v", stepwise, made, err)
		}
		if stepwise && (len(reports) != 6 || reports[4].Errno != unix.ENOENT) {
			t.Errorf("stepwise reports %v, want six, the fifth ENOENT", reports)
		}
		if !stepwise && len(reports) != 0 {
			t.Errorf("reports %v, want none", reports)
		}
	}
}

func TestProgramStopsAtARefusal(t *testing.T) {
	reports, status := run(t, Options{}, []Call{
		New("chdir", unix.SYS_CHDIR, String("/no/such/folder")), exec("/bin/true"),
	})
	if want := []Report{{Index: 0, Errno: unix.ENOENT, Result: ^uintptr(0)}}; !slices.Equal(reports, want) || status.ExitStatus() != 125 {
		t.Errorf("reports %v, exit status %d; want %v and 125", reports, status.ExitStatus(), want)
	}
}

func TestProgramTellsTheWorstOfItsExecves(t *testing.T) {
	plain := filepath.Join(t.TempDir(), "plain")
	if err := os.WriteFile(plain, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		list []Call
		want syscall.Errno
	}{
		{[]Call{exec("/no/a"), exec("/no/b")}, unix.ENOENT},
		{[]Call{exec(plain), exec("/no/b")}, unix.EACCES},
	} {
		reports, _ := run(t, Options{}, c.list)
		if want := []Report{{Index: 2, Errno: c.want}}; !slices.Equal(reports, want) {
			t.Errorf("reports %v, want %v", reports, want)
		}
	}
}

func TestProgramForks(t *testing.T) {
	fork := New("clone", sysClone, Int(unix.SIGCHLD|unix.CLONE_PARENT), Null(), Null(), Null(), Null())
	fork.Forks = true
	reports, status := run(t, Options{}, []Call{fork, exec("/bin/sh", "-c", "exit 9")})
	if len(reports) != 1 || reports[0].Result == 0 || status.ExitStatus() != 125 {
		t.Fatalf("reports %v, status %v; want the number of the new process", reports, status)
	}
	var second syscall.WaitStatus
	if _, err := syscall.Wait4(int(reports[0].Result), &second, 0, nil); err != nil || second.ExitStatus() != 9 {
		t.Errorf("the forked process ended with %v, %v; want 9", second, err)
	}
}

func TestAbandonedProcessEnds(t *testing.T) {
	p, err := Compile([]Call{exec("/bin/sleep", "1000")})
	if err != nil {
		t.Fatal(err)
	}
	child, err := p.Start(Options{})
	if err != nil {
		t.Fatal(err)
	}
	child.Close()
	var status syscall.WaitStatus
	if _, err := syscall.Wait4(child.PID, &status, 0, nil); err != nil || status.ExitStatus() != 125 {
		t.Errorf("an abandoned process ended with %v, %v; want exit status 125", status, err)
	}
}

func TestProcessIsBornInItsCgroup(t *testing.T) {
	var top string
	mounts, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(string(mounts), "\n") {
		if f := strings.Fields(line); len(f) > 2 && f[2] == "cgroup2" {
			top = f[1]
		}
	}
	group := filepath.Join(top, "cloison-test-"+strconv.Itoa(os.Getpid()))
	if top == "" || os.Mkdir(group, 0o755) != nil {
		t.Skip("no cgroup of version 2 can be made here")
	}
	t.Cleanup(func() { _ = os.Remove(group) })
	fd, err := unix.Open(group, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	_, status := run(t, Options{Cgroup: fd}, []Call{exec("/bin/grep", "-q", filepath.Base(group), "/proc/self/cgroup")})
	if status.ExitStatus() != 0 {
		t.Errorf("grep ended with %v: the process is not in its cgroup", status)
	}
}
