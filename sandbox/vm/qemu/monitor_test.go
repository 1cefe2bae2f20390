package qemu

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// fake is a QEMU's end of a monitor, which the test plays.
type fake struct {
	t     *testing.T
	file  *os.File
	lines *bufio.Reader
}

func newFake(t *testing.T) (*Monitor, *fake) {
	t.Helper()
	ours, theirs, err := pair()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = theirs.Close() })
	m := newMonitor(ours)
	t.Cleanup(func() { _ = m.conn.Close() })
	return m, &fake{t, theirs, bufio.NewReader(theirs)}
}

// expect reads a command and answers with lines.
func (f *fake) expect(command string, answers ...string) {
	line, err := f.lines.ReadString('\n')
	if err != nil || !strings.Contains(line, `"execute":"`+command+`"`) {
		f.t.Errorf("got %q, %v, want %s", line, err, command)
	}
	f.say(answers...)
}

func (f *fake) say(lines ...string) {
	if _, err := fmt.Fprint(f.file, strings.Join(lines, "\n")+"\n"); err != nil {
		f.t.Error(err)
	}
}

func TestMonitorTalks(t *testing.T) {
	m, f := newFake(t)
	go func() {
		f.say(`{"QMP": {"version": {}, "capabilities": ["oob"]}}`)
		f.expect("qmp_capabilities", `{"return": {}, "id": 1}`)
		f.expect("query-status", `{"event": "RESUME", "timestamp": {}}`, `{"return": {"running": true}, "id": 2}`)
		f.expect("cont", `{"id": 3, "error": {"class": "GenericError", "desc": "Expecting capabilities"}}`)
	}()
	if err := m.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if running, err := m.Running(t.Context()); err != nil || !running {
		t.Errorf("running %v, %v", running, err)
	}
	if e := <-m.Events(); e.Name != "RESUME" {
		t.Errorf("got %+v", e)
	}
	var refusal *Refusal
	if err := m.Continue(t.Context()); !errors.As(err, &refusal) || refusal.Command != "cont" || !strings.Contains(err.Error(), "Expecting") {
		t.Errorf("got %v", err)
	}
}

func TestMonitorOfADeadQEMU(t *testing.T) {
	m, f := newFake(t)
	_ = f.file.Close()
	if err := m.start(t.Context()); err == nil {
		t.Error("a dead QEMU answers")
	}
	for range m.Events() {
		t.Error("a dead QEMU tells of events")
	}
}

func TestMonitorOfASilentQEMU(t *testing.T) {
	m, _ := newFake(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := m.start(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestMonitorDoesNotTrustQEMU(t *testing.T) {
	for name, said := range map[string]string{
		"not JSON":        "hello",
		"of no kind":      `{"a": 1}`,
		"an endless line": strings.Repeat("x", 2*maxLine),
	} {
		t.Run(name, func(t *testing.T) {
			m, f := newFake(t)
			go func() { _, _ = fmt.Fprintln(f.file, said) }() // refused in the midst
			<-m.closed
			if err := m.Do(t.Context(), "cont", nil, nil); err == nil {
				t.Error("it is believed")
			}
		})
	}
	t.Run("many events", func(t *testing.T) {
		m, f := newFake(t)
		go func() {
			for range 10 * maxEvents {
				f.say(`{"event": "E"}`)
			}
			f.expect("qmp_capabilities", `{"return": {}, "id": 1}`)
		}()
		if err := m.start(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := len(m.events); n != maxEvents {
			t.Errorf("%d events wait", n)
		}
	})
}

func TestMonitorHandsFilesOver(t *testing.T) {
	m, f := newFake(t)
	file, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	done := make(chan int)
	go func() {
		buf, oob := make([]byte, 4096), make([]byte, 64)
		_, n, _, _, err := unix.Recvmsg(int(f.file.Fd()), buf, oob, 0)
		if err != nil {
			t.Error(err)
		}
		f.say(`{"return": {}, "id": 1}`)
		done <- n
	}()
	if err := m.hand(t.Context(), "x", file); err != nil {
		t.Error(err)
	}
	if n := <-done; n < unix.CmsgSpace(4) {
		t.Errorf("%d bytes beside the command", n)
	}
}

func FuzzParse(f *testing.F) {
	for _, line := range []string{
		`{"QMP": {}}`, `{"return": {"a": 1}, "id": 3}`, `{"id": 1, "error": {"class": "c", "desc": "d"}}`,
		`{"event": "SHUTDOWN", "data": {"guest": true, "reason": "guest-reset"}}`, `{`, `[]`, `null`,
	} {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		msg, err := parse(line)
		if err == nil && msg.Greeting == nil && msg.Return == nil && msg.Error == nil && msg.Event == "" {
			t.Errorf("%q is believed", line)
		}
		_ = shutdownReason(msg.Data)
	})
}
