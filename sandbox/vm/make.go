package vm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"cloison/sandbox"
	"cloison/sandbox/image"
	"cloison/sandbox/inspect"
	"cloison/sandbox/link"
	"cloison/sandbox/vm/kvm"
	"cloison/sandbox/vm/qemu"
	"cloison/sandbox/vm/template"
)

// How long each stage may take on a computer of today, see host.within; emulation on
// a busy one is slow.
const (
	waitLimit    = 8 * time.Minute
	bootLimit    = 2 * time.Minute
	kvmBootLimit = 10 * time.Second // the first boot; it takes one
	dockerLimit  = 4 * time.Minute
	saveLimit    = time.Minute
	startLimit   = 30 * time.Second // of a saved guest
	silence      = 10 * time.Second // of a guest's, see link.Options
)

// maker makes one template.
type maker struct {
	basis basis
	store template.Store
	told  func(sandbox.Stage)
	at    step
}

func (m *maker) tell(s step) {
	m.at = s
	stage := s.stage()
	stage.Slow = m.basis.slow()
	m.told(stage)
}

// find gives the template of a basis, and makes it where there is none. Only
// one program makes templates at a time; who waited finds what was made.
func (m *maker) find(ctx context.Context) (template.Template, error) {
	if t, ok := m.store.Find(m.basis.parts().Key()); ok {
		return t, nil
	}
	defer m.told(sandbox.Stage{}) // that's it
	m.basis.host = m.basis.host.measured(inspect.Pace)
	patient, cancel := context.WithTimeout(ctx, m.basis.host.within(waitLimit))
	defer cancel()
	lock, err := m.store.Lock(patient, func(pid int) { m.tell(waiting(pid)) })
	if err != nil {
		return template.Template{}, lackOfRoom(err)
	}
	defer lock.Release()
	if t, ok := m.store.Find(m.basis.parts().Key()); ok {
		return t, nil
	}
	return m.make(ctx, lock)
}

// make boots a guest and saves it.
func (m *maker) make(ctx context.Context, lock *template.Lock) (template.Template, error) {
	if err := enoughMemory(roomToMake); err != nil {
		return template.Template{}, err
	}
	m.tell(checking())
	if err := m.basis.image.Verify(ctx); err != nil {
		return template.Template{}, err
	}
	draft, err := lock.Begin(m.basis.parts(), memory<<20)
	if err != nil {
		return template.Template{}, lackOfRoom(err)
	}
	about, err := m.fill(ctx, draft)
	if err != nil {
		return template.Template{}, errors.Join(err, draft.Discard())
	}
	t, err := draft.Finish(about)
	if err != nil {
		return template.Template{}, lackOfRoom(err)
	}
	return t, nil
}

// fill boots the guest in the draft's memory and saves its devices.
func (m *maker) fill(ctx context.Context, draft *template.Draft) (json.RawMessage, error) {
	initrd := filepath.Join(draft.Dir(), "initrd")
	if err := writeInitrd(initrd, m.basis); err != nil {
		return nil, fmt.Errorf("make the guest's initramfs: %w", err)
	}
	m.tell(booting(m.how()))
	p, err := qemu.Start(ctx, m.basis.boot(draft.RAM(), initrd))
	if err != nil {
		return nil, err
	}
	g := &Guest{basis: m.basis, process: p, silence: m.basis.host.within(silence)}
	about, err := m.prepare(ctx, g)
	if err == nil {
		err = m.save(ctx, g, draft)
	}
	if err != nil {
		err = notUp(p, m.at, err)
	}
	if err := errors.Join(err, g.Close()); err != nil {
		return nil, err
	}
	return json.Marshal(about)
}

// how tells the learner what to expect.
func (m *maker) how() string {
	if m.basis.accel == qemu.KVM {
		return "KVM"
	}
	return "TCG"
}

// prepare waits until the guest has booted and has everything started in it
// that a lesson should not wait for.
func (m *maker) prepare(ctx context.Context, g *Guest) (sandbox.About, error) {
	if err := within(ctx, m.basis.bootLimit(), g.greet); err != nil {
		return sandbox.About{}, err
	}
	var about sandbox.About
	err := within(ctx, m.basis.host.within(dockerLimit), func(ctx context.Context) error {
		if err := g.Client.Prepare(ctx, func(s link.Stage) { m.tell(docker(s)) }); err != nil {
			return err
		}
		inside, err := g.Client.Machine(ctx)
		if err == nil {
			about = inside.About()
		}
		return err
	})
	return about, err
}

// save lets the guest come to rest and saves it.
func (m *maker) save(ctx context.Context, g *Guest, draft *template.Draft) error {
	m.tell(saving())
	return within(ctx, m.basis.host.within(saveLimit), func(ctx context.Context) error {
		if err := g.Client.Quiesce(ctx); err != nil {
			return err
		}
		state, err := draft.State()
		if err != nil {
			return err
		}
		return errors.Join(g.process.Save(ctx, state), state.Close())
	})
}

// within bounds a call, and says so where the bound was the reason of its end.
func within(ctx context.Context, limit time.Duration, do func(context.Context) error) error {
	bounded, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	err := do(bounded)
	if err != nil && bounded.Err() != nil && ctx.Err() == nil {
		return sandbox.Errorf("nothing came of it within %v", "rien n’en est venu en %v", limit)
	}
	return err
}

// writeInitrd puts this program beside what the image's initramfs has: the
// kernel unpacks archives that follow one another
// (Documentation/driver-api/early-userspace/buffer-format.rst).
func writeInitrd(path string, b basis) (err error) {
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	modules, err := os.Open(b.image.Path(image.Initrd))
	if err != nil {
		return err
	}
	defer func() { _ = modules.Close() }()
	if _, err := io.Copy(out, modules); err != nil {
		return err
	}
	exe, err := os.Open(b.exe)
	if err != nil {
		return err
	}
	defer func() { _ = exe.Close() }()
	info, err := exe.Stat()
	if err != nil {
		return err
	}
	archive := image.NewArchive(out)
	if err := archive.File("init", 0o755, info.Size(), exe); err != nil {
		return err
	}
	return archive.Close()
}

// noBoot remembers that KVM did not boot the guest, unless that was our fault.
func noBoot(ctx context.Context, memory kvm.Memory, err error) bool {
	var up *NotUp
	if ctx.Err() != nil || !errors.As(err, &up) || up.at.name != stepBoot {
		return false
	}
	return memory.Keep(kvm.NoBoot(up.Err)) == nil
}
