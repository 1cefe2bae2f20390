package local

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"cloison/sandbox"
)

func TestContainersAreKnownByTheirShims(t *testing.T) {
	p := processes{
		1:  {Command: "systemd", Start: 1},
		5:  {Command: "containerd-shim", PPID: 1, Start: 10},
		6:  {Command: "sh", PPID: 5, Start: 11, Front: 6}, // of another, earlier
		7:  {Command: "docker", PPID: 2, Start: 20},
		8:  {Command: "containerd-shim", PPID: 1, Start: 21},
		9:  {Command: "bash", PPID: 8, Start: 22, Front: 12},
		10: {Command: "docker", PPID: 2, Start: 30}, // docker exec
		11: {Command: "sh", PPID: 8, Start: 31, Front: -1},
		12: {Command: "sleep", PPID: 9, Start: 25, Front: 12},
		13: {Command: "docker", PPID: 2, Start: 40}, // has nothing yet
		14: {Command: "conmon", PPID: 1, Start: 50},
		15: {Command: "top", PPID: 14, Start: 51, Front: 99}, // whose front cannot be seen
	}
	if got := p.containers(usualShims, 15); !slices.Equal(got, []int{9, 11, 15}) {
		t.Errorf("containers since 15: %v", got)
	}
	for client, want := range map[int]int{7: 12, 10: 11, 13: 15} {
		if got := p.behind(usualShims, client); got != want {
			t.Errorf("behind %d: %d, want %d", client, got, want)
		}
	}
	delete(p, 15)
	if got := p.behind(usualShims, 13); got != 13 {
		t.Errorf("while there is no container, %d is in front, not the client", got)
	}
}

// A daemon's container, in all that we go by: a process below a program with
// the name of a shim, which is not the lab's, and a client in the terminal. The
// shim has a name of its own here: somebody else on this computer may start
// containers meanwhile.
func TestWatchSeesWhatADaemonStarts(t *testing.T) {
	m := newMachine(t)
	m.shims = shims{fmt.Sprintf("shim-%d", os.Getpid())}
	lab := openLab(t, m, sandbox.LabOptions{Shared: true})
	w := &watching{t: t, lab: lab, shell: openShell(t, lab)}
	var err error
	if w.seen, err = lab.Watch(t.Context(), w.shell.PID(), nil); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	shim, client := filepath.Join(dir, m.shims[0]), filepath.Join(dir, "docker")
	for name, from := range map[string]string{shim: "sh", client: "sleep"} {
		program, err := exec.LookPath(from)
		if err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command("cp", program, name).CombinedOutput(); err != nil {
			t.Fatalf("cp: %v %s", err, out)
		}
	}
	if _, err := w.shell.Write([]byte(client + " 1000\n")); err != nil {
		t.Fatal(err)
	}
	w.until("the client is in front", func(x sandbox.Xray) bool { return x.Facts.Command == "docker" })
	daemon := exec.Command(shim, "-c", "sleep 1000 & echo; wait")
	startDaemon(t, daemon)
	x := w.until("the container is", func(x sandbox.Xray) bool { return x.Facts.Command == "sleep" })
	if got := commands(x); got != "bash\n docker\nsleep" {
		t.Errorf("processes:\n%s\nwant the container beside the shell", got)
	}
}

// startDaemon starts it and ends it, with its child, when the test is over.
func startDaemon(t *testing.T, daemon *exec.Cmd) {
	t.Helper()
	daemon.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := daemon.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-daemon.Process.Pid, syscall.SIGKILL)
		_ = daemon.Wait()
	})
}
