package xray

import (
	"fmt"
	"slices"

	"cloison/sandbox"
)

// security shows what else stands between the process and the kernel.
func (m Model) security(width int) []string {
	w, f := m.words.Facts, m.facts
	lsm := printable(f.LSM)
	if lsm == "" {
		lsm = w.None
	}
	return slices.Concat(
		[]string{m.heading("seccomp", w.Security)},
		m.pair("seccomp", w.Seccomp, m.seccomp(f.Seccomp), width),
		m.pair("nnp", w.NNP, m.onOff(f.NoNewPrivs), width),
		m.pair("lsm", w.LSM, lsm, width),
	)
}

func (m Model) seccomp(s sandbox.Seccomp) string {
	switch w := m.words.Facts; s.Mode {
	case 0:
		return w.Off
	case 1:
		return w.Strict
	default:
		return fmt.Sprintf(w.Filters, s.Filters)
	}
}

func (m Model) onOff(on bool) string {
	if on {
		return m.words.Facts.On
	}
	return m.words.Facts.Off
}
