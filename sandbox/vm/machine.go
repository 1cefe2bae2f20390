package vm

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"

	"cloison/sandbox"
)

// Machine gives each lab a VM of its own; it implements [sandbox.Machine].
type Machine struct {
	yard   *Yard
	about  sandbox.About
	spares spares

	mu   sync.Mutex
	labs map[*Lab]bool
}

var _ sandbox.Machine = (*Machine)(nil)

// New finds what VMs are made of and makes the saved state where there is none,
// which takes a while and is told (see [Options]).
func New(ctx context.Context, o Options) (*Machine, error) {
	yard, err := NewYard(ctx, o)
	if err != nil {
		return nil, err
	}
	about, err := yard.Ready(ctx, AppArmor)
	if err != nil {
		return nil, err
	}
	about = both(about)
	about.Pace = yard.basis.pace()
	return &Machine{yard: yard, about: about, labs: map[*Lab]bool{}}, nil
}

// About says what the usual guest is, and what neither kind has.
func (m *Machine) About() sandbox.About { return m.about }

// Open starts a fresh VM and opens a lab in it.
func (m *Machine) Open(ctx context.Context, o sandbox.LabOptions) (sandbox.Lab, error) {
	g, err := m.fresh(ctx, variantFor(o.Needs))
	if err != nil {
		return nil, err
	}
	inside, err := g.Client.Machine(ctx)
	if err != nil {
		return nil, errors.Join(err, g.Close())
	}
	lab, err := inside.Open(ctx, o)
	if err != nil {
		return nil, errors.Join(err, g.Close())
	}
	l := &Lab{Lab: lab, guest: g, machine: m}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.labs[l] = true
	return l, nil
}

// Close ends every VM.
func (m *Machine) Close() error {
	m.mu.Lock()
	labs := slices.Collect(maps.Keys(m.labs))
	m.mu.Unlock()
	failed := []error{m.spares.close()}
	for _, l := range labs {
		failed = append(failed, l.Close())
	}
	return errors.Join(failed...)
}

// Lab is a lab inside of a VM that is there for it alone.
type Lab struct {
	sandbox.Lab
	guest   *Guest
	machine *Machine
}

// Guest is the VM.
func (l *Lab) Guest() *Guest { return l.guest }

// Close ends the VM, and so everything in it: nothing has to be tidied up first.
func (l *Lab) Close() error {
	l.machine.mu.Lock()
	delete(l.machine.labs, l)
	l.machine.mu.Unlock()
	return l.guest.Close()
}
