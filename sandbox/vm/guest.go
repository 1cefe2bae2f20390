package vm

import (
	"context"
	"errors"
	"sync"
	"time"

	"cloison/sandbox/link"
	"cloison/sandbox/process"
	"cloison/sandbox/vm/qemu"
)

// Guest is one VM that runs. Whoever starts it closes it.
type Guest struct {
	Client  *link.Client
	basis   basis
	process *qemu.Process
	silence time.Duration // see link.Options
	closing sync.Once
	closed  error
}

// greet says hello to a guest that boots or was restored, and waits for the
// answer until ctx ends.
func (g *Guest) greet(ctx context.Context) (err error) {
	g.Client, err = link.Dial(ctx, g.process.Port(0), link.Options{Silence: g.silence, Doubt: g.doubt, Explain: g.explain})
	return err
}

// explainLimit is how long a connection that ended may be earlier than QEMU.
const explainLimit = time.Second

// explain says why the guest is gone.
func (g *Guest) explain(error) error {
	select {
	case <-g.process.Ended():
		return &Gone{End: g.process.End()}
	case <-time.After(explainLimit):
		return &Gone{Silent: true}
	}
}

// doubtLimit is how long QEMU's monitor may take to answer.
const doubtLimit = 3 * time.Second

// doubt says whether a silent guest is worth waiting for: a QEMU that somebody
// has stopped will go on, and one that does not answer may be starved by this
// computer for a while; whoever waits can always give up.
func (g *Guest) doubt(ctx context.Context) error {
	if stopped(g.process.PID()) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, doubtLimit)
	defer cancel()
	running, err := g.process.Monitor().Running(ctx)
	switch {
	case stopped(g.process.PID()): // meanwhile
		return nil
	case err == nil && !running:
		return nil
	}
	return &Gone{Silent: true}
}

// stopped says whether a process was stopped by a signal.
func stopped(pid int) bool {
	s, err := process.Read(pid)
	return err == nil && s.Stopped()
}

// PID is QEMU's process.
func (g *Guest) PID() int { return g.process.PID() }

// Variant is the guest's kind.
func (g *Guest) Variant() Variant { return g.basis.variant }

// Console is the end of what the guest printed on its serial console.
func (g *Guest) Console() string { return g.process.Console().Text() }

// String tells what the guest is made of.
func (g *Guest) String() string { return g.basis.String() }

// Close ends the guest at once; nothing of it is left. Called again, it gives
// the same answer.
func (g *Guest) Close() error {
	g.closing.Do(func() {
		var said error
		if g.Client != nil {
			said = g.Client.Close()
		}
		if errors.Is(said, link.ErrGone) {
			said = nil
		}
		g.closed = errors.Join(said, g.process.Kill())
	})
	return g.closed
}

// Stopped says whether the VM stands still because somebody stopped QEMU.
func (g *Guest) Stopped() bool { return stopped(g.process.PID()) }
