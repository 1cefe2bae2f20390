package local

import (
	"fmt"
	"os"
	"path"
	"runtime"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// starter starts processes in the lab's cgroups. All are children of one
// thread that lives as long as the keeper: a parent-death signal comes when
// the thread that forked ends (PR_SET_PDEATHSIG(2const)), and on cgroup v1,
// where a thread has a cgroup of its own, its children are born in it.
type starter struct {
	cgroups cgroups
	jobs    chan func()
	tid     int
}

func newStarter(c cgroups) (*starter, error) {
	s := &starter{cgroups: c, jobs: make(chan func())}
	joined := make(chan error)
	go func() {
		runtime.LockOSThread()
		s.tid = unix.Gettid()
		joined <- s.move(leaf)
		for job := range s.jobs {
			job()
		}
	}()
	return s, <-joined
}

// move puts the thread into a folder of each v1 cgroup, ".." for out of them.
func (s *starter) move(to string) error {
	if s.cgroups.Version != 1 {
		return nil
	}
	for _, dir := range s.cgroups.Dirs {
		tasks := path.Join(dir, to, "tasks")
		if err := os.WriteFile(tasks, []byte(strconv.Itoa(s.tid)), 0); err != nil {
			return fmt.Errorf("join a cgroup: %w", err)
		}
	}
	return nil
}

// leave frees the v1 cgroups of the keeper's thread.
func (s *starter) leave() { _ = s.move("..") }

// run starts a process with file as its standard output, and returns its PID.
func (s *starter) run(what start, file *os.File) (pid int, err error) {
	attr := &syscall.SysProcAttr{Setsid: true, Setctty: what.Terminal, Pdeathsig: unix.SIGKILL}
	if s.cgroups.Version == 2 {
		dir, err := os.Open(path.Join(s.cgroups.Dirs[0], leaf))
		if err != nil {
			return 0, fmt.Errorf("open the lab's cgroup: %w", err)
		}
		defer func() { _ = dir.Close() }()
		attr.UseCgroupFD, attr.CgroupFD = true, int(dir.Fd())
	}
	done := make(chan struct{})
	s.jobs <- func() {
		defer close(done)
		pid, err = fork(what, file, attr)
	}
	<-done
	return pid, err
}
