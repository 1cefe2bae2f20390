package watch

import (
	"context"
	"io/fs"
	"time"
)

// The pace of the looks: a change is noticed after Pace at most.
const (
	Pace     = 50 * time.Millisecond
	slowPace = 80 * time.Millisecond // where each process is asked, and there are many
	many     = 150                   // processes
	anyway   = time.Second           // even when nobody has run: others may write limits and id maps
	share    = 4                     // rest so many times as long as a look took
)

// Options say what to watch.
type Options struct {
	Root  fs.FS // of the computer
	Elder int   // the process whose descendants are watched
	// Usage is a file that says how long the processes of the lab's cgroup have
	// run (cpu.stat of v2, cpuacct.usage of v1), as a name for Root; "" for none.
	Usage string
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
	w := &watcher{family: New(proc, o.Elder), usage: newUsage(o.Root, o.Usage)}
	w.family.outside = o.Outside
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
	last   time.Time // of the last call of look
}

// step looks once, and says how long to rest then.
func (w *watcher) step(look Look, now time.Time) (time.Duration, error) {
	due := now.Sub(w.last) >= anyway
	moved, known := w.usage.moved()
	if due || moved || !known || w.family.anyOutside() {
		ran, gone := w.family.Look()
		if due || gone || len(ran) > 0 {
			w.last = now
			if err := look(w.family.Members(), ran); err != nil {
				return 0, err
			}
		}
	}
	pace := Pace
	if !known && len(w.family.members) > many {
		pace = slowPace
	}
	return max(pace, share*time.Since(now)), nil
}

func (w *watcher) close() {
	w.family.Close()
	w.usage.close()
}
