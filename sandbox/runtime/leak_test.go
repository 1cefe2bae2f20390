//go:build linux

package runtime

import (
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"cloison/sandbox"
)

// leakRuns is how many containers TestNothingLeaks starts: some, or as many as
// CLOISON_LEAK_RUNS says.
func leakRuns(t *testing.T) int {
	t.Helper()
	text := os.Getenv("CLOISON_LEAK_RUNS")
	if text == "" {
		return 30
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestNothingLeaks starts containers with everything that could be left, kills
// the cloison of every third at a random moment of its life, and looks for
// mounts, cgroups, processes, devices, tables and notes afterwards.
func TestNothingLeaks(t *testing.T) {
	c := newComputer(t)
	mounts := mountCount(t)
	const life = 120 * time.Millisecond
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 1))
	t.Logf("seed %d", seed)
	var owners []int
	for i := range leakRuns(t) {
		o := bridged("true")
		o.Spec.Limits = sandbox.Limits{Memory: 64 << 20, Pids: 64}
		o.Spec.Volumes = []sandbox.Volume{{Source: "/usr", Target: "/v", ReadOnly: true}}
		if i%2 == 0 {
			o.Spec.Name = "leak"
		}
		cmd := c.command(o)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		owners = append(owners, cmd.Process.Pid)
		if i%3 == 0 {
			time.AfterFunc(time.Duration(random.Int64N(int64(life))), func() { _ = cmd.Process.Kill() })
		}
		if err := cmd.Wait(); err != nil && i%3 != 0 {
			t.Errorf("run %d: %v", i, err)
		}
	}
	if got := c.give(order{Spec: shell("true")}); got.code != 0 { // which sweeps
		t.Errorf("the last one: exit code %d, said %q", got.code, got.told)
	}
	c.clean()
	eventually(t, "without cgroups of the dead", func() bool {
		_ = order{Spec: shell("true")}.give(t, false)
		return !slices.ContainsFunc(owners, func(pid int) bool { return len(groupsOf(t, pid)) > 0 })
	})
	if now := mountCount(t); now != mounts {
		t.Errorf("%d mounts, %d before", now, mounts)
	}
	for _, pid := range owners {
		if child := firstChild(pid); child != 0 {
			t.Errorf("process %d still has child %d", pid, child)
		}
	}
}

// mountCount counts the mounts of the namespace that the test is in.
func mountCount(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(string(text), "\n")
}
