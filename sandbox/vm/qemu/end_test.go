package qemu

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// stateOf is how a real process ended.
func stateOf(t *testing.T, script string) *os.ProcessState {
	t.Helper()
	cmd := exec.Command("/bin/sh", "-c", script)
	_ = cmd.Run()
	return cmd.ProcessState
}

func TestExplain(t *testing.T) {
	murdered, gaveUp, ended := stateOf(t, "kill -9 $$"), stateOf(t, "exit 1"), stateOf(t, "exit 0")
	for name, test := range map[string]struct {
		traces traces
		want   End
	}{
		"a panic":                {traces{state: ended, shutdown: "guest-reset", panic: "sysrq triggered crash"}, End{Panicked, "sysrq triggered crash"}},
		"a panic, then our Kill": {traces{state: murdered, killed: true, panic: "x"}, End{Panicked, "x"}},
		"reboot":                 {traces{state: ended, shutdown: "guest-reset"}, End{Cause: Rebooted}},
		"poweroff":               {traces{state: ended, shutdown: "guest-shutdown"}, End{Cause: PoweredOff}},
		"pvpanic":                {traces{state: ended, shutdown: "guest-panic"}, End{Cause: Panicked}},
		"somebody's SIGKILL":     {traces{state: murdered}, End{Killed, "killed"}},
		"our SIGKILL":            {traces{state: murdered, killed: true}, End{Cause: Closed}},
		"QEMU complains":         {traces{state: gaveUp, said: "no such file"}, End{Failed, "no such file"}},
		"QEMU is silent":         {traces{state: gaveUp}, End{Unknown, "exit status 1"}},
		"nothing is known":       {traces{}, End{Cause: Unknown}},
	} {
		if got := explain(test.traces); got != test.want {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
		if test.want.Detail != "" && !strings.Contains(test.want.String(), test.want.Detail) {
			t.Errorf("%s: %s", name, test.want)
		}
	}
}

func TestShutdownReason(t *testing.T) {
	for data, want := range map[string]string{
		`{"guest": true, "reason": "guest-reset"}`: "guest-reset",
		`{}`: "", `[]`: "", ``: "",
	} {
		if got := shutdownReason([]byte(data)); got != want {
			t.Errorf("%s: %q", data, got)
		}
	}
}

func TestPanicReason(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "all is well\n": "",
		"[    4.1] Kernel panic - not syncing: sysrq triggered crash\r\n[    4.2] CPU: 0":                     "sysrq triggered crash",
		"Kernel panic - not syncing: first\nKernel panic - not syncing: Attempted to kill init! exitcode=0x9": "Attempted to kill init! exitcode=0x9",
	} {
		if got := panicReason(text); got != want {
			t.Errorf("%q: got %q", text, got)
		}
	}
}

func TestTheConsoleCannotDrawOnOurScreen(t *testing.T) {
	if got, want := printable("a\x1b]52;c;x\x07b\r\n\x1b[1;94m\x9b2Jé\u009bt\t\xff"), "a]52;c;xb\n?2Jét\t?"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTail(t *testing.T) {
	tl := newTail(10)
	for range 100 {
		_, _ = tl.Write([]byte("0123456"))
	}
	if got := tl.String(); got != "4560123456" || cap(tl.text) > 100 {
		t.Errorf("got %q of %d", got, cap(tl.text))
	}
}
