package inspect

import (
	"os"
	"testing"
)

// What one look of the X-ray costs.
func BenchmarkRead(b *testing.B) {
	reader := New(os.DirFS("/"))
	for b.Loop() {
		if _, err := reader.Read(os.Getpid()); err != nil {
			b.Fatal(err)
		}
	}
}
