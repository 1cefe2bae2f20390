package tui

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"cloison/lessons/play"
	"cloison/sandbox"
)

// held remembers what has been opened and must be closed, whoever ends the
// program and however: it outlives every Model.
type held struct {
	turn sync.Mutex     // one lab opens or closes at a time
	busy sync.WaitGroup // Cmds that open something

	mu      sync.Mutex
	closed  bool
	machine sandbox.Machine
	players map[*play.Player]struct{}
}

func newHeld() *held { return &held{players: map[*play.Player]struct{}{}} }

var errClosed = errors.New("the program is ending")

// begin announces something that will be opened; the caller calls the
// function it gets when that is done. After close it refuses.
func (h *held) begin() (done func(), err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, errClosed
	}
	h.busy.Add(1)
	return h.busy.Done, nil
}

// open opens the machine.
func (h *held) open(ctx context.Context, open func(context.Context) (sandbox.Machine, error)) (sandbox.Machine, error) {
	done, err := h.begin()
	if err != nil {
		return nil, err
	}
	defer done()
	machine, err := open(ctx)
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.machine = machine
	return machine, nil
}

// start starts a player, unless ctx ends before that.
func (h *held) start(ctx context.Context, p *play.Player) error {
	done, err := h.begin()
	if err != nil {
		return err
	}
	defer done()
	h.turn.Lock()
	defer h.turn.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	h.mu.Lock()
	h.players[p] = struct{}{}
	h.mu.Unlock()
	return p.Start(ctx)
}

// stop closes a player's lab.
func (h *held) stop(ctx context.Context, p *play.Player) error {
	h.turn.Lock()
	defer h.turn.Unlock()
	h.mu.Lock()
	_, known := h.players[p]
	delete(h.players, p)
	h.mu.Unlock()
	if !known {
		return nil
	}
	return p.Close(ctx)
}

// close closes everything, and gives up after limit.
func (h *held) close(limit time.Duration) error {
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- h.closeAll(ctx) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
		return fmt.Errorf("close the machine: not done after %s", limit)
	}
}

func (h *held) closeAll(ctx context.Context) error {
	h.busy.Wait()
	var all []error
	for _, p := range h.remaining() {
		all = append(all, h.stop(ctx, p))
	}
	if h.machine != nil {
		all = append(all, h.machine.Close())
	}
	return errors.Join(all...)
}

// remaining lists the players that have not been closed.
func (h *held) remaining() []*play.Player {
	h.mu.Lock()
	defer h.mu.Unlock()
	var open []*play.Player
	for p := range h.players {
		open = append(open, p)
	}
	return open
}
