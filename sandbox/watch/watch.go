package watch

import (
	"context"
	"io/fs"
	"time"
)

// The pace of the looks: a change is noticed after Pace at most, and sooner
// while things happen.
const (
	Pace       = 50 * time.Millisecond
	livelyPace = 25 * time.Millisecond
	lively     = 2 * time.Second       // after the last change
	slowPace   = 80 * time.Millisecond // where each process is asked, and there are many
	many       = 150                   // processes
	anyway     = time.Second           // even when nobody has run: others may write limits and id maps
	everybody  = 5 * time.Second       // is asked, whatever the cgroup's usage says: others reap our dead
	share      = 4                     // rest so many times as long as a look took
)

// Options say what to watch.
type Options struct {
	Root  fs.FS // of the computer
	Elder int   // the process whose descendants are watched
	// Guests are other processes that are watched with all their descendants:
	// containers that a daemon has started. nil is that there are none.
	Guests func() []int
	// Usage is a file that says how long the processes of the lab's cgroup have
	// run (cpu.stat of v2, cpuacct.usage of v1), as a name for Root; "" for none.
	Usage string
	// Due says that there is something to see although nobody has run; it is
	// asked at each look. nil is that there never is.
	Due func() bool
	// Outside says that a process is not in that cgroup, so that it is asked by
	// itself. nil is that none is.
	Outside func(pid int) bool
}

// Look is what Run calls when there is something to see: members are the
// lab's processes, ran those that may have changed. What it returns is nil, or
// ends the watch.
type Look func(members, ran []int) error

// Run calls look at once and then after every change, and about once a second
// anyway, until ctx ends or look fails. It returns look's error, or ctx's.
func Run(ctx context.Context, o Options, look Look) error {
	proc, err := fs.Sub(o.Root, "proc")
	if err != nil {
		return err
	}
	w := &watcher{family: New(proc, o.Elder), usage: newUsage(o.Root, o.Usage), due: o.Due}
	w.family.outside, w.family.guests = o.Outside, o.Guests
	defer w.close()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-timer.C:
		}
		rest, err := w.step(look, time.Now())
		if err != nil {
			return err
		}
		timer.Reset(rest)
	}
}

// watcher is one Run.
type watcher struct {
	family *Family
	usage  *usage
	due    func() bool
	called time.Time // when look was called last
	asked  time.Time // when the whole family was looked at last
	change time.Time // when something had happened last
}

// step looks once, and says how long to rest then.
func (w *watcher) step(look Look, now time.Time) (time.Duration, error) {
	due := w.due != nil && w.due() || now.Sub(w.called) >= anyway
	moved, known := w.usage.moved()
	var ran []int
	gone := false
	if moved || !known || w.family.anyOutside() || now.Sub(w.asked) >= w.patience() {
		w.asked = now
		ran, gone = w.family.Look()
	}
	happened := gone || len(ran) > 0
	if happened {
		w.change = now
	}
	if due || happened {
		w.called = now
		if err := look(w.family.Members(), ran); err != nil {
			return 0, err
		}
	}
	return max(w.pace(now, known), share*time.Since(now)), nil
}

// patience is how long nobody is asked while the cgroup's usage stands still. A
// daemon may have started a guest, which is not in that cgroup.
func (w *watcher) patience() time.Duration {
	if w.family.guests != nil {
		return anyway
	}
	return everybody
}

// pace is how long to rest before the next look.
func (w *watcher) pace(now time.Time, known bool) time.Duration {
	switch {
	case !known && len(w.family.members) > many:
		return slowPace
	case now.Sub(w.change) < lively:
		return livelyPace
	}
	return Pace
}

func (w *watcher) close() {
	w.family.Close()
	w.usage.close()
}
