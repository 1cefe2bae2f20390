package link

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/sys/unix"

	"cloison/sandbox/shell"
)

// verbSession is SSH's own: a program with or without a terminal (RFC 4254,
// section 6).
const verbSession = "session"

// program is what a session runs.
type program struct {
	c      *connection
	ch     ssh.Channel
	env    []string
	master *os.File // of its terminal; nil for none
	slave  *os.File
	cmd    *exec.Cmd       // nil until it is started
	shown  <-chan struct{} // closed when its terminal has shown everything
	ended  chan struct{}   // closed when its exit status has been sent
}

// The payloads of a session's requests.
type (
	envPayload struct{ Name, Value string }
	ptyPayload struct {
		Term                      string
		Cols, Rows, Width, Height uint32
		Modes                     string
	}
	sizePayload   struct{ Cols, Rows, Width, Height uint32 }
	takenPayload  struct{ Bytes uint64 }
	execPayload   struct{ Line string }
	signalPayload struct{ Signal string }
)

// serveSession carries requests out until the channel is closed, by the host or
// because the program has ended.
func (c *connection) serveSession(ch ssh.Channel, requests <-chan *ssh.Request) {
	p := &program{c: c, ch: ch, ended: make(chan struct{})}
	for r := range requests {
		running := p.cmd != nil
		ok := p.obey(r) == nil
		if r.WantReply {
			_ = r.Reply(ok, nil)
		}
		if p.cmd != nil && !running {
			go p.finish() // not before the reply: it closes the channel
		}
	}
	p.hangUp()
}

func (p *program) obey(r *ssh.Request) error {
	switch r.Type {
	case "env":
		var e envPayload
		err := ssh.Unmarshal(r.Payload, &e)
		p.env = append(p.env, e.Name+"="+e.Value)
		return err
	case "pty-req":
		return p.openTerminal(r.Payload)
	case requestResize:
		var s sizePayload
		if err := ssh.Unmarshal(r.Payload, &s); err != nil {
			return err
		}
		return p.resize(s.Cols, s.Rows)
	case "shell":
		return p.start("")
	case "exec":
		var e execPayload
		if err := ssh.Unmarshal(r.Payload, &e); err != nil {
			return err
		}
		return p.start(e.Line)
	case "signal":
		var s signalPayload
		if err := ssh.Unmarshal(r.Payload, &s); err != nil {
			return err
		}
		return p.signal(unix.SignalNum("SIG" + s.Signal))
	}
	return errors.New("unknown request")
}

func (p *program) openTerminal(payload []byte) error {
	var t ptyPayload
	if err := ssh.Unmarshal(payload, &t); err != nil {
		return err
	}
	if p.master != nil {
		return errors.New("there is a terminal already")
	}
	fd, slave, err := shell.Terminal(int(t.Cols), int(t.Rows))
	if err != nil {
		return err
	}
	p.slave = slave
	p.env = append(p.env, "TERM="+t.Term)
	p.master, err = shell.Master(fd)
	return err
}

func (p *program) resize(cols, rows uint32) error {
	if p.master == nil {
		return errors.New("there is no terminal")
	}
	return shell.Resize(p.master, int(cols), int(rows))
}

// start starts the program as the leader of a session and process group.
func (p *program) start(line string) error {
	if p.cmd != nil {
		return errors.New("a program runs already")
	}
	cmd := p.c.backend.Command(line)
	cmd.Env = append(cmd.Env, p.env...)
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setsid = true
	cmd.SysProcAttr.Setctty = p.slave != nil
	shown, err := p.connect(cmd)
	if err == nil {
		err = cmd.Start()
	}
	if p.slave != nil {
		_ = p.slave.Close()
	}
	if err != nil {
		_, _ = io.WriteString(p.ch.Stderr(), "cloison: "+err.Error()+"\n")
		return err
	}
	p.cmd, p.shown = cmd, shown
	return nil
}

