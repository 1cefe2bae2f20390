package link

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"

	"cloison/sandbox"
)

// relayed is a client of a client's guest.
func relayed(t *testing.T, c *Client) *Client {
	t.Helper()
	host, ours := pair(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = c.Relay(ctx, ours)
	}()
	t.Cleanup(func() {
		cancel()
		within(t, "the relay's end", func() { <-done })
	})
	return dial(t, host, Options{})
}

func TestRelayIsLikeTheGuest(t *testing.T) {
	g := (&guest{}).withLabs(t)
	c := dial(t, serve(t, g), Options{})
	peer := relayed(t, c)
	if len(g.hellos) != 1 || peer.Guest() != c.Guest() {
		t.Errorf("the guest has heard %d hellos; the peer sees %+v", len(g.hellos), peer.Guest())
	}
	var out, errs printed
	exit, err := peer.Run(t.Context(), Command{
		Args:  []string{"bash", "-c", "cat; echo no >&2; exit 3"},
		Stdin: strings.NewReader("through"), Stdout: &out, Stderr: &errs,
	})
	if err != nil || exit != 3 || out.String() != "through" || errs.String() != "no\n" {
		t.Errorf("exit %d, %v; %q, %q", exit, err, out.String(), errs.String())
	}
	lab := openLab(t, peer, sandbox.LabOptions{Env: map[string]string{"A": "b"}})
	s := openShell(t, lab)
	drain(s)
	if got := typeIn(t, s, "echo $A; stty size"); got != "b\n30 100" {
		t.Errorf("got %q", got)
	}
	if err := s.Resize(44, 11); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the new size", func() bool { return typeIn(t, s, "stty size") == "11 44" })
	if err := peer.Quiesce(t.Context()); err == nil || !strings.Contains(err.Error(), "shared") {
		t.Errorf("putting a shared guest to rest: %v", err)
	}
}

func TestRelayOutlivesItsPeer(t *testing.T) {
	c := connect(t)
	first := relayed(t, c)
	lab, err := machine(t, first).Open(t.Context(), sandbox.LabOptions{})
	if err != nil {
		t.Fatal(err)
	}
	o, err := lab.Exec(t.Context(), `sleep 1000 >/dev/null 2>&1 & echo $!`, nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = first.Close()
	again := openLab(t, relayed(t, c), sandbox.LabOptions{})
	eventually(t, "the first peer's processes are gone", func() bool {
		o, err := again.Exec(t.Context(), "kill -0 "+strings.TrimSpace(o.Output)+" 2>/dev/null", nil)
		return err == nil && o.Exit == 1
	})
}

func TestRelayEndsWithTheGuest(t *testing.T) {
	host, inside := pair(t)
	go func() { _ = Serve(inside, &guest{}) }()
	c := dial(t, host, Options{})
	peer := relayed(t, c)
	_ = inside.Close()
	within(t, "the peer's end", func() { <-peer.Done() })
	if !errors.Is(peer.Err(), ErrGone) {
		t.Errorf("got %v", peer.Err())
	}
}

// The guest stays, and so does its client: whoever came and went is not waited for.
func TestRelayLeavesNothingBehind(t *testing.T) {
	c := connect(t)
	before := runtime.NumGoroutine()
	for range 5 {
		host, ours := pair(t)
		done := make(chan struct{})
		go func() {
			defer close(done)
			_ = c.Relay(t.Context(), ours)
		}()
		_ = dial(t, host, Options{}).Close()
		within(t, "the relay's end", func() { <-done })
	}
	eventually(t, "all goroutines have ended", func() bool { return runtime.NumGoroutine() <= before })
}
