package link

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/crypto/ssh"

	"cloison/sandbox"
)

// hostile is a guest whose SSH is sound and whose replies are anything.
func hostile(t testing.TB, said []byte) net.Conn {
	t.Helper()
	host, inside := pair(t)
	go func() {
		p := &port{conn: inside}
		_ = p.listen(func(l line) {
			if l.Hello == nil {
				return
			}
			key, err := newKey()
			if err != nil {
				return
			}
			_ = p.say(line{Answer: &answer{Nonce: l.Hello.Nonce, Key: ssh.FingerprintSHA256(key.PublicKey())}})
			s := newSession(p)
			p.begin(s)
			go sayTo(s, key, said)
		})
	}()
	return host
}

// sayTo answers every call with the same bytes.
func sayTo(s *session, key ssh.Signer, said []byte) {
	config := &ssh.ServerConfig{Config: algorithms, NoClientAuth: true}
	config.AddHostKey(key)
	_, channels, requests, err := ssh.NewServerConn(s, config)
	if err != nil {
		return
	}
	go answerRequests(requests)
	for c := range channels {
		ch, requests, err := c.Accept()
		if err != nil {
			continue
		}
		go ssh.DiscardRequests(requests)
		go func() {
			_, _ = ch.SendRequest(string(said), false, said)
			_, _ = ch.Write(said)
			_ = ch.Close()
		}()
	}
}

// FuzzReplies: whatever a guest says to a call, the call ends, and nothing of
// the host's breaks.
func FuzzReplies(f *testing.F) {
	for _, said := range []string{
		"", "{}\n", "null\n", "[]\n", `{"ID":1,"PID":-1}` + "\n\x1b[2Jdata",
		`{"Error":{"Said":{"en":"no","fr":"non"},"Kind":"busy"}}` + "\n", `{"About":{"lacks":null}}` + "\n",
		`{"Outcome":{"Output":"!","Exit":99999,"Seen":9223372036854775807}}` + "\n",
		`{"Outcome":{"Seen":-1}}` + "\n", `{"Facts":{"pid":"x"}}` + "\n", "exit-status", "exit-signal",
		`{"Xray":{"facts":{"pid":1}}}` + "\n" + `{"Xray":{}}` + "\n{", `{"Xray":{"processes":[{"namespaces":{"x":1}}]}}` + "\n",
		strings.Repeat("{", 70_000), `{"Stage":"a"}` + "\n" + `{"Stage":"b"}` + "\n",
	} {
		f.Add([]byte(said))
	}
	f.Fuzz(func(t *testing.T, said []byte) {
		ctx, cancel := context.WithTimeout(t.Context(), limit)
		defer cancel()
		c, err := Dial(ctx, hostile(t, said), Options{settle: time.Microsecond})
		if err != nil {
			t.Fatal(err)
		}
		impatient, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
		defer cancel()
		m := &Machine{client: c, labs: map[*Lab]bool{}}
		_, _ = c.Machine(impatient)
		_ = c.Prepare(impatient, func(Stage) {})
		_, _ = c.Run(impatient, Command{Args: []string{"true"}})
		if lab, err := m.Open(impatient, sandbox.LabOptions{Files: fstest.MapFS{"a": {}}}); err == nil {
			useLab(impatient, lab)
		}
		_ = c.Close()
	})
}

func useLab(ctx context.Context, lab sandbox.Lab) {
	_, _ = lab.Exec(ctx, "true", nil)
	_, _ = lab.Inspect(ctx, 1)
	if xrays, err := lab.Watch(ctx, 1, nil); err == nil {
		for range xrays {
		}
	}
	if s, err := lab.Shell(ctx, sandbox.ShellOptions{}); err == nil {
		drain(s)
		_, _ = s.Run(ctx, "true")
		_, _ = s.Write([]byte("x"))
		_ = s.Close()
	}
}

// FuzzStream: a guest that does not even speak SSH, before the answer and
// after it.
func FuzzStream(f *testing.F) {
	f.Add([]byte("SSH-2.0-x\r\n"), true)
	f.Add([]byte(mark+"{}"), true)
	f.Add(bytes.Repeat([]byte{0}, 300), false)
	f.Fuzz(func(t *testing.T, said []byte, answers bool) {
		host, inside := pair(t)
		h := NewHello()
		go func() {
			if answers {
				text, _ := line{Answer: &answer{Nonce: h.Nonce, Key: "SHA256:x"}}.encode()
				_, _ = inside.Write(text)
			}
			_, _ = inside.Write(said)
			_, _ = io.CopyN(io.Discard, inside, 10)
			_ = inside.Close()
		}()
		ctx, cancel := context.WithTimeout(t.Context(), limit)
		defer cancel()
		if _, err := Dial(ctx, host, Options{Hello: h}); !errors.Is(err, ErrGone) || ctx.Err() != nil {
			t.Errorf("got %v", err)
		}
	})
}

// FuzzFirstLine: a shell's reply and the terminal's bytes come in one stream.
func FuzzFirstLine(f *testing.F) {
	f.Add([]byte(`{"ID":1,"PID":2}`), []byte("rest"))
	f.Fuzz(func(t *testing.T, first, rest []byte) {
		in := bufio.NewReaderSize(io.MultiReader(bytes.NewReader(first), strings.NewReader("\n"), bytes.NewReader(rest)), chunk)
		if _, err := firstLine(in); err != nil || bytes.ContainsRune(first, '\n') {
			return
		}
		if got, err := io.ReadAll(in); err != nil || !bytes.Equal(got, rest) {
			t.Errorf("after the reply came %q, %v; want %q", got, err, rest)
		}
	})
}
