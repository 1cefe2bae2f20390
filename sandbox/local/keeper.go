package local

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// KeeperVerb is the first argument of the program that is a keeper: main has
// to call [Keep] and nothing else then.
const KeeperVerb = "keeper"

// wireFD is where the keeper inherits its end of the connection.
const wireFD = 3

// keeper holds a lab: it is the parent of everything in it.
type keeper struct {
	wire  wire
	lab   record
	state state
	home  string
	start *starter

	mu   sync.Mutex
	pids map[int]int // of the processes that cloison asked for, by request
}

// Keep is the life of a keeper: it serves cloison until the connection ends,
// and then ends the lab. It returns the process's exit status.
func Keep() int {
	w, err := newWire(wireFD)
	if err != nil {
		fmt.Fprintln(os.Stderr, "cloison keeper: it is started by cloison only:", err)
		return 2
	}
	k := &keeper{wire: w, pids: map[int]int{}}
	// A handler, not SIG_IGN, which shells would inherit.
	signal.Notify(make(chan os.Signal, 1), unix.SIGHUP, unix.SIGINT, unix.SIGQUIT, unix.SIGTERM)
	children := make(chan os.Signal, 1)
	signal.Notify(children, unix.SIGCHLD)
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		fmt.Fprintln(os.Stderr, "cloison keeper: become a subreaper:", err)
		return 1
	}
	go func() {
		for range children {
			k.reap()
		}
	}()
	k.serve()
	if err := k.end(); err != nil {
		return 1
	}
	return 0
}

// serve answers requests until cloison is gone.
func (k *keeper) serve() {
	for {
		var r request
		file, err := k.wire.receive(&r)
		if err != nil {
			return
		}
		switch {
		case r.Setup != nil:
			k.answer(r.ID, 0, k.setUp(*r.Setup, file))
		case r.Adopt != nil:
			k.answer(r.ID, 0, k.adopt(*r.Adopt, file))
		case r.Start != nil:
			k.serveStart(r, file)
		case r.Kill:
			k.kill(r.ID)
		}
		if file != nil {
			_ = file.Close()
		}
	}
}

func (k *keeper) answer(id, pid int, err error) {
	answer := reply{ID: id, PID: pid}
	if err != nil {
		answer.Error = err.Error()
	}
	_ = k.wire.send(answer, nil) // cloison may be gone; serve will see that
}

// serveStart answers before anybody can tell that the process has ended.
func (k *keeper) serveStart(r request, file *os.File) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.start == nil || file == nil {
		k.answer(r.ID, 0, fmt.Errorf("start %v: the lab is not set up", r.Start.Args))
		return
	}
	pid, err := k.start.run(*r.Start, file)
	if err == nil {
		k.pids[r.ID] = pid
	}
	k.answer(r.ID, pid, err)
}

// kill ends a process of ours, and those that share its process group.
func (k *keeper) kill(id int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if pid, ok := k.pids[id]; ok {
		_ = unix.Kill(-pid, unix.SIGHUP)
		_ = unix.Kill(-pid, unix.SIGKILL)
	}
}

// reap takes the exit statuses of all children that have ended, and tells
// cloison of its own. It says whether there are children left.
func (k *keeper) reap() (left bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for {
		var status unix.WaitStatus
		pid, err := unix.Wait4(-1, &status, unix.WNOHANG, nil)
		if err == unix.EINTR {
			continue
		}
		if err != nil || pid == 0 {
			return err == nil
		}
		for id, known := range k.pids {
			if known == pid {
				delete(k.pids, id)
				_ = k.wire.send(reply{ID: id, Ended: true, Exit: exitStatus(status)}, nil)
			}
		}
	}
}

// exitStatus is what a shell would show as $?.
func exitStatus(s unix.WaitStatus) int {
	if s.Signaled() {
		return 128 + int(s.Signal())
	}
	return s.ExitStatus()
}

// look finds a program as the keeper itself would, without the lesson's PATH.
func look(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("find %s: %w", name, err)
	}
	return path, nil
}

// fork is the one place that starts a process of the lab.
func fork(s start, file *os.File, attr *syscall.SysProcAttr) (int, error) {
	path, err := look(s.Args[0])
	if err != nil {
		return 0, err
	}
	fd := file.Fd()
	stdin := fd
	if !s.Terminal {
		null, err := os.Open(os.DevNull)
		if err != nil {
			return 0, err
		}
		defer func() { _ = null.Close() }()
		stdin = null.Fd()
	}
	pid, err := syscall.ForkExec(path, s.Args, &syscall.ProcAttr{
		Dir: s.Dir, Env: s.Env, Files: []uintptr{stdin, fd, fd}, Sys: attr,
	})
	if err != nil {
		return 0, fmt.Errorf("start %s: %w", path, err)
	}
	expose(pid)
	return pid, nil
}

// expose takes back what a lesson's process may have inherited: the VM's agent,
// and so its keepers, are protected from the out-of-memory killer, which has to
// have somebody to kill (proc_pid_oom_score_adj(5)).
func expose(pid int) {
	own, err := os.ReadFile("/proc/self/oom_score_adj")
	if err != nil || !strings.HasPrefix(string(own), "-") {
		return
	}
	_ = os.WriteFile(fmt.Sprintf("/proc/%d/oom_score_adj", pid), []byte("0"), 0) // fails where the process has ended
}