// connect joins the program's streams to the channel. shown is closed when all
// of a terminal's output has been sent.
func (p *program) connect(cmd *exec.Cmd) (shown <-chan struct{}, err error) {
	done := make(chan struct{})
	if p.slave == nil {
		close(done)
		cmd.WaitDelay = afterEnd
		cmd.Stdout, cmd.Stderr = p.ch, p.ch.Stderr()
		in, err := cmd.StdinPipe()
		if err != nil {
			return done, err
		}
		go func() {
			_, _ = io.Copy(in, p.ch)
			_ = in.Close()
		}()
		return done, nil
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = p.slave, p.slave, p.slave
	go func() {
		defer close(done)
		_, _ = io.Copy(p.ch, p.master) // ends with EIO (pty(7))
	}()
	go func() { _, _ = io.Copy(p.master, p.ch) }()
	return done, nil
}

// afterEnd is how long output of a program that has ended is still waited for:
// another one, in the background, may hold its streams.
const afterEnd = 500 * time.Millisecond

// finish sends what is left of the output, then the exit status.
func (p *program) finish() {
	defer close(p.ended)
	err := p.cmd.Wait()
	timer := time.NewTimer(afterEnd)
	defer timer.Stop()
	select {
	case <-p.shown:
	case <-timer.C:
	}
	if p.master != nil {
		_ = p.master.Close()
	}
	name, payload := exitRequest(p.cmd.ProcessState, err)
	_, _ = p.ch.SendRequest(name, false, payload)
	_ = p.ch.Close()
}

// exitRequest says how a program ended, in SSH's words: they have names for
// POSIX's own signals only, and the others become the shell's 128+n.
func exitRequest(state *os.ProcessState, err error) (name string, payload []byte) {
	status := struct{ Status uint32 }{255}
	if state == nil {
		return "exit-status", ssh.Marshal(status)
	}
	how, ok := state.Sys().(syscall.WaitStatus)
	switch {
	case ok && how.Signaled() && sshSignal(how.Signal()) != "":
		return "exit-signal", ssh.Marshal(struct {
			Signal  string
			Core    bool
			Message string
			Lang    string
		}{sshSignal(how.Signal()), how.CoreDump(), "", ""})
	case ok && how.Signaled():
		status.Status = uint32(128 + int(how.Signal()))
	case ok:
		status.Status = uint32(how.ExitStatus())
	case err == nil:
		status.Status = 0
	}
	return "exit-status", ssh.Marshal(status)
}

// sshSignal is a signal's name in RFC 4254, section 6.10; "" if it has none.
func sshSignal(s syscall.Signal) string {
	switch s {
	case unix.SIGABRT, unix.SIGALRM, unix.SIGFPE, unix.SIGHUP, unix.SIGILL, unix.SIGINT, unix.SIGKILL,
		unix.SIGPIPE, unix.SIGQUIT, unix.SIGSEGV, unix.SIGTERM, unix.SIGUSR1, unix.SIGUSR2:
		return strings.TrimPrefix(unix.SignalName(s), "SIG")
	}
	return ""
}

func (p *program) signal(s syscall.Signal) error {
	if p.cmd == nil || s == 0 {
		return errors.New("no such signal, or no program")
	}
	return unix.Kill(-p.cmd.Process.Pid, s)
}

// hangUp ends what the host has left: a polite signal, then the other.
func (p *program) hangUp() {
	if p.cmd == nil {
		if p.master != nil {
			_ = p.slave.Close()
			_ = p.master.Close()
		}
		return
	}
	if p.gone(context.Background(), 0) {
		return
	}
	_ = p.signal(unix.SIGHUP)
	if !p.gone(p.c.ctx, afterEnd) {
		_ = p.signal(unix.SIGKILL)
	}
	<-p.ended
}

// gone waits for the program's end, for limit or until ctx ends.
func (p *program) gone(ctx context.Context, limit time.Duration) bool {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-p.ended:
		return true
	case <-timer.C:
	case <-ctx.Done():
	}
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}
