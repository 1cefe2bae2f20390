package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"cloison/sandbox"
	"cloison/sandbox/local"
	"cloison/sandbox/vm"
)

// openMachine gives the machine that the flags name. The caller closes it. An
// error is one of this computer, and says what to try.
func (g *globals) openMachine(ctx context.Context) (sandbox.Machine, error) {
	lines := &stageLines{w: os.Stderr, lang: g.lang()}
	defer lines.end()
	m, err := g.machineFor(ctx, vm.Options{Told: lines.told})
	return m, g.unable(err)
}

// unable is an error of a machine with its exit code and in our language.
func (g *globals) unable(err error) error {
	var coded codeError
	if err == nil || errors.As(err, &coded) {
		return err
	}
	return codeError{exitUnable, g.inLanguage(err)}
}

// machineFor is openMachine with the cause of an error left in it; o is for
// where the machine is a VM.
func (g *globals) machineFor(ctx context.Context, o vm.Options) (sandbox.Machine, error) {
	name, err := g.machineName(ctx)
	if err != nil {
		return nil, err
	}
	if name == vmName {
		m, err := vm.New(ctx, o)
		if err != nil { // and not a nil of another type
			return nil, err
		}
		return m, nil
	}
	m, err := local.New(local.Options{Anyway: g.anyway})
	if err != nil {
		return nil, err
	}
	return m, nil
}

// aboutMachine says what the machine is that the flags name, without making a
// VM ready for that.
func (g *globals) aboutMachine(ctx context.Context) (about sandbox.About, err error) {
	name, err := g.machineName(ctx)
	if err != nil {
		return about, err
	}
	if name == vmName {
		yard, err := vm.NewYard(ctx, vm.Options{})
		if err != nil {
			return about, g.unable(err)
		}
		return yard.About(), nil
	}
	m, err := local.New(local.Options{Anyway: g.anyway})
	if err != nil {
		return about, g.unable(err)
	}
	return m.About(), m.Close()
}

// The machines, as --machine names them.
const (
	autoName  = "auto"
	localName = "local"
	vmName    = "vm"
)

// checkMachine says whether there is a machine of the name that was given.
func (g *globals) checkMachine() error {
	switch g.machine {
	case autoName, localName, vmName:
		return nil
	}
	return codeError{exitUsage, sandbox.Errorf("--machine %s: there are auto, local and vm", "--machine %s : il y a auto, local et vm", g.machine)}
}

// machineName decides what auto is: this computer for root where it may be
// broken; else a VM; where that can't be had, this computer as far as an
// ordinary user may go.
func (g *globals) machineName(ctx context.Context) (string, error) {
	if err := g.checkMachine(); err != nil || g.machine != autoName {
		return g.machine, err
	}
	if os.Geteuid() == 0 && (g.anyway || local.Disposable()) {
		return localName, nil
	}
	if _, err := vm.NewYard(ctx, vm.Options{}); err == nil {
		return vmName, nil
	}
	return localName, nil
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
	var told interface{ Lack() sandbox.Lack } // of the VM, its image and its link
	if errors.As(err, &told) {
		return told.Lack(), true
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
	if ctx.Err() != nil && err != nil {
		return g.interruptedError()
	}
	if err != nil {
		return err
	}
	err = do(ctx, m)
	closed := m.Close()
	switch {
	case ctx.Err() != nil:
		return g.interruptedError()
	case err == nil && closed != nil:
		return codeError{exitFailed, sandbox.Errorf("close the machine: %w", "fermer la machine : %w", closed)}
	}
	return err
}

func (g *globals) interruptedError() error {
	return codeError{exitFailed, errors.New(g.say("interrupted", "interrompu"))}
}
