//go:build linux

package runtime

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestThirdRequestIsTheLastStraw(t *testing.T) {
	f := &forwarder{}
	now := time.Now()
	for i, c := range []struct {
		signal unix.Signal
		after  time.Duration
		want   bool
	}{
		{unix.SIGINT, 0, false},
		{unix.SIGTERM, time.Second, false},
		{unix.SIGUSR1, time.Second, false},
		{unix.SIGTERM, 5 * time.Second, false}, // the first is long ago
		{unix.SIGTERM, 6 * time.Second, false},
		{unix.SIGINT, 7 * time.Second, true},
	} {
		if got := f.lastStraw(c.signal, now.Add(c.after)); got != c.want {
			t.Errorf("%d: %v after %v: %v, want %v", i, c.signal, c.after, got, c.want)
		}
	}
}
