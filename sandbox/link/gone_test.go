package link

import (
	"context"
	"errors"
	"io"
	"net"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"cloison/sandbox"
)

func TestDialSkipsStaleBytes(t *testing.T) {
	host, inside := pair(t)
	other := NewHello()
	stale := "SSH-2.0-Go\r\n\x00\xff" + mark[:7] + encoded(t, line{Answer: &answer{Nonce: other.Nonce, Key: "SHA256:old"}}) +
		strings.Repeat("\x01 half a packet", 10_000) + mark + `{"answer":`
	go func() {
		_, _ = io.WriteString(inside, stale)
		_ = Serve(inside, &guest{})
	}()
	c := dial(t, host, Options{})
	if _, err := c.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	if got := c.Guest(); got.Version != "test" || got.Hellos != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestGuestHearsTheHello(t *testing.T) {
	g := &guest{}
	h := NewHello()
	h.Hostname = "fresh"
	dial(t, serve(t, g), Options{Hello: h})
	if got := g.hellos[0]; got.Hostname != "fresh" || got.MachineID != h.MachineID || !got.Time.Equal(h.Time) || string(got.Entropy) != string(h.Entropy) {
		t.Errorf("got %+v", got)
	}
}

func TestGuestThatAnswersLateIsToldTheTimeAgain(t *testing.T) {
	g := &guest{}
	h := NewHello()
	h.Time = h.Time.Add(-time.Minute) // as if it had waited for the guest to boot
	dial(t, serve(t, g), Options{Hello: h})
	eventually(t, "its clock is set", func() bool {
		g.mu.Lock()
		defer g.mu.Unlock()
		return time.Since(g.clock) < time.Minute/2
	})
}

func TestDialTellsWhatTheGuestCannot(t *testing.T) {
	h := NewHello()
	h.Hostname = "refuse me"
	_, err := Dial(t.Context(), serve(t, &guest{}), Options{Hello: h})
	if !errors.Is(err, ErrGone) || !strings.Contains(err.Error(), "no such name") {
		t.Errorf("got %v", err)
	}
}

func TestDialEndsWithItsContext(t *testing.T) {
	host, _ := pair(t) // nobody answers
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	within(t, "Dial", func() {
		if _, err := Dial(ctx, host, Options{}); !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, ErrGone) {
			t.Errorf("got %v", err)
		}
	})
}

