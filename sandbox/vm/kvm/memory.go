package kvm

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/google/renameio/v2"
)

// Memory remembers a verdict in a file, for this boot and one QEMU version.
type Memory struct {
	File string
	QEMU string
}

// remembered is the file.
type remembered struct {
	Boot    string  `json:"boot"`
	QEMU    string  `json:"qemu"`
	Verdict Verdict `json:"verdict"`
}

// Recall gives what is remembered, if it still counts.
func (m Memory) Recall() (Verdict, bool) {
	var r remembered
	text, err := os.ReadFile(m.File)
	if err != nil || json.Unmarshal(text, &r) != nil {
		return Verdict{}, false
	}
	return r.Verdict, r.Boot != "" && r.Boot == bootID() && r.QEMU == m.QEMU
}

// Keep remembers a verdict.
func (m Memory) Keep(v Verdict) error {
	text, err := json.Marshal(remembered{Boot: bootID(), QEMU: m.QEMU, Verdict: v})
	if err != nil {
		return err
	}
	if err := renameio.WriteFile(m.File, text, 0o600); err != nil {
		return fmt.Errorf("remember what KVM can do: %w", err)
	}
	return nil
}

// Decide recalls the verdict, or asks and remembers. That we may not open the
// device is not remembered, because the remedy needs no reboot, nor what comes of a
// question that ctx has cut short. pace is called where the time may have been too
// short for this computer.
func (m Memory) Decide(ctx context.Context, exe string, pace func() int) Verdict {
	if v, ok := m.Recall(); ok {
		return v
	}
	v := patiently(func(pace int) Verdict { return Ask(ctx, exe, pace) }, pace)
	if _, err := os.Stat(Device); err == nil && ctx.Err() == nil && (v.Usable || v.Lack != closed(os.ErrPermission).Lack) {
		_ = m.Keep(v) // then it is asked again
	}
	return v
}

// patiently asks a computer that says no once more if it is slow, and gives it time:
// in one that is emulated, KVM may work though the probe alone takes seconds.
func patiently(ask func(pace int) Verdict, pace func() int) Verdict {
	v := ask(1)
	if v.Usable || v.Lack == closed(os.ErrPermission).Lack || v.Lack == closed(os.ErrNotExist).Lack {
		return v
	}
	if p := pace(); p > 1 {
		return ask(p)
	}
	return v
}
