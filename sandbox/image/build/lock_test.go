//go:build linux

package build

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"cloison/sandbox"
)

func TestTheSecondOneWaits(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cloison", "image.lock")
	unlock, err := lock(t.Context(), path, nil)
	if err != nil {
		t.Fatal(err)
	}
	told, got := make(chan sandbox.Stage), make(chan error)
	go func() {
		unlock, err := lock(t.Context(), path, func(s sandbox.Stage) { told <- s })
		if err == nil {
			unlock()
		}
		got <- err
	}()
	if s := <-told; s.Name != stageWait {
		t.Errorf("told %+v", s)
	}
	select {
	case err := <-got:
		t.Fatalf("it did not wait: %v", err)
	default:
	}
	unlock()
	if err := <-got; err != nil {
		t.Error(err)
	}
}

func TestWaitingEndsWithItsContext(t *testing.T) {
	path := filepath.Join(t.TempDir(), "image.lock")
	unlock, err := lock(t.Context(), path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := lock(ctx, path, func(sandbox.Stage) { cancel() }); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
