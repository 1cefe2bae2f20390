package sandbox

import "testing"

func TestInsideOf(t *testing.T) {
	ranges := []IDRange{{Inside: 0, Outside: 1000, Size: 1}, {Inside: 1, Outside: 100000, Size: 65536}, {Inside: 70000, Outside: 1<<32 - 2, Size: 5}}
	for outside, want := range map[uint32]int{1000: 0, 100000: 1, 165535: 65536, 165536: -1, 999: -1, 1<<32 - 1: 70001} {
		got, ok := InsideOf(ranges, outside)
		if ok != (want >= 0) || ok && int(got) != want {
			t.Errorf("%d outside is %d inside (%v), want %d", outside, got, ok, want)
		}
	}
}