// The host is replaced in the middle of things; nothing of the old one's is left.
func TestHostThatComesBack(t *testing.T) {
	port := newSerial(t, (&guest{}).withLabs(t))
	first := dial(t, port.plug(t), Options{})
	lab, err := machine(t, first).Open(t.Context(), sandbox.LabOptions{})
	if err != nil {
		t.Fatal(err)
	}
	s := openShell(t, lab)
	o, err := lab.Exec(t.Context(), `echo $$; sleep 1000 >/dev/null 2>&1 & echo $!`, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Write([]byte("yes\r")); err != nil { // full buffers everywhere
		t.Fatal(err)
	}
	sleeper := strings.Fields(o.Output)[1]
	port.unplug()
	second := dial(t, port.plug(t), Options{})
	if got := second.Guest().Hellos; got != 1 {
		t.Errorf("the guest has heard %d hellos before", got)
	}
	again := openLab(t, second, sandbox.LabOptions{})
	eventually(t, "the first host's processes are gone", func() bool {
		o, err := again.Exec(t.Context(), "kill -0 "+sleeper+" 2>/dev/null", nil)
		return err == nil && o.Exit == 1
	})
	if o, err := again.Exec(t.Context(), "echo well", nil); err != nil || o.Output != "well\n" {
		t.Errorf("got %+v, %v", o, err)
	}
	_ = first.Close()
}

// A hello that comes while another host is connected takes the guest over.
func TestSecondHelloTakesOver(t *testing.T) {
	host := serve(t, &guest{})
	first := dial(t, host, Options{})
	hello := NewHello()
	if err := first.port.say(line{Hello: &hello}); err != nil {
		t.Fatal(err)
	}
	within(t, "the end of the first", func() { <-first.Done() })
	if !errors.Is(first.Err(), ErrGone) {
		t.Errorf("got %v", first.Err())
	}
}

// A guest whose end of SSH has failed, or whose agent was started anew, says so.
func TestGuestThatGivesUpSaysSo(t *testing.T) {
	host := serve(t, &guest{})
	c := dial(t, host, Options{})
	if _, err := host.Write([]byte("this is no SSH, and longer than a packet's head")); err != nil {
		t.Fatal(err)
	}
	within(t, "the end", func() { <-c.Done() })
	if !errors.Is(c.Err(), errEnded) {
		t.Errorf("got %v", c.Err())
	}
}

func TestAgentThatBeginsAnewSaysSo(t *testing.T) {
	host, inside := pair(t)
	go func() { _ = Serve(inside, &guest{}) }()
	c := dial(t, host, Options{})
	go func() { _ = Serve(inside, &guest{}) }() // the first one reads on, as if it were stuck
	within(t, "the end", func() { <-c.Done() })
}

func TestQuiescedGuestIsSilent(t *testing.T) {
	g := (&guest{}).withLabs(t)
	host := serve(t, g)
	c := dial(t, host, Options{})
	lab, err := machine(t, c).Open(t.Context(), sandbox.LabOptions{})
	if err != nil {
		t.Fatal(err)
	}
	s := openShell(t, lab)
	if _, err := s.Write([]byte("yes\r")); err != nil {
		t.Fatal(err)
	}
	if err := c.Quiesce(t.Context()); err != nil {
		t.Fatal(err)
	}
	if g.rested != 1 || !errors.Is(c.Err(), ErrClosed) || !errors.Is(c.Err(), ErrGone) {
		t.Errorf("rested %d times; the client says %v", g.rested, c.Err())
	}
	before := c.port.heard.Load()
	if _, err := c.port.conn.(net.Conn).Write([]byte("not a hello")); err != nil {
		t.Errorf("the stream is closed: %v", err)
	}
	if _, err := lab.Exec(t.Context(), "true", nil); !errors.Is(err, ErrGone) {
		t.Errorf("a lab of before: %v", err)
	}
	if after := c.port.heard.Load(); after != before {
		t.Errorf("the guest has written %d bytes more", after-before)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestQuiescedGuestHearsTheNextHello(t *testing.T) {
	port := newSerial(t, &guest{})
	c := dial(t, port.plug(t), Options{})
	if err := c.Quiesce(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := dial(t, port.plug(t), Options{}).Ping(t.Context()); err != nil {
		t.Error(err)
	}
}

// Every kind of call is under way when the guest goes.
func TestGoneEndsEveryCall(t *testing.T) {
	host, inside := pair(t)
	g := (&guest{}).withLabs(t)
	go func() { _ = Serve(inside, g) }()
	killed := errors.New("it was killed")
	c := dial(t, host, Options{Explain: func(error) error { return killed }})
	lab, err := machine(t, c).Open(t.Context(), sandbox.LabOptions{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := lab.Shell(t.Context(), sandbox.ShellOptions{})
	if err != nil {
		t.Fatal(err)
	}
	drain(s)
	typeIn(t, s, "true")
	ctx := t.Context()
	calls := map[string]func() error{
		"Run":   func() error { _, err := s.Run(ctx, "sleep 1000.7"); return err },
		"Exec":  func() error { _, err := lab.Exec(ctx, "sleep 1000.7", nil); return err },
		"go":    func() error { _, err := c.Run(ctx, Command{Args: []string{"sleep", "1000.7"}}); return err },
		"shell": func() error { _, err := c.Run(ctx, Command{Terminal: &Terminal{}}); return err },
	}
	results := make(chan error, len(calls))
	for name, call := range calls {
		go func() {
			if err := call(); !errors.Is(err, ErrGone) || !errors.Is(err, killed) {
				results <- errors.New(name + ": " + errors.Join(err, errors.New("…")).Error())
				return
			}
			results <- nil
		}()
	}
	eventually(t, "the sleepers sleep", func() bool {
		o, err := lab.Exec(ctx, "test $(pgrep -c -f '^sleep 1000[.]7$') -ge 3", nil)
		return err == nil && o.Exit == 0
	})
	if err := inside.Close(); err != nil {
		t.Fatal(err)
	}
	for range calls {
		within(t, "the end of a call", func() {
			if err := <-results; err != nil {
				t.Error(err)
			}
		})
	}
	for name, call := range map[string]func() error{
		"Exec":    func() error { _, err := lab.Exec(ctx, "true", nil); return err },
		"Run":     func() error { _, err := s.Run(ctx, "true"); return err },
		"Write":   func() error { _, err := s.Write([]byte("x")); return err },
		"Inspect": func() error { _, err := lab.Inspect(ctx, 1); return err },
		"Front":   func() error { _, err := s.Foreground(); return err },
		"Resize":  func() error { return s.Resize(1, 1) },
		"Shell":   func() error { _, err := lab.Shell(ctx, sandbox.ShellOptions{}); return err },
		"Ping":    func() error { _, err := c.Ping(ctx); return err },
		"Prepare": func() error { return c.Prepare(ctx, nil) },
		"Quiesce": func() error { return c.Quiesce(ctx) },
		"Copy":    func() error { return c.CopyFrom(ctx, "/etc", io.Discard) },
	} {
		if err := call(); !errors.Is(err, ErrGone) {
			t.Errorf("%s on a guest that is gone: %v", name, err)
		}
	}
	if err := lab.Close(); err != nil {
		t.Errorf("closing a lab that is gone: %v", err)
	}
}

func TestSilenceIsTheEnd(t *testing.T) {
	port := newSerial(t, &guest{})
	c := dial(t, port.plug(t), Options{Silence: 100 * time.Millisecond})
	port.frozen.Store(true)
	defer port.frozen.Store(false)
	within(t, "the end", func() { <-c.Done() })
	if !errors.Is(c.Err(), errSilent) {
		t.Errorf("got %v", c.Err())
	}
	var gone *Gone
	if !errors.As(c.Err(), &gone) || !strings.Contains(gone.Lack().Why.FR, "ne répond plus") {
		t.Errorf("got %+v", gone)
	}
}

func TestSilenceMayBeExcused(t *testing.T) {
	g := &guest{}
	port := newSerial(t, g)
	var asked atomic.Int32
	c := dial(t, port.plug(t), Options{
		Silence: 100 * time.Millisecond,
		Doubt:   func(context.Context) error { asked.Add(1); return nil },
	})
	port.frozen.Store(true)
	eventually(t, "the guest is doubted more than once", func() bool { return asked.Load() > 1 })
	port.frozen.Store(false)
	if _, err := c.Ping(t.Context()); err != nil {
		t.Errorf("the guest is back: %v", err)
	}
	eventually(t, "its clock is set", func() bool {
		g.mu.Lock()
		defer g.mu.Unlock()
		return !g.clock.IsZero()
	})
}

func TestWatch(t *testing.T) {
	var w watch
	for i, step := range []struct {
		heard  int64
		asleep time.Duration
		want   finding
		silent int
	}{
		{10, 0, well, 0},
		{10, 0, quiet, 1},
		{20, 0, well, 0}, // the ping's answer
		{20, 0, quiet, 1},
		{20, 0, well, 2},
		{20, 0, well, 3},
		{30, 0, late, 0}, // it had been away
		{30, time.Hour, late, 1},
		{40, time.Hour, well, 0},
		{50, 2 * time.Hour, late, 0},
	} {
		if got := w.tick(step.heard, step.asleep); got != step.want || w.silent != step.silent {
			t.Errorf("step %d: %v, silent for %d; want %v, %d", i, got, w.silent, step.want, step.silent)
		}
	}
}

// What a Client starts ends with it, whoever ends first.
func TestNothingIsLeftBehind(t *testing.T) {
	g := (&guest{}).withLabs(t)
	before := runtime.NumGoroutine()
	for range 3 {
		host, inside := pair(t)
		served := make(chan struct{})
		go func() {
			defer close(served)
			_ = Serve(inside, g)
		}()
		c := dial(t, host, Options{})
		lab, err := machine(t, c).Open(t.Context(), sandbox.LabOptions{})
		if err != nil {
			t.Fatal(err)
		}
		s, err := lab.Shell(t.Context(), sandbox.ShellOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Write([]byte("yes\r")); err != nil {
			t.Fatal(err)
		}
		go func() { _, _ = lab.Exec(context.Background(), "sleep 1000", nil) }()
		if _, err := lab.Watch(t.Context(), s.PID(), make(chan sandbox.Subject)); err != nil {
			t.Fatal(err)
		}
		_ = c.Close()
		within(t, "the guest's end", func() { <-served })
	}
	eventually(t, "all goroutines have ended", func() bool { return runtime.NumGoroutine() <= before })
}
