package terminal

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

// typicalOutput is 32 KiB of what lessons show: words, numbers, some colour.
func typicalOutput() []byte {
	var b bytes.Buffer
	for i := 0; b.Len() < batch; i++ {
		fmt.Fprintf(&b, "\x1b[01;34mdrwxr-xr-x\x1b[0m %3d root root %8d Jan  1 12:%02d \x1b[32mentry-%d\x1b[0m of /proc\r\n", i%7, i*i, i%60, i)
	}
	return b.Bytes()[:batch]
}

func benchModel(b *testing.B, cols, rows int) Model {
	m := newTestModel(b, newFakeShell())
	return m.SetSize(cols, rows)
}

func BenchmarkThroughput(b *testing.B) {
	for name, data := range map[string][]byte{
		"ls":    typicalOutput(),
		"plain": bytes.Repeat([]byte(strings.Repeat("plain words ", 6)+"\r\n"), batch/74+1)[:batch],
		"yes":   bytes.Repeat([]byte("y\r\n"), batch/3),
	} {
		b.Run(name, func(b *testing.B) {
			m := benchModel(b, 100, 40)
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				m, _ = m.Update(OutputMsg{ID: m.id, Data: data, from: m.reader})
				_ = m.View()
			}
		})
	}
}

// BenchmarkKeyToView is one key, its echo, and the view that shows it.
func BenchmarkKeyToView(b *testing.B) {
	m := benchModel(b, 100, 40)
	m, _ = m.Update(OutputMsg{ID: m.id, Data: typicalOutput(), from: m.reader})
	for b.Loop() {
		m, _ = m.Update(tea.KeyPressMsg{Code: 'x', Text: "x"})
		m, _ = m.Update(OutputMsg{ID: m.id, Data: []byte("x"), from: m.reader})
		_ = m.View()
	}
}

func BenchmarkRender(b *testing.B) {
	m := benchModel(b, 100, 40)
	m, _ = m.Update(OutputMsg{ID: m.id, Data: typicalOutput(), from: m.reader})
	for b.Loop() {
		m.cache.drop()
		m.screen.stale = true
		_ = m.View()
	}
}
