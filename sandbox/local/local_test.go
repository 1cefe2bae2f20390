package local

import (
	"testing"
	"time"

	"cloison/sandbox"
)

func TestPatience(t *testing.T) {
	for _, test := range []struct {
		given    time.Duration
		emulated bool
		want     time.Duration
	}{
		{0, false, surveyLimit},
		{0, true, sandbox.EmulatedPace * surveyLimit},
		{time.Minute, false, time.Minute},
		{time.Minute, true, time.Minute},
	} {
		if got := (Options{Patience: test.given}).patience(test.emulated); got != test.want {
			t.Errorf("%+v: %v", test, got)
		}
	}
}
