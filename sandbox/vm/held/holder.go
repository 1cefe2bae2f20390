package held

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"cloison/sandbox"
	"cloison/sandbox/vm"
)

// holder holds one guest at a time.
type holder struct {
	dir      string
	lock     *os.File
	listener net.Listener
	yard     *vm.Yard
	stop     context.CancelFunc
	starting context.Context    // of fresh guests
	giveUp   context.CancelFunc // on one that is on its way
	stage    stageTeller

	turn sync.Mutex // to put another guest in place, or to need the one that is there

	mu     sync.Mutex
	guest  *vm.Guest // nil until the first one is there
	since  time.Time
	making *Making // what turn is held for
}

// Errors of who waits for a guest that does not come.
var (
	errNotStarted = sandbox.Errorf("the VM could not be started", "la VM n’a pas pu être lancée")
	errStopped    = sandbox.Errorf("the VM was stopped before it was there", "la VM a été arrêtée avant d’être là")
)

// ErrHeld says that there is a holder already.
var ErrHeld error = held{}

type held struct{}

func (h held) Error() string { return h.Lack().Why.EN }

// Lack says it to the learner.
func (held) Lack() sandbox.Lack {
	return sandbox.Lack{
		Why:    sandbox.Text{EN: "A VM is running already.", FR: "Une VM tourne déjà."},
		Remedy: sandbox.Text{EN: "Use it (cloison vm shell), or end it first: cloison vm stop", FR: "Utilisez-la (cloison vm shell), ou arrêtez-la d’abord\u00a0: cloison vm stop"},
	}
}

// Hold is the life of a holder: it starts a guest, tells how it goes on tell,
// and serves until it is asked to stop or ctx ends. It leaves nothing behind.
func Hold(ctx context.Context, dir string, o vm.Options, v vm.Variant, tell io.WriteCloser) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	h := &holder{dir: dir, stop: stop}
	h.starting, h.giveUp = context.WithCancel(ctx)
	h.stage.to(tell)
	o.Told = h.stage.told
	defer h.clear()
	if err := h.begin(ctx); err != nil {
		_ = writeLine(tell, failed(err))
		return err
	}
	defer context.AfterFunc(ctx, func() { _ = h.listener.Close() })()
	return h.hold(ctx, tell, func() (g *vm.Guest, err error) {
		if h.yard, err = vm.NewYard(h.starting, o); err != nil {
			return nil, err
		}
		return h.yard.Start(h.starting, v)
	})
}

// begin takes the place.
func (h *holder) begin(ctx context.Context) (err error) {
	if h.lock, err = take(h.dir); err != nil {
		return err
	}
	h.listener, err = listen(ctx, h.dir)
	return err
}

// hold serves from the beginning, so that whoever asks how the VM is while it
// starts has an answer.
func (h *holder) hold(ctx context.Context, tell io.WriteCloser, start func() (*vm.Guest, error)) error {
	var serving sync.WaitGroup
	defer serving.Wait()
	h.turn.Lock()
	serving.Go(func() { h.serve(ctx) })
	err := h.put(false, start)
	h.turn.Unlock()
	h.stage.to(io.Discard)
	if err != nil {
		_ = writeLine(tell, failed(err))
		h.stop()
		return err
	}
	_ = writeLine(tell, line{Status: h.status()}) // who asked may be gone
	_ = tell.Close()
	return nil
}

// put makes a guest and puts it in place, while others can ask how far it is. The
// caller holds turn.
func (h *holder) put(again bool, start func() (*vm.Guest, error)) error {
	h.mu.Lock()
	h.making = &Making{Again: again, Since: time.Now()}
	h.mu.Unlock()
	g, err := start()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.making = nil
	if err == nil {
		h.guest, h.since = g, time.Now()
	} else if errors.Is(err, context.Canceled) {
		err = errStopped
	}
	return err
}

// clear ends the guest and removes the socket and the place, where they are
// ours.
func (h *holder) clear() {
	if h.guest != nil {
		_ = h.guest.Close()
	}
	if h.listener != nil {
		_ = h.listener.Close()
	}
	if h.lock != nil {
		_ = os.Remove(filepath.Join(h.dir, socketName))
		_ = os.Remove(filepath.Join(h.dir, lockName))
		_ = os.Remove(h.dir)
		_ = h.lock.Close()
	}
}

