package vm

import (
	"context"
	"errors"
	"sync"
	"time"
)

// spare is a guest that was started before anybody asks for it, and then made
// to stand still: it uses no processor time, and what it has not touched no
// memory.
type spare struct {
	variant Variant
	cancel  context.CancelFunc
	done    chan struct{}

	guest *Guest // once done is closed; nil where there is none
}

// spareAfter is how long the lesson that has just begun has the computer for
// itself.
const spareAfter = 3 * time.Second

// roomToSpare is how much memory has to be free for a guest that may never be
// used.
const roomToSpare = 1 << 30

// prepare starts a spare guest in a while.
func prepare(y *Yard, v Variant) *spare {
	ctx, cancel := context.WithCancel(context.Background())
	s := &spare{variant: v, cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(s.done)
		select {
		case <-time.After(spareAfter):
			s.guest = rested(ctx, y, v)
		case <-ctx.Done():
		}
	}()
	return s
}

// rested is a guest that stands still, nil where that can't be had: whoever
// wants one starts it then, and learns why.
func rested(ctx context.Context, y *Yard, v Variant) *Guest {
	if enoughMemory(roomToSpare) != nil {
		return nil
	}
	g, err := y.Start(ctx, v)
	if err != nil {
		return nil
	}
	if err := g.process.Monitor().Stop(ctx); err != nil {
		_ = g.Close()
		return nil
	}
	return g
}

// take gives the guest, running and on time, or nil. The spare is used up.
func (s *spare) take(ctx context.Context, v Variant) (*Guest, error) {
	if s == nil {
		return nil, nil
	}
	select {
	case <-s.done:
	default: // it has hardly begun: starting one is as quick
		return nil, s.drop()
	}
	if s.guest == nil || s.variant != v {
		return nil, s.drop()
	}
	defer s.cancel()
	ctx, cancel := context.WithTimeout(ctx, s.guest.basis.host.within(startLimit))
	defer cancel()
	err := s.guest.process.Monitor().Continue(ctx)
	if err == nil {
		err = s.guest.Client.SetClock(ctx)
	}
	if err != nil { // it was lost meanwhile
		return nil, s.drop()
	}
	return s.guest, nil
}

// drop ends what there is.
func (s *spare) drop() error {
	if s == nil {
		return nil
	}
	s.cancel()
	<-s.done
	if s.guest == nil {
		return nil
	}
	return s.guest.Close()
}

// spares are those of a machine: one at most.
type spares struct {
	mu     sync.Mutex
	next   *spare
	closed bool
}

// swap puts a spare in the place of the one that was there.
func (s *spares) swap(next *spare) (before *spare) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before, s.next = s.next, next
	return before
}

// renew has a spare made ready.
func (s *spares) renew(y *Yard, v Variant) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	before := s.next
	s.next = prepare(y, v)
	return before.drop()
}

// close drops the spare, for good.
func (s *spares) close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	return s.swap(nil).drop()
}

// fresh gives a guest that nobody has used.
func (m *Machine) fresh(ctx context.Context, v Variant) (*Guest, error) {
	g, err := m.spares.swap(nil).take(ctx, v)
	if err != nil {
		return nil, err
	}
	if g == nil {
		g, err = m.yard.Start(ctx, v)
	}
	if err != nil {
		return nil, err
	}
	if m.yard.o.Spare {
		if err := m.spares.renew(m.yard, v); err != nil {
			return nil, errors.Join(err, g.Close())
		}
	}
	return g, nil
}
