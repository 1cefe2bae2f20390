package inspect

import (
	"os"
	"testing"
)

// What one X-ray of a lab costs in which nobody has run.
func BenchmarkLabRead(b *testing.B) {
	lab := New(Root()).Lab(LabOptions{})
	pid := os.Getpid()
	for b.Loop() {
		if _, err := lab.Read(pid, []int{pid}, nil); err != nil {
			b.Fatal(err)
		}
	}
}
