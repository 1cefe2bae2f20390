package held

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"path/filepath"
	"syscall"
	"time"

	"cloison/sandbox"
	"cloison/sandbox/link"
	"cloison/sandbox/vm"
)

// ErrNone says that no VM is held.
var ErrNone = errors.New("no VM is running")

// connect reaches the holder, and asks.
func connect(ctx context.Context, dir string, r request) (net.Conn, error) {
	if err := ours(dir); errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNone
	} else if err != nil {
		return nil, err
	}
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", filepath.Join(dir, socketName))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		return nil, ErrNone
	}
	if err == nil {
		if err = writeLine(conn, r); err != nil {
			_ = conn.Close()
		}
	}
	if err != nil {
		return nil, sandbox.Errorf("ask the VM's holder: %w", "demander au processus qui tient la VM : %w", err)
	}
	return conn, nil
}

// ask asks and waits for the outcome.
func ask(ctx context.Context, dir string, r request, told func(sandbox.Stage)) (Status, error) {
	conn, err := connect(ctx, dir, r)
	if err != nil {
		return Status{}, err
	}
	defer func() { _ = conn.Close() }()
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Now()) })()
	s, err := outcome(conn, told)
	if err != nil && ctx.Err() != nil {
		return s, ctx.Err()
	}
	return s, err
}

func nobody(sandbox.Stage) {}

// statusLimit is how long a holder may take to say how its VM is.
const statusLimit = 5 * time.Second

// Ask says how the VM is that is held. Without a holder the error is [ErrNone].
func Ask(ctx context.Context, dir string) (Status, error) {
	ctx, cancel := context.WithTimeout(ctx, statusLimit)
	defer cancel()
	return ask(ctx, dir, request{Ask: askStatus}, nobody)
}

// Stop ends the VM and its holder.
func Stop(ctx context.Context, dir string) error {
	_, err := ask(ctx, dir, request{Ask: askStop}, nobody)
	return err
}

// Reset puts a fresh guest in the place of the one that is held; v "" is one of
// the same kind.
func Reset(ctx context.Context, dir string, v vm.Variant, told func(sandbox.Stage)) (Status, error) {
	return ask(ctx, dir, request{Ask: askReset, Variant: v}, told)
}

// Guest links to the guest that is held. Closing the client leaves it running.
func Guest(ctx context.Context, dir string) (*link.Client, error) {
	conn, err := connect(ctx, dir, request{Ask: askGuest})
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	_, err = outcome(conn, nobody)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return link.Dial(ctx, conn, link.Options{
		Silence: vm.Silence(),
		Doubt:   func(ctx context.Context) error { return doubt(ctx, dir) },
		Explain: func(cause error) error { return explain(dir, cause) },
	})
}

// doubt asks the holder of a guest that is silent.
func doubt(ctx context.Context, dir string) error {
	s, err := Ask(ctx, dir)
	switch {
	case err != nil:
		return err
	case s.Gone != nil:
		return &Failure{s.Gone.Why.EN, s.Gone, true}
	case s.Making != nil: // ours has made room for it
		return &vm.Gone{End: ended}
	case s.Stopped:
		return nil
	}
	return (&vm.Gone{Silent: true})
}

// explain asks the holder why a guest is gone.
func explain(dir string, cause error) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if s, err := Ask(ctx, dir); err == nil && s.Gone != nil {
		return &Failure{s.Gone.Why.EN, s.Gone, true}
	} else if errors.Is(err, ErrNone) || err == nil && s.Making != nil {
		return &vm.Gone{End: ended}
	}
	return cause
}
