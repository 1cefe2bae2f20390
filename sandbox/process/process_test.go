//go:build linux

package process

import (
	"encoding/json"
	"os"
	"os/exec"
	"testing"
	"time"
)

func TestAnIDOutlivesItsProcess(t *testing.T) {
	own, err := Of(os.Getpid())
	if err != nil || own.Gone() || !own.Runs() {
		t.Errorf("this process: %+v, %v, gone %v, runs %v", own, err, own.Gone(), own.Runs())
	}
	for what, id := range map[string]ID{"an earlier process of this number": {own.PID, 1}, "no process": {}} {
		if !id.Gone() || id.Runs() {
			t.Errorf("%s: gone %v, runs %v", what, id.Gone(), id.Runs())
		}
	}
	cmd := exec.Command("sleep", "1000")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	other, err := Of(cmd.Process.Pid)
	if err != nil || other.Gone() || !other.Runs() {
		t.Errorf("a living process: %+v, %v", other, err)
	}
	_ = cmd.Process.Kill()
	for deadline := time.Now().Add(10 * time.Second); other.Runs(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("a process that was killed still runs")
		}
	}
	if other.Gone() {
		t.Error("a process that nobody has waited for is gone")
	}
	_ = cmd.Wait()
	if !other.Gone() {
		t.Error("a process that has been reaped is not gone")
	}
}

// What /proc answers when a process ends between open(2) and read(2).
func TestAProcessEndsWhileItIsRead(t *testing.T) {
	cmd := exec.Command("sleep", "1000")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(statFile(cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	if n, err := file.Read(make([]byte, 1)); !IsGone(err) {
		t.Errorf("read %d bytes, %v: not what we take for gone", n, err)
	}
}

// Files of an earlier cloison have the start in quotes.
func TestAnIDInAFile(t *testing.T) {
	id := ID{7, 1<<64 - 1}
	text, err := json.Marshal(id)
	if want := `{"pid":7,"start":"18446744073709551615"}`; err != nil || string(text) != want {
		t.Errorf("%s, %v, want %s", text, err, want)
	}
	var back ID
	if err := json.Unmarshal(text, &back); err != nil || back != id {
		t.Errorf("read back: %+v, %v", back, err)
	}
}