// listen makes the socket, over one that a killed holder has left.
func listen(ctx context.Context, dir string) (net.Listener, error) {
	path := filepath.Join(dir, socketName)
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("make the VM's socket: %w", err)
	}
	var c net.ListenConfig
	listener, err := c.Listen(ctx, "unix", path)
	if err != nil {
		return nil, fmt.Errorf("make the VM's socket: %w", err)
	}
	return listener, nil
}

func (h *holder) serve(ctx context.Context) {
	var all sync.WaitGroup
	defer all.Wait()
	for {
		conn, err := h.listener.Accept()
		if err != nil {
			return
		}
		all.Go(func() {
			defer func() { _ = conn.Close() }()
			stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Now().Add(stopLimit)) })
			defer stop()
			h.answer(ctx, conn)
		})
	}
}

const (
	askLimit  = 5 * time.Second // for who connects to say what is wanted
	stopLimit = time.Second     // for who is still connected when the holder stops
)

// answer serves one connection.
func (h *holder) answer(ctx context.Context, conn net.Conn) {
	var r request
	_ = conn.SetReadDeadline(time.Now().Add(askLimit))
	if err := readLine(conn, &r); err != nil {
		return
	}
	_ = conn.SetReadDeadline(time.Time{})
	if ctx.Err() != nil {
		return
	}
	switch r.Ask {
	case askStatus:
		_ = writeLine(conn, line{Status: h.status()})
	case askStop:
		h.giveUp()
		var err error
		if g := h.current(); g != nil {
			err = g.Close()
		}
		_ = writeLine(conn, h.done(err))
		h.stop()
	case askReset:
		_ = writeLine(conn, h.done(h.reset(h.starting, r.Variant, conn)))
	case askGuest:
		h.relay(ctx, conn)
	default:
		_ = writeLine(conn, failed(sandbox.Errorf("a newer cloison asks for %q; stop this VM and start it again",
			"un cloison plus récent demande %q ; arrêtez cette VM et relancez-la", r.Ask)))
	}
}

func (h *holder) done(err error) line {
	if err != nil {
		return failed(err)
	}
	return line{Status: h.status()}
}

// relay lends the guest to who has connected.
func (h *holder) relay(ctx context.Context, conn net.Conn) {
	g := h.current()
	if g == nil {
		_ = writeLine(conn, failed(errNotStarted))
		return
	}
	if err := g.Client.Err(); err != nil {
		_ = writeLine(conn, failed(err))
		return
	}
	if writeLine(conn, line{Status: h.status()}) == nil {
		_ = g.Client.Relay(ctx, conn)
	}
}

// reset puts a fresh guest in the place of the one that is there. That one goes
// first: where memory is short, there is no room for two.
func (h *holder) reset(ctx context.Context, v vm.Variant, tell io.Writer) error {
	h.turn.Lock()
	defer h.turn.Unlock()
	old := h.guest
	if old == nil {
		return errNotStarted
	}
	if v == "" {
		v = old.Variant()
	}
	h.stage.to(tell)
	defer h.stage.to(io.Discard)
	return h.put(true, func() (*vm.Guest, error) {
		if err := old.Close(); err != nil {
			return nil, err
		}
		return h.yard.Start(ctx, v)
	})
}

// current is the guest that is there, once it is; nil where none could be started.
func (h *holder) current() *vm.Guest {
	h.turn.Lock()
	defer h.turn.Unlock()
	return h.guest
}

// stageTeller writes stages to whoever is waiting now.
type stageTeller struct {
	mu   sync.Mutex
	w    io.Writer
	last sandbox.Stage
}

func (t *stageTeller) to(w io.Writer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.w = w
}

func (t *stageTeller) told(s sandbox.Stage) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last = s
	_ = writeLine(t.w, line{Stage: &s})
}

func (t *stageTeller) now() sandbox.Stage {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.last
}
