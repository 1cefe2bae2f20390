package guest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// listening is a daemon that does with each connection what do does.
func listening(t *testing.T, do func(net.Conn)) daemon {
	t.Helper()
	d := daemon{program: "engine", socket: filepath.Join(t.TempDir(), "s"), log: filepath.Join(t.TempDir(), "log")}
	l, err := net.Listen("unix", d.socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			do(conn)
		}
	}()
	return d
}

// says reads the request and answers with a status.
func says(status string) func(net.Conn) {
	return func(c net.Conn) {
		defer func() { _ = c.Close() }()
		if l, err := bufio.NewReader(c).ReadString('\n'); err == nil && strings.HasPrefix(l, "GET /_ping ") {
			_, _ = c.Write([]byte("HTTP/1.0 " + status + "\r\n\r\nOK"))
		}
	}
}

func TestADaemonAnswers(t *testing.T) {
	for name, test := range map[string]struct {
		do   func(net.Conn)
		want bool
	}{
		"ready":        {says("200 OK"), true},
		"not yet":      {says("503 Service Unavailable"), false},
		"says nothing": {func(c net.Conn) { _ = c.Close() }, false},
	} {
		d := listening(t, test.do)
		if got := d.answers(t.Context()); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
		if !d.listens(t.Context()) {
			t.Errorf("%s: nobody listens", name)
		}
	}
	if d := (daemon{socket: filepath.Join(t.TempDir(), "none")}); d.listens(t.Context()) || d.answers(t.Context()) {
		t.Error("nobody is there, and answers")
	}
}

// Who has waited enough is not held up by an answer that does not come.
func TestAnAnswerIsNotWaitedForBeyondTheEnd(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var held net.Conn
	d := listening(t, func(c net.Conn) { held = c; cancel() })
	if err := d.ready(ctx, nil, d.answers); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v from %v", err, held)
	}
}

// A daemon that is not ready is asked again, and one that has ended is started again,
// though not for ever.
func TestADaemonGetsUp(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(log, []byte("deadline exceeded"), 0o600); err != nil {
		t.Fatal(err)
	}
	d := daemon{program: "engine", log: log}
	refused := errors.New("refused")
	for name, test := range map[string]struct {
		ends    int   // so often by itself
		refused error // to start
		started int
		want    string // of the error
	}{
		"at once":             {0, nil, 1, ""},
		"the second time":     {1, nil, 2, ""},
		"the third time":      {2, nil, 3, ""},
		"never":               {tries, nil, tries, "deadline exceeded"},
		"it can't be started": {0, refused, 1, "refused"},
	} {
		started, asked := 0, 0
		err := d.up(t.Context(), func(context.Context) (<-chan struct{}, error) {
			started++
			ended := make(chan struct{})
			if started <= test.ends {
				close(ended)
			}
			return ended, test.refused
		}, func(context.Context) bool {
			asked++
			return started > test.ends && asked%3 == 0
		})
		if said := fmt.Sprint(err); started != test.started || (err == nil) != (test.want == "") || !strings.Contains(said, test.want) {
			t.Errorf("%s: started %d times, %v", name, started, err)
		}
	}
}
