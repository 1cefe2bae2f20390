//go:build linux

package network

import (
	"slices"
	"testing"
)

func TestIfreq(t *testing.T) {
	want := make([]byte, 40)
	want[0], want[1], want[16] = 'l', 'o', 1
	if got := ifreq("lo", 1); !slices.Equal(got, want) {
		t.Errorf("got % x, want % x", got, want)
	}
}

func TestLoopbackIsOneAction(t *testing.T) {
	told := 0
	for _, c := range Loopback() {
		if !c.Quiet {
			told++
		}
	}
	if told != 1 {
		t.Errorf("%d told actions, want 1", told)
	}
}
