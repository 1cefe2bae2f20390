//go:build linux

package process

import (
	"os"
	"os/exec"
	"testing"
)

func TestGone(t *testing.T) {
	own, err := Of(os.Getpid())
	if err != nil || own.Gone() {
		t.Errorf("this process: %+v, %v, gone %v", own, err, own.Gone())
	}
	if !(ID{own.PID, "1"}).Gone() {
		t.Error("an earlier process of this number is not gone")
	}
	cmd := exec.Command("sleep", "1000")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	other, err := Of(cmd.Process.Pid)
	if err != nil || other.Gone() {
		t.Errorf("a living process: %+v, %v", other, err)
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	if !other.Gone() {
		t.Error("a process that has been reaped is not gone")
	}
}

func FuzzStartTime(f *testing.F) {
	f.Add("1 (a b) c) S 0 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 42 1 1")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		if start, err := startTime(text); err == nil && start == "" {
			t.Errorf("no start time in %q, and no error", text)
		}
	})
}
