//go:build linux

package why

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"cloison/sandbox"
)

// inWorld is a refusal in the context of a process that is made for it: by a
// command that ends in sleep, or by a container.
type inWorld struct {
	name  string
	world string // for bash
	in    []func(*sandbox.Spec)
	sh    string
	want  []string
	part  string
	once  bool
}

func worlds(dir string) []inWorld {
	const sleep = " sleep 600"
	readOnlyDir := fmt.Sprintf("exec unshare --mount bash -c 'mount --bind %[1]s %[1]s && mount -o remount,bind,ro %[1]s && exec sleep 600'", dir)
	readOnlySys := "exec unshare --mount bash -c 'mount --bind /proc/sys /proc/sys && mount -o remount,bind,ro /proc/sys && exec sleep 600'"
	const keepPanic = "v=$(cat /proc/sys/kernel/panic) && echo $v > /proc/sys/kernel/panic"
	fresh := func(name string) string { return filepath.Join(dir, name) }
	return []inWorld{
		{"a name without CAP_SYS_ADMIN", "exec setpriv --bounding-set=-sys_admin" + sleep, nil, "hostname x", []string{"capabilities"}, "CAP_SYS_ADMIN", false},
		{"a name without root's powers", "exec setpriv --securebits=+noroot --inh-caps=-all" + sleep, nil, "hostname x", []string{"capabilities"}, "CAP_SYS_ADMIN", false},
		{"a name in a user namespace", "exec unshare --user --map-root-user" + sleep, nil, "hostname x", []string{"userns"}, "", false},
		{"a name in an unmapped one", "exec unshare --user" + sleep, nil, "hostname x", []string{"userns"}, "", false},
		{"a mount in a user namespace", "exec unshare --user --map-root-user" + sleep, nil, "mount -t tmpfs none /mnt", []string{"userns"}, "", false},
		{"a device in a user namespace", "exec unshare --user --map-root-user" + sleep, nil, "mknod " + fresh("device") + " c 1 3", []string{"userns"}, "", true},
		{"root's file for another", "exec setpriv --reuid 1000 --regid 1000 --clear-groups" + sleep, nil, "cat " + fresh("secret"), []string{"dac"}, "", false},
		{"a folder that is made once", "exec setpriv --reuid 1000 --regid 1000 --clear-groups" + sleep, nil, "mkdir " + fresh("folder"), []string{"dac"}, "", true},
		{"a set-user-ID program", "exec setpriv --reuid 1000 --regid 1000 --clear-groups --no-new-privs" + sleep, nil, fresh("reader") + " " + fresh("secret"), []string{"dac", "nnp"}, "", false},
		{"too many open files", "exec prlimit --nofile=4:4" + sleep, nil, "exec 3</ 4</ 5</ 6</", []string{"cgroup"}, "", false},
		{"a read-only mount", readOnlyDir, nil, "touch " + fresh("new"), []string{"readonly"}, "", false},
		{"a knob that is protected", readOnlySys, nil, keepPanic, []string{"masked"}, "", false},
		{"a mode: permissions and read-only", strings.Replace(readOnlyDir, "exec sleep", "exec setpriv --reuid 1000 --regid 1000 --clear-groups sleep", 1), nil, "touch " + fresh("other"), []string{"dac+readonly"}, "", true},
		{"a read-only mount, again", readOnlyDir, nil, "touch " + fresh("secret"), []string{"readonly"}, "", false},

		{"within setpriv", "exec" + sleep, nil, "setpriv --bounding-set=-sys_admin hostname x", []string{"capabilities"}, "CAP_SYS_ADMIN", false},
		{"within unshare", "exec" + sleep, nil, "unshare --user --map-root-user sh -c 'mount -t tmpfs none /mnt'", []string{"userns"}, "", false},
		{"a locked mount within unshare", "exec unshare --mount bash -c 'mount --bind /dev/null " + fresh("secret") + " && exec sleep 600'", nil, "unshare --user --map-root-user --mount sh -c 'umount " + fresh("secret") + "'", []string{"userns"}, "", false},
		{"within a replaced shell", "exec" + sleep, nil, "bash -c 'ulimit -n 4; exec sh -c \"exec 3</ 4</ 5</ 6</\"'", []string{"cgroup"}, "", false},

		{"a namespace in a container", "", on(), "unshare -U true", []string{"seccomp"}, "unshare", false},
		{"a mount in a container", "", on(), "mount -t tmpfs none /mnt", []string{"capabilities+seccomp"}, "CAP_SYS_ADMIN", false},
		{"a name in a container", "", on(drop("CHOWN")), "chown 1 /tmp", []string{"capabilities"}, "CAP_CHOWN", false},
		{"a file in a read-only container", "", on(readOnly), "touch /f", []string{"readonly"}, "", false},
		{"a knob in a container", "", on(), keepPanic, []string{"masked"}, "", false},
		{"a knob in a remapped container", "", on(remapped), keepPanic, []string{"masked+userns"}, "", false},
		{"another's file in a container", "", on(ordinary), "echo >> /etc/passwd", []string{"dac"}, "CAP_DAC_OVERRIDE", false},
		{"too many processes in a container", "", on(pids(4)), "sh -c 'sleep 1 & sleep 1 & sleep 1 & sleep 1 & wait'", []string{"cgroup"}, "", false},
	}
}

