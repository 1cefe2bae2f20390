package inspect

import (
	"testing"
	"time"
)

func TestPace(t *testing.T) {
	for _, test := range []struct {
		done int
		took time.Duration
		want int
	}{
		{pieces, 10 * time.Millisecond, 1}, // a computer of tomorrow
		{pieces, 50 * time.Millisecond, 1},
		{pieces, 74 * time.Millisecond, 1},
		{pieces, 76 * time.Millisecond, 2},
		{pieces, 400 * time.Millisecond, 8},
		{40, 2 * time.Second, 50}, // it has stopped before the end
		{1, time.Minute, slowest},
		{1, 0, 1},
	} {
		if got := pace(test.done, test.took); got != test.want {
			t.Errorf("%d pieces in %v: %d, want %d", test.done, test.took, got, test.want)
		}
	}
}

// Whatever this computer is, the answer comes soon.
func TestPaceOfThisComputer(t *testing.T) {
	began := time.Now()
	got := Pace()
	t.Logf("%d in %v", got, time.Since(began))
	if took := time.Since(began); got < 1 || took > 20*time.Second {
		t.Errorf("%d after %v", got, took)
	}
}
