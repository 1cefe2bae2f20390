package xray

import (
	"testing"

	"cloison/sandbox"
)

// What one X-ray of a lab of 256 processes, all different, costs to draw.
func BenchmarkSetXray(b *testing.B) {
	x := lab()
	for pid := 1000; pid < 1251; pid++ {
		x.Processes = append(x.Processes, sandbox.ProcessFact{PID: pid, PPID: 812, Depth: 1, Command: string(rune('a'+pid%26)) + "x", State: "S", Namespaces: x.Processes[0].Namespaces})
	}
	m := model(sandbox.English, 120, 34)
	for b.Loop() {
		m = m.SetXray(x, at)
	}
}
