package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"cloison/sandbox"
	"cloison/sandbox/local"
)

// openMachine gives the machine that the flags name. The caller closes it. An
// error is one of this computer, and says what to try.
func (g *globals) openMachine(_ context.Context) (sandbox.Machine, error) {
	switch g.machine {
	case "auto", "local":
		m, err := local.New(local.Options{Anyway: g.anyway})
		if err != nil {
			return nil, codeError{exitUnable, g.inLanguage(err)}
		}
		return m, nil
	}
	return nil, codeError{exitUsage, fmt.Errorf("--machine %s: there are auto and local", g.machine)}
}

// lackOf gives what a machine or lab that refuses to open says is lacking.
func lackOf(err error) (sandbox.Lack, bool) {
	var root *local.NotDisposable
	if errors.As(err, &root) {
		return root.Lack, true
	}
	var lacking *local.Lacking
	if errors.As(err, &lacking) {
		return lacking.Lack, true
	}
	return sandbox.Lack{}, false
}

// inLanguage tells a lack in the learner's language, and any other error as it is.
func (g *globals) inLanguage(err error) error {
	if lack, ok := lackOf(err); ok {
		return g.lackError(lack)
	}
	return err
}

// lackError says what is lacking and what to try.
func (g *globals) lackError(lack sandbox.Lack) error {
	return errors.New(strings.TrimSpace(lack.Why.In(g.lang()) + "\n" + lack.Remedy.In(g.lang())))
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
	closed := m.Close()
	switch {
	case ctx.Err() != nil:
		return codeError{exitFailed, errors.New("interrupted")}
	case err == nil && closed != nil:
		return codeError{exitFailed, fmt.Errorf("close the machine: %w", closed)}
	}
	return err
}
