package main

import (
	"bytes"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"github.com/creack/pty"
)

// timedScreen is the real program on a pseudo-terminal whose output is timed.
type timedScreen struct {
	b       *testing.B
	cmd     *exec.Cmd
	tty     *os.File
	started time.Time
	output  chan chunk
}

// chunk is what one read(2) of the terminal brought, and when.
type chunk struct {
	at   time.Time
	data []byte
}

// openTimed starts the program in a terminal of 80 by 24 cells.
func openTimed(b *testing.B, bin string) *timedScreen {
	b.Helper()
	cmd := exec.Command(bin, "--lang", "en", "--on-this-machine")
	cmd.Env = append(os.Environ(), "TERM=xterm-256color", "XDG_STATE_HOME="+b.TempDir())
	w := &timedScreen{b: b, cmd: cmd, started: time.Now(), output: make(chan chunk, 1024)}
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: 80, Rows: 24})
	if err != nil {
		b.Fatal(err)
	}
	w.tty = tty
	go w.read()
	return w
}

func (w *timedScreen) read() {
	defer close(w.output)
	for {
		buf := make([]byte, 64<<10)
		n, err := w.tty.Read(buf)
		if n > 0 {
			w.output <- chunk{time.Now(), buf[:n]}
		}
		if err != nil {
			return
		}
	}
}

// until reads until everything that came contains want, and says when it did.
func (w *timedScreen) until(want string) time.Time {
	w.b.Helper()
	var seen []byte
	limit := time.After(20 * time.Second)
	for {
		select {
		case c, ok := <-w.output:
			if !ok {
				w.b.Fatalf("the program ended before it showed %q:\n%q", want, seen)
			}
			if seen = append(seen, c.data...); bytes.Contains(seen, []byte(want)) {
				return c.at
			}
		case <-limit:
			w.b.Fatalf("waited for %q in\n%q", want, seen)
		}
	}
}

// quiet counts the bytes that come until the program has been silent for a while.
func (w *timedScreen) quiet(silence time.Duration) int {
	n := 0
	for {
		select {
		case c, ok := <-w.output:
			if !ok {
				return n
			}
			n += len(c.data)
		case <-time.After(silence):
			return n
		}
	}
}

func (w *timedScreen) press(key string) {
	w.b.Helper()
	if _, err := w.tty.WriteString(key); err != nil {
		w.b.Fatal(err)
	}
}

// end quits the program and waits for it.
func (w *timedScreen) end() {
	w.b.Helper()
	w.press("q")
	for range w.output { // until the terminal is closed
	}
	_ = w.tty.Close()
	if err := w.cmd.Wait(); err != nil {
		w.b.Fatal(err)
	}
}

// BenchmarkFirstFrame measures from exec to the last line of the first whole
// screen.
func BenchmarkFirstFrame(b *testing.B) {
	bin := program(b)
	var all []time.Duration
	for b.Loop() {
		w := openTimed(b, bin)
		all = append(all, w.until("quit").Sub(w.started))
		w.end()
	}
	report(b, all)
}

// BenchmarkKeyToFrame measures from a key on the course map to the first byte
// of the frame that it causes.
func BenchmarkKeyToFrame(b *testing.B) {
	w := openTimed(b, program(b))
	w.until("ready")
	w.quiet(300 * time.Millisecond)
	var all []time.Duration
	written := 0
	for i := 0; b.Loop(); i++ {
		key := "j"
		if i%2 == 1 {
			key = "k"
		}
		pressed := time.Now()
		w.press(key)
		c, ok := <-w.output
		if !ok {
			b.Fatal("the program ended")
		}
		all = append(all, c.at.Sub(pressed))
		written += len(c.data) + w.quiet(20*time.Millisecond)
	}
	b.ReportMetric(float64(written)/float64(len(all)), "bytes/key")
	report(b, all)
	w.end()
}

// report gives the median and the 99th percentile in milliseconds.
func report(b *testing.B, all []time.Duration) {
	b.Helper()
	slices.Sort(all)
	at := func(p int) float64 { return all[min(len(all)-1, len(all)*p/100)].Seconds() * 1000 }
	b.ReportMetric(at(50), "p50-ms")
	b.ReportMetric(at(99), "p99-ms")
	b.ReportMetric(0, "ns/op") // the wait for silence is in it: no figure
}
