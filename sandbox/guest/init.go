package guest

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"cloison/sandbox/network"
)

// beInit sets the system up and keeps an agent alive; it returns only with an
// error.
func beInit() error {
	words, err := readCommandLine()
	if err != nil {
		return err
	}
	if !words.has(Word) {
		return fmt.Errorf("the kernel’s command line does not say %s", Word)
	}
	if err := setUp(words); err != nil {
		return err
	}
	group, err := makeCgroups()
	if err != nil {
		return err
	}
	defer func() { _ = group.Close() }()
	for {
		if err := keepAgent(group); err != nil {
			return err
		}
		fmt.Fprintln(os.Stderr, "cloison: the agent has ended; another one begins")
		time.Sleep(agentPause)
	}
}

// agentPause keeps an agent that ends at once from burning the processor.
const agentPause = 200 * time.Millisecond

// setUp makes of the bare root a system.
func setUp(words commandLine) error {
	unix.Umask(0o022)
	if err := mountAll(late); err != nil {
		return err
	}
	for name, target := range map[string]string{
		"fd": "/proc/self/fd", "stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2", "core": "/proc/kcore",
	} {
		if err := os.Symlink(target, "/dev/"+name); err != nil && !errors.Is(err, os.ErrExist) {
			return fmt.Errorf("fill /dev: %w", err)
		}
	}
	if err := makeNodes(); err != nil {
		return err
	}
	for _, s := range settings(words) {
		if err := os.WriteFile(s.file, []byte(s.value), 0); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("set up the kernel: %w", err)
		}
	}
	if err := nameHost(hostName()); err != nil {
		return err
	}
	if err := raiseLimits(); err != nil {
		return err
	}
	if err := network.LoopbackUp(); err != nil {
		return err
	}
	return loadSELinux(words)
}

// setting is a file of /proc or /sys and what is written to it.
type setting struct{ file, value string }

// settings of the kernel, and of this process and so of its children.
func settings(words commandLine) []setting {
	all := []setting{
		// A kernel that has lost its way ends, so that the host sees it.
		{"/proc/sys/kernel/panic_on_oops", "1"},
		// The out-of-memory killer looks elsewhere; whoever is started for a
		// learner gets a number of his own.
		{"/proc/self/oom_score_adj", strconv.Itoa(protected)},
	}
	if !words.has("cloison.debug") {
		// Every byte on an emulated console costs; the kernel's log has it all.
		all = append(all, setting{"/proc/sys/kernel/printk", "1"})
	}
	return all
}

// protected is never killed for want of memory (proc_pid_oom_score_adj(5)).
const protected = -1000

// hostName is the image's.
func hostName() string {
	text, err := os.ReadFile("/etc/hostname")
	if name := strings.TrimSpace(string(text)); err == nil && name != "" {
		return name
	}
	return "cloison"
}

func nameHost(name string) error {
	if err := unix.Sethostname([]byte(name)); err != nil {
		return fmt.Errorf("name the host %q: %w", name, err)
	}
	return nil
}

// raiseLimits lets daemons open many files; the soft limit stays as it is
// everywhere (getrlimit(2), select(2)).
func raiseLimits() error {
	limit := &unix.Rlimit{Cur: 1024, Max: 1 << 20}
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, limit); err != nil {
		return fmt.Errorf("raise the limit of open files: %w", err)
	}
	return nil
}

// keepAgent runs an agent to its end, and reaps whoever else ends meanwhile:
// orphans come to init.
func keepAgent(group *os.File) error {
	null, err := os.OpenFile(os.DevNull, os.O_RDONLY, 0)
	if err != nil {
		return err
	}
	defer func() { _ = null.Close() }()
	agent, err := syscall.ForkExec(self, []string{"cloison", Verb, partAgent}, &syscall.ProcAttr{
		Dir: "/", Env: environment, Files: []uintptr{null.Fd(), 1, 2},
		Sys: &syscall.SysProcAttr{Setsid: true, UseCgroupFD: true, CgroupFD: int(group.Fd())},
	})
	if err != nil {
		return fmt.Errorf("start the agent: %w", err)
	}
	for {
		pid, err := unix.Wait4(-1, nil, 0, nil)
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return fmt.Errorf("wait for the agent: %w", err)
		case pid == agent:
			return nil
		}
	}
}