// TestProcesses asks why of each, and wants the world as it was.
func TestProcesses(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root: most of these worlds can't be made otherwise")
	}
	dir := prepared(t)
	name, _ := os.Hostname()
	for _, w := range worlds(dir) {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			w.judge(t)
		})
	}
	t.Cleanup(func() {
		if now, _ := os.Hostname(); now != name {
			t.Errorf("the computer is now called %s, it was %s", now, name)
		}
	})
}

// judge asks in the world.
func (w inWorld) judge(t *testing.T) {
	t.Helper()
	pid := w.start(t)
	p, err := NewProcess(t.Context(), pid, []string{"sh", "-c", w.sh}, nil, os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	a, err := Ask(t.Context(), p)
	if err != nil {
		t.Fatalf("%v (%+v)", err, a)
	}
	if got := sets(a.Ways); !slices.Equal(got, w.want) {
		t.Errorf("refused by %v, want %v: %+v", got, w.want, a)
		return
	}
	if w.once != (len(a.Notes) > 0 && a.Notes[len(a.Notes)-1] == onlyOnce) {
		t.Errorf("once: want %v, notes %+v", w.once, a.Notes)
	}
	if w.part != "" && !slices.ContainsFunc(a.Ways[0], func(f Refusal) bool { return slices.Contains(f.Narrowest, w.part) }) {
		t.Errorf("the narrowest is not %s: %+v", w.part, a.Ways)
	}
}

// start makes the world, and gives the process in it.
func (w inWorld) start(t *testing.T) int {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "bash", "-c", w.world)
	if w.world == "" {
		spec := sandbox.Spec{Args: []string{"sleep", "600"}}
		for _, change := range append([]func(*sandbox.Spec){func(s *sandbox.Spec) { s.Namespaces = open(0).Namespaces }}, w.in...) {
			change(&spec)
		}
		text, err := json.Marshal(trial{Spec: &spec})
		if err != nil {
			t.Fatal(err)
		}
		file, err := memory(text)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = file.Close() }()
		cmd = exec.CommandContext(t.Context(), os.Args[0], TrialVerb)
		cmd.ExtraFiles = []*os.File{file}
	}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if pid, ok := sleeper(cmd.Process.Pid); ok {
			return pid
		}
	}
	t.Fatalf("nothing sleeps in the world: %s", out.String())
	return 0
}

// sleeper is pid or a child of it, once that runs sleep.
func sleeper(pid int) (int, bool) {
	pids := append([]int{pid}, below(pid)...)
	for _, pid := range pids {
		text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		if bytes.HasPrefix(text, []byte("sleep\x0060")) {
			return pid, true
		}
	}
	return 0, false
}
