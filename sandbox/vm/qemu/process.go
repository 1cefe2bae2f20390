package qemu

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
)

// Process is a QEMU that was started. Whoever starts it calls Kill.
type Process struct {
	monitor *Monitor
	console *Console
	ports   []*net.UnixConn
	cmd     *exec.Cmd
	said    *tail // on its standard output and error
	ended   chan struct{}

	mu       sync.Mutex
	killed   bool   // by us
	shutdown string // the reason of the event SHUTDOWN
}

// startLimit bounds the time until QEMU's monitor answers, on a computer of today.
const startLimit = 20 * time.Second

// killLimit is how long the kernel may take to end a killed QEMU.
const killLimit = 10 * time.Second

// Start starts a QEMU that ends when this process ends, however it does.
func Start(ctx context.Context, c Config) (*Process, error) {
	p := &Process{said: newTail(4 << 10), ended: make(chan struct{})}
	theirs, monitor, err := p.connect(len(c.Ports))
	if err != nil {
		return nil, fmt.Errorf("start QEMU: %w", err)
	}
	p.cmd = &exec.Cmd{
		Path: c.Binary, Args: append([]string{Program}, c.Args()...),
		Env:    []string{"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8"},
		Stdout: p.said, Stderr: p.said, ExtraFiles: theirs, WaitDelay: time.Second,
		// A session of its own: Ctrl-C in our terminal is not for QEMU.
		SysProcAttr: &syscall.SysProcAttr{Setsid: true, Pdeathsig: unix.SIGKILL},
	}
	err = onThread(p.cmd.Start)
	for _, f := range theirs {
		_ = f.Close()
	}
	if err != nil {
		p.disconnect(monitor)
		return nil, fmt.Errorf("start QEMU: %w", err)
	}
	p.listen(monitor)
	ctx, cancel := context.WithTimeout(ctx, sandbox.AtPace(c.Pace, startLimit))
	defer cancel()
	if err := p.monitor.start(ctx); err != nil {
		return nil, errors.Join(p.refusal(err), p.Kill())
	}
	return p, nil
}

// connect makes the socket pairs: ports, console, monitor.
func (p *Process) connect(ports int) (theirs []*os.File, monitor *net.UnixConn, err error) {
	var ours []*net.UnixConn
	for range ports + 2 {
		our, their, err := pair()
		if err != nil {
			for _, c := range ours {
				_ = c.Close()
			}
			for _, f := range theirs {
				_ = f.Close()
			}
			return nil, nil, err
		}
		ours, theirs = append(ours, our), append(theirs, their)
	}
	p.ports = ours[:ports]
	p.console = newConsole(ours[ports])
	return theirs, ours[ports+1], nil
}

// pair makes one connection: our end, and the one that QEMU inherits.
func pair() (*net.UnixConn, *os.File, error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("make a socket pair: %w", err)
	}
	theirs, own := os.NewFile(uintptr(fds[1]), "qemu"), os.NewFile(uintptr(fds[0]), "cloison")
	defer func() { _ = own.Close() }()
	conn, err := net.FileConn(own)
	if err != nil {
		return nil, nil, errors.Join(err, theirs.Close())
	}
	ours, ok := conn.(*net.UnixConn)
	if !ok {
		return nil, nil, errors.Join(fmt.Errorf("a socket pair gives a %T", conn), theirs.Close())
	}
	return ours, theirs, nil
}

func (p *Process) disconnect(monitor *net.UnixConn) {
	for _, c := range append(p.ports, monitor) {
		_ = c.Close()
	}
	p.console.close()
}

// listen begins to read what QEMU and the guest say, and waits for its end.
func (p *Process) listen(monitor *net.UnixConn) {
	go p.console.listen()
	p.monitor = newMonitor(monitor)
	events := make(chan struct{})
	go func() {
		defer close(events)
		for e := range p.monitor.Events() {
			p.note(e)
		}
	}()
	go func() {
		_ = p.cmd.Wait()
		<-events // closed, since QEMU's end of the monitor is
		p.console.wait()
		close(p.ended)
	}()
}

// note keeps the reason of a shutdown.
func (p *Process) note(e Event) {
	if e.Name != "SHUTDOWN" {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.shutdown = shutdownReason(e.Data)
}

// refusal is what QEMU itself said, when it did not want to start.
func (p *Process) refusal(err error) error {
	select {
	case <-p.ended:
	case <-time.After(time.Second):
	}
	if said := strings.TrimSpace(p.said.String()); said != "" {
		return fmt.Errorf("start QEMU: it said: %s", said)
	}
	return fmt.Errorf("start QEMU: %w", err)
}

// Port is our end of the n-th port. It has one owner: who asks for it.
func (p *Process) Port(n int) net.Conn { return p.ports[n] }

// Monitor is the connection to QEMU's monitor.
func (p *Process) Monitor() *Monitor { return p.monitor }

// Console is what the guest has printed on its serial console.
func (p *Process) Console() *Console { return p.console }

// PID is QEMU's process.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Ended is closed when QEMU is gone and all that it said has been read.
func (p *Process) Ended() <-chan struct{} { return p.ended }

// Kill ends QEMU at once: nothing in it is worth saving. Called again, it does
// nothing.
func (p *Process) Kill() error {
	p.mu.Lock()
	p.killed = true
	p.mu.Unlock()
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("end QEMU: %w", err)
	}
	for _, c := range p.ports {
		_ = c.Close()
	}
	select {
	case <-p.ended:
		return nil
	case <-time.After(killLimit):
		return sandbox.Errorf("end QEMU: process %d does not end; is its disk gone? See: ps -o stat,wchan %[1]d",
			"arrêter QEMU : le processus %d ne s’arrête pas ; son disque a-t-il disparu ? Voyez : ps -o stat,wchan %[1]d", p.PID())
	}
}
