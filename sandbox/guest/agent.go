package guest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
	"cloison/sandbox/link"
	"cloison/sandbox/local"
)

// beAgent serves the host; it returns only with an error.
func beAgent() error {
	file, err := openPort(link.PortName)
	if err != nil {
		return fmt.Errorf("open the port: %w", err)
	}
	sessions, err := openGroup(sessionGroup)
	if err != nil {
		return err
	}
	a := &agent{release: kernelRelease(), version: version(), sessions: sessions}
	return fmt.Errorf("serve the host: %w", link.Serve(port{file, time.Sleep}, a))
}

// agent is the guest as the wire sees it; it implements [link.Backend].
type agent struct {
	release  string
	version  string
	sessions *os.File // cgroup

	mu       sync.Mutex
	machine  sandbox.Machine // nil until it is needed
	prepared bool
}

var _ link.Backend = (*agent)(nil)

func kernelRelease() string {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return ""
	}
	return unix.ByteSliceToString(u.Release[:])
}

// version is that of the program, as the host's is: they are the same file.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	return info.Main.Version
}

// Guest says who answers.
func (a *agent) Guest() link.Guest { return link.Guest{Version: a.version, Kernel: a.release} }

// Wake makes this guest one of its own.
func (a *agent) Wake(h link.Hello) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.prepared {
		time.AfterFunc(rewarmPause, rewarm)
	}
	return wake(h)
}

// SetClock sets the clock.
func (a *agent) SetClock(t time.Time) error { return setClock(t) }

// surveyLimit is long: what is not found in time is taken for missing as long as the
// saved guest lives, and the host knows how slow all of this may be.
const surveyLimit = time.Minute

// Machine is this computer, which is surveyed when that is first asked for:
// after Docker was started, where it is.
func (a *agent) Machine(context.Context) (sandbox.Machine, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.machine == nil {
		m, err := local.New(local.Options{Cgroup: filepath.Join(cgroupRoot, labsGroup), Patience: surveyLimit})
		if err != nil {
			return nil, err
		}
		a.machine = m
	}
	return a.machine, nil
}

// Prepare starts Docker where the image has it, and runs everything once.
func (a *agent) Prepare(ctx context.Context, tell func(link.Stage)) error {
	if err := prepare(ctx, tell, a.Machine); err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.prepared = true
	return nil
}

// Rest leaves little to be saved.
func (a *agent) Rest(context.Context) error {
	unix.Sync()
	debug.FreeOSMemory()
	return nil
}

// Command is a program outside of every lab, in the sessions' cgroup.
func (a *agent) Command(line string) *exec.Cmd {
	if line == "" {
		line = "exec bash -l"
	}
	cmd := exec.Command("/bin/sh", "-c", scored(0, line))
	cmd.Dir = "/root"
	cmd.Env = slices.Clone(environment)
	cmd.SysProcAttr = &syscall.SysProcAttr{UseCgroupFD: true, CgroupFD: int(a.sessions.Fd())}
	return cmd
}

// PowerOff ends the guest, in a moment: the answer has to get out.
func (a *agent) PowerOff() error {
	time.AfterFunc(offPause, func() {
		unix.Sync()
		_ = unix.Reboot(unix.LINUX_REBOOT_CMD_POWER_OFF)
	})
	return nil
}

const offPause = 20 * time.Millisecond
