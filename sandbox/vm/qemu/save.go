package qemu

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// ignoreShared leaves the pages of a shared memory file out of the stream.
const ignoreShared = "x-ignore-shared"

// stateFile is the name under which QEMU gets the open file of a state.
const stateFile = "state"

// Save writes the state of the devices to file; that of the memory is in its
// own file by then. QEMU makes the guest stand still for the end of a
// migration and does not let it run again; call Kill then, since a guest that
// went on would change the memory file.
func (p *Process) Save(ctx context.Context, file *os.File) error {
	if err := p.prepare(ctx, file); err != nil {
		return fmt.Errorf("save the guest: %w", err)
	}
	// Without a limit: the default is 32 MiB a second.
	if err := p.monitor.Do(ctx, "migrate-set-parameters", map[string]any{"max-bandwidth": int64(1) << 40}, nil); err != nil {
		return fmt.Errorf("save the guest: %w", err)
	}
	if err := p.monitor.Do(ctx, "migrate", map[string]any{"uri": "fd:" + stateFile}, nil); err != nil {
		return fmt.Errorf("save the guest: %w", err)
	}
	if err := p.migrated(ctx); err != nil {
		return fmt.Errorf("save the guest: %w", err)
	}
	return nil
}

// Restore reads a state that Save has written into a QEMU that was started
// with Incoming and the same devices. It returns before it is done; the guest
// runs then, unless it was started Paused.
func (p *Process) Restore(ctx context.Context, file *os.File) error {
	if err := p.prepare(ctx, file); err != nil {
		return fmt.Errorf("restore the guest: %w", err)
	}
	if err := p.monitor.Do(ctx, "migrate-incoming", map[string]any{"uri": "fd:" + stateFile}, nil); err != nil {
		return fmt.Errorf("restore the guest: %w", err)
	}
	return nil
}

// Restored waits until a restore is done.
func (p *Process) Restored(ctx context.Context) error {
	if err := p.migrated(ctx); err != nil {
		return fmt.Errorf("restore the guest: %w", err)
	}
	return nil
}

// prepare sets the capability and hands the file over.
func (p *Process) prepare(ctx context.Context, file *os.File) error {
	capability := map[string]any{"capability": ignoreShared, "state": true}
	err := p.monitor.Do(ctx, "migrate-set-capabilities", map[string]any{"capabilities": []any{capability}}, nil)
	if err != nil {
		return err
	}
	return p.monitor.hand(ctx, stateFile, file)
}

// pause is the time between two looks at a migration.
const pause = 2 * time.Millisecond

// migrated waits until a migration has ended. A QEMU whose incoming stream is
// broken ends; the monitor says so.
func (p *Process) migrated(ctx context.Context) error {
	for {
		var m struct {
			Status string `json:"status"`
			Desc   string `json:"error-desc"`
		}
		if err := p.monitor.Do(ctx, "query-migrate", nil, &m); err != nil {
			return err
		}
		switch m.Status {
		case "completed":
			return nil
		case "failed", "cancelled":
			return errors.New("QEMU says: " + m.Status + " " + m.Desc)
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
