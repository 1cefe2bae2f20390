//go:build linux

package why

import (
	"os/exec"
	"strconv"
	"testing"
	"time"
)

// TestRunning tells a program that runs from a process that is only there.
func TestRunning(t *testing.T) {
	for script, want := range map[string]bool{
		"sleep 60 & wait":          true,
		"(sleep 60; true) & wait":  true,
		"(read x <&3) 3<&0 & wait": false, // a copy of the shell, as a trial is before its execve(2)
	} {
		cmd := exec.Command("sh", "-c", script)
		in, err := cmd.StdinPipe()
		if err == nil {
			err = cmd.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		got := false
		for deadline := time.Now().Add(10 * time.Second); len(below(cmd.Process.Pid)) == 0 || want && !got; time.Sleep(5 * time.Millisecond) {
			if got = running(cmd.Process.Pid); time.Now().After(deadline) {
				break
			}
		}
		if got = running(cmd.Process.Pid); got != want {
			t.Errorf("%s: running is %v", script, got)
		}
		for _, child := range below(cmd.Process.Pid) {
			_ = exec.Command("kill", "-9", strconv.Itoa(child)).Run()
		}
		_ = in.Close()
		_ = cmd.Wait()
	}
}

func TestASlowComputerGetsMoreTime(t *testing.T) {
	var p pace
	if p.limit() != firstLimit {
		t.Errorf("at first %s", p.limit())
	}
	p.Store(int64(time.Millisecond))
	if p.limit() != trialLimit {
		t.Errorf("on a fast one %s", p.limit())
	}
	p.Store(int64(2 * time.Second))
	if p.limit() != 40*time.Second {
		t.Errorf("on a slow one %s", p.limit())
	}
}
