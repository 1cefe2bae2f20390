package vm

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"

	"cloison/sandbox"
	"cloison/sandbox/vm/qemu"
	"cloison/sandbox/vm/template"
)

// Yard is where guests are started. Its methods may be called from several
// goroutines.
type Yard struct {
	o     Options
	store template.Store

	mu    sync.Mutex // making a template is for one at a time
	basis basis      // its accel may turn out to be useless
}

// NewYard looks for QEMU and the image. What is lacking is a [*Lacking] or an
// image.Lack. It starts nothing yet.
func NewYard(ctx context.Context, o Options) (*Yard, error) {
	o, err := o.filled()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	store, err := template.Open(o.Cache)
	if err != nil {
		return nil, err
	}
	b, err := look(ctx, o)
	if err != nil {
		return nil, err
	}
	return &Yard{o: o, store: store, basis: b}, nil
}

// String tells what guests are made of.
func (y *Yard) String() string {
	y.mu.Lock()
	defer y.mu.Unlock()
	return y.basis.String()
}

// About says what a VM of ours is, without starting one: from the saved state
// or, where there is none yet, from the image.
func (y *Yard) About() sandbox.About {
	y.mu.Lock()
	defer y.mu.Unlock()
	if t, ok := y.store.Find(y.basis.with(AppArmor).parts().Key()); ok {
		if about, err := aboutOf(t); err == nil {
			return both(about)
		}
	}
	return presumed(y.basis.image.Manifest.Release)
}

// Slow says why guest code is emulated, here or below; ok is false where it is not.
func (y *Yard) Slow(ctx context.Context) (why sandbox.Lack, ok bool) {
	y.mu.Lock()
	defer y.mu.Unlock()
	if y.basis.host.emulated {
		return emulatedHost, true
	}
	if y.basis.accel == qemu.KVM {
		return sandbox.Lack{}, false
	}
	return verdict(y.o, y.basis.version).Decide(ctx, y.o.Exe, y.basis.host.now).Lack, true
}

func aboutOf(t template.Template) (about sandbox.About, err error) {
	if err := json.Unmarshal(t.Info.About, &about); err != nil {
		return about, fmt.Errorf("read what a saved VM is: %w", err)
	}
	return about, nil
}

// with is the basis of another kind of guest; "" is the usual one.
func (b basis) with(v Variant) basis {
	if b.variant = v; v == "" {
		b.variant = AppArmor
	}
	return b
}

// Ready makes sure that there is a template, and says what its guests are.
func (y *Yard) Ready(ctx context.Context, v Variant) (sandbox.About, error) {
	_, t, err := y.template(ctx, v)
	if err != nil {
		return sandbox.About{}, err
	}
	return aboutOf(t)
}

// template finds or makes one. A KVM that does not boot the guest is not used
// again.
func (y *Yard) template(ctx context.Context, v Variant) (basis, template.Template, error) {
	y.mu.Lock()
	defer y.mu.Unlock()
	for {
		b := y.basis.with(v)
		m := maker{basis: b, store: y.store, told: y.o.Told}
		t, err := m.find(ctx)
		b.host, y.basis.host = m.basis.host, m.basis.host // measured now, maybe
		if err != nil && b.accel == qemu.KVM && y.o.Accel == "" && noBoot(ctx, verdict(y.o, b.version), err) {
			y.basis.accel, y.basis.cpu = qemu.TCG, ""
			continue
		}
		return b, t, err
	}
}

// Start gives a fresh guest. A template that no guest comes back from is made
// anew, once.
func (y *Yard) Start(ctx context.Context, v Variant) (*Guest, error) {
	g, err := y.restore(ctx, v)
	if err == nil {
		err = y.awaken(ctx, g)
	}
	var up *NotUp
	if err == nil || ctx.Err() != nil || !errors.As(err, &up) || up.at.name != stepStart {
		return g, err
	}
	if err := y.discard(ctx, v); err != nil {
		return nil, err
	}
	if g, err = y.restore(ctx, v); err == nil {
		err = y.awaken(ctx, g)
	}
	return g, err
}

// discard removes a template that was of no use; it may be the image's fault.
func (y *Yard) discard(ctx context.Context, v Variant) error {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.o.Told(checking().stage())
	b := y.basis.with(v)
	if err := b.image.Verify(ctx); err != nil {
		return err
	}
	return y.store.Discard(b.parts().Key())
}

// restore starts a QEMU from the template.
func (y *Yard) restore(ctx context.Context, v Variant) (*Guest, error) {
	b, t, err := y.template(ctx, v)
	if err != nil {
		return nil, err
	}
	if err := enoughMemory(roomToStart); err != nil {
		return nil, err
	}
	state, err := os.Open(t.State())
	if err != nil {
		return nil, fmt.Errorf("start a saved VM: %w", err)
	}
	defer func() { _ = state.Close() }()
	p, err := qemu.Start(ctx, b.clone(t.RAM()))
	if err != nil {
		return nil, err
	}
	g := &Guest{basis: b, process: p, silence: cmp.Or(y.o.silence, b.host.within(silence))}
	if err := within(ctx, b.host.within(startLimit), func(ctx context.Context) error { return p.Restore(ctx, state) }); err != nil {
		return nil, errors.Join(notUp(p, starting(), err), g.Close())
	}
	return g, nil
}

// awaken says hello to a guest that was restored, and closes one that does not
// answer.
func (y *Yard) awaken(ctx context.Context, g *Guest) error {
	if err := within(ctx, g.basis.host.within(startLimit), g.greet); err != nil {
		return errors.Join(notUp(g.process, starting(), err), g.Close())
	}
	return nil
}
