package link

import (
	"context"
	"time"

	"golang.org/x/sys/unix"
)

// pulse pings a guest that says nothing of itself, and ends the connection when
// it has been silent for too long. Time is counted in ticks at which this
// process was awake and listening, so that a computer that slept, or a cloison
// that was stopped, does not take its own absence for the guest's.
func (c *Client) pulse() {
	const ticks = 4 // of which a silence is made
	ticker := time.NewTicker(c.o.Silence / ticks)
	defer ticker.Stop()
	w := watch{heard: c.port.heard.Load(), asleep: asleep()}
	for {
		select {
		case <-c.done:
			return
		case <-ticker.C:
		}
		switch w.tick(c.port.heard.Load(), asleep()) {
		case quiet:
			go func() { _, _ = c.Ping(context.Background()) }()
		case late:
			go c.catchUp()
		}
		switch {
		case w.silent < ticks:
		case w.excused: // it may go on only since a moment ago
			w.silent, w.excused = 0, false
		case c.worthWaiting():
			w.silent, w.excused = 1, true
		default:
			return
		}
	}
}

// worthWaiting asks whether a silent guest may go on being silent; it ends the
// connection if not.
func (c *Client) worthWaiting() bool {
	if c.o.Doubt == nil {
		c.finish(errSilent, true)
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), c.o.Silence)
	defer cancel()
	if err := c.o.Doubt(ctx); err != nil {
		c.finish(err, false)
		return false
	}
	return true
}

// catchUp sets the clock of a guest that had been away, or whose host had.
func (c *Client) catchUp() {
	ctx, cancel := context.WithTimeout(context.Background(), c.o.Silence)
	defer cancel()
	_ = c.SetClock(ctx) // the guest may be gone, which others will notice
}

// watch is what is known of a guest's silence.
type watch struct {
	heard  int64         // bytes from it, in all
	asleep time.Duration // that this computer has been, in all
	silent int           // ticks since it was heard of
	away   bool          // it has left a ping unanswered for more than a tick
	// excused says that there was a reason for its silence when it was last
	// asked for, such as a QEMU that is stopped: once that is over, it gets a
	// whole silence to answer in.
	excused bool
}

// finding is what to do at a tick.
type finding int

const (
	well  finding = iota // or a ping is under way
	quiet                // ping it
	late                 // it is back: tell it the time
)

// tick looks at a guest that has sent so many bytes by now.
func (w *watch) tick(heard int64, asleep time.Duration) finding {
	slept := asleep - w.asleep
	w.asleep = asleep
	if heard == w.heard {
		w.silent++
		w.away = w.away || w.silent > 1
		if slept > time.Second {
			return late
		}
		if w.silent == 1 {
			return quiet
		}
		return well
	}
	away := w.away
	w.heard, w.silent, w.away = heard, 0, false
	if away || slept > time.Second {
		return late
	}
	return well
}

// asleep is how long this computer has slept since it was booted: the
// difference between the clock that counts that and the one that does not
// (clock_gettime(2), CLOCK_BOOTTIME).
func asleep() time.Duration {
	var all, awake unix.Timespec
	if unix.ClockGettime(unix.CLOCK_BOOTTIME, &all) != nil || unix.ClockGettime(unix.CLOCK_MONOTONIC, &awake) != nil {
		return 0
	}
	return time.Duration(all.Nano() - awake.Nano())
}
