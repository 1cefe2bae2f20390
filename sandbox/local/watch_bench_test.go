package local

import (
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"cloison/sandbox"
)

// BenchmarkWatch gives what watching a lab costs while nothing happens there,
// in percent of a core, and how long a change takes to be seen.
func BenchmarkWatch(b *testing.B) {
	for _, processes := range []int{1, 500} {
		b.Run(fmt.Sprintf("processes=%d", processes), func(b *testing.B) {
			w := watchMany(b, processes)
			b.Run("idle", w.benchIdle)
			for _, c := range []struct {
				change  string
				command string // %d is a number that is new each time
				seen    func(x sandbox.Xray, n int) bool
			}{
				{"process", "sleep 2000 & # %d", func(x sandbox.Xray, n int) bool { return len(x.Processes)+x.Omitted == processes+n }},
				{"mount", "mount -t tmpfs mine%d /mnt", func(x sandbox.Xray, n int) bool { return lastMount(x) == fmt.Sprint("mine", n) }},
				{"limit", "echo %d000000 >$CLOISON_CGROUP/memory.limit_in_bytes || echo %[1]d000000 >$CLOISON_CGROUP/memory.max", func(x sandbox.Xray, n int) bool {
					limit := x.Facts.Cgroup.Memory.Limit
					return limit > uint64(n*1000000-8192) && limit <= uint64(n*1000000)
				}},
			} {
				b.Run(c.change, func(b *testing.B) { w.benchChange(b, c.command, c.seen) })
			}
		})
	}
}

// many is a lab of many processes, and what is seen of it.
type many struct {
	shell sandbox.Shell
	seen  <-chan sandbox.Xray
	n     int // of the last change
}

func watchMany(b *testing.B, processes int) *many {
	lab := openLab(b, newMachine(b), sandbox.LabOptions{})
	w := &many{shell: openShell(b, lab)}
	run(b, w.shell, fmt.Sprintf("for i in $(seq %d); do sleep 1000 & done 2>/dev/null", processes-1))
	var err error
	if w.seen, err = lab.Watch(b.Context(), w.shell.PID(), nil); err != nil {
		b.Fatal(err)
	}
	for x := range w.seen {
		if len(x.Processes)+x.Omitted >= processes {
			break
		}
	}
	return w
}

// lastMount is the source of the last mount that differs from the host's.
func lastMount(x sandbox.Xray) string {
	if n := len(x.Mounts.Differ); n > 0 {
		return x.Mounts.Differ[n-1].Source
	}
	return ""
}

// benchIdle watches for some seconds in which nothing happens, after some in
// which what the shell has begun may come to its end.
func (w *many) benchIdle(b *testing.B) {
	const span = 5 * time.Second
	cost := 0.0
	for range 2 {
		before := cpuTime(b)
		w.drain(span)
		cost = (cpuTime(b) - before).Seconds() / span.Seconds() * 100
	}
	for b.Loop() { // the time is measured above
	}
	b.ReportMetric(cost, "%-of-a-core")
	b.ReportMetric(0, "ns/op")
}

func (w *many) drain(span time.Duration) {
	for end := time.After(span); ; {
		select {
		case <-w.seen:
		case <-end:
			return
		}
	}
}

// cpuTime is how long this process has run.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// benchChange has the shell change something, and measures from the key to the
// X-ray that shows it; what the shell itself needs is in it.
func (w *many) benchChange(b *testing.B, command string, seen func(x sandbox.Xray, n int) bool) {
	var all []time.Duration
	w.n = 0
	if strings.Contains(command, "limit") {
		w.n = 1000 // megabytes
	}
	for b.Loop() {
		w.n++
		began, limit := time.Now(), time.After(10*time.Second)
		if _, err := w.shell.Write(fmt.Appendf(nil, command+"\n", w.n)); err != nil {
			b.Fatal(err)
		}
		for shown := false; !shown; {
			select {
			case x := <-w.seen:
				shown = seen(x, w.n)
			case <-limit:
				b.Fatalf("%s: the change is never seen", command)
			}
		}
		all = append(all, time.Since(began))
	}
	slices.Sort(all)
	b.ReportMetric(all[len(all)/2].Seconds()*1000, "p50-ms")
	b.ReportMetric(all[min(len(all)-1, len(all)*99/100)].Seconds()*1000, "p99-ms")
	b.ReportMetric(0, "ns/op") // the time between changes is in it: no figure
}
