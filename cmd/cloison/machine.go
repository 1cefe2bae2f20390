package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"cloison/sandbox"
)

// newLocal starts the machine that is this computer.
var newLocal = func(bool) (sandbox.Machine, error) {
	return nil, errors.New("this build of cloison has no machine to run lessons on")
}

// openMachine gives the machine that the flags name. The caller closes it. An
// error is one of this computer, and says what to try.
func (g *globals) openMachine(_ context.Context) (sandbox.Machine, error) {
	switch g.machine {
	case "auto", "local":
		m, err := newLocal(g.anyway)
		if err != nil {
			return nil, codeError{exitUnable, err}
		}
		return m, nil
	}
	return nil, codeError{exitUsage, fmt.Errorf("--machine %s: there are auto and local", g.machine)}
}

// withMachine calls do with the machine and closes it afterwards. Ctrl-C and
// SIGTERM end the context, so that what was started is cleaned up.
func (g *globals) withMachine(ctx context.Context, do func(context.Context, sandbox.Machine) error) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	m, err := g.openMachine(ctx)
	if err != nil {
		return err
	}
	err = do(ctx, m)
	if closed := m.Close(); err == nil && closed != nil {
		return codeError{exitFailed, fmt.Errorf("close the machine: %w", closed)}
	}
	return err
}
