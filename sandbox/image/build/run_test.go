//go:build linux

package build

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func sh(script string, env ...string) command {
	return command{args: []string{"sh", "-c", script}, env: env}
}

func TestRunHearsLinesAndStatus(t *testing.T) {
	var log bytes.Buffer
	var lines, status []string
	r := runner{log: &log}
	err := r.run(t.Context(), sh(`echo one; echo "$X" >&2; echo told >&3; printf 'no newline'`, "X=two"),
		func(l string) { lines = append(lines, l) }, func(l string) { status = append(status, l) })
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"one", "two", "no newline"}; !slices.Equal(lines, want) {
		t.Errorf("lines %q, want %q", lines, want)
	}
	if !slices.Equal(status, []string{"told"}) {
		t.Errorf("status %q", status)
	}
	if !strings.Contains(log.String(), "+ sh -c") || !strings.Contains(log.String(), "\ntwo\n") {
		t.Errorf("the log has %q", log.String())
	}
}

func TestRunTellsHowItEnded(t *testing.T) {
	r := runner{log: &bytes.Buffer{}}
	err := r.run(t.Context(), sh("echo E: broken; exit 3"), nil, nil)
	var ended *exec.ExitError
	if !errors.As(err, &ended) || ended.ExitCode() != 3 || r.tail.why() != "broken" {
		t.Errorf("got %v, %q", err, r.tail)
	}
	if err := r.run(t.Context(), command{args: []string{"no-such-program"}}, nil, nil); !errors.Is(err, exec.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

// TestRunEndsTheWholeFamily breaks off a command that has started another.
func TestRunEndsTheWholeFamily(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	cleaned := filepath.Join(t.TempDir(), "cleaned")
	var child string
	r := runner{log: &bytes.Buffer{}}
	err := r.run(ctx, sh(`trap 'echo >"$CLEANED"; exit 1' TERM; sh -c 'echo $$; exec sleep 1000' & wait`, "CLEANED="+cleaned), func(line string) {
		child = line
		cancel()
	}, nil)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(cleaned); err != nil {
		t.Errorf("the command could not clean up: %v", err)
	}
	deadline := time.Now().Add(5 * time.Second)
	for time.Now().Before(deadline) {
		// Nobody but init waits for it; a zombie is over too.
		b, err := os.ReadFile("/proc/" + child + "/stat")
		if err != nil || strings.Contains(string(b), ") Z ") {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("process %s is still there", child)
}

// TestRunDoesNotWaitForOrphans has a command leave a process behind that keeps
// the pipe open.
func TestRunDoesNotWaitForOrphans(t *testing.T) {
	r := runner{log: &bytes.Buffer{}}
	var child string
	began := time.Now()
	err := r.run(t.Context(), sh("setsid sleep 30 & echo $!"), func(l string) { child = l }, nil)
	if err != nil || time.Since(began) > 20*time.Second {
		t.Errorf("%v after %v", err, time.Since(began))
	}
	if out, err := exec.Command("kill", child).CombinedOutput(); err != nil {
		t.Errorf("the orphan is gone already: %s", out)
	}
}

func TestTailKeepsTheLastLines(t *testing.T) {
	var last tail
	for i := range 100 {
		last.add(strings.Repeat("x", i))
	}
	if len(last) != 40 || len(last[39]) != 99 {
		t.Errorf("%d lines, the last %q", len(last), last[len(last)-1])
	}
}
