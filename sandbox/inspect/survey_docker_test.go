package inspect

import (
	"context"
	"testing"
	"time"
)

// Docker may take as long to answer as the survey of a slow computer allows.
func TestAnswerBy(t *testing.T) {
	now := time.Now()
	if got := answerBy(t.Context(), now); !got.Equal(now.Add(answerLimit)) {
		t.Errorf("unbounded: after %v", got.Sub(now))
	}
	for _, left := range []time.Duration{5 * time.Second, time.Minute} {
		ctx, stop := context.WithDeadline(t.Context(), now.Add(left))
		if got := answerBy(ctx, now); !got.Equal(now.Add(left / 2)) {
			t.Errorf("of %v: after %v", left, got.Sub(now))
		}
		stop()
	}
}
