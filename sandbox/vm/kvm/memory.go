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
// device is not remembered: the remedy needs no reboot.
func (m Memory) Decide(ctx context.Context, exe string) Verdict {
	if v, ok := m.Recall(); ok {
		return v
	}
	v := Ask(ctx, exe)
	if _, err := os.Stat(Device); err == nil && (v.Usable || v.Lack != closed(os.ErrPermission).Lack) {
		_ = m.Keep(v) // then it is asked again
	}
	return v
}
