package link

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"io"
	"os/exec"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"

	"cloison/sandbox"
)

// Backend is what a guest is made of, as far as the wire is concerned.
type Backend interface {
	// Guest says who answers.
	Guest() Guest
	// Wake makes clock, random numbers and names those of the hello.
	Wake(Hello) error
	SetClock(time.Time) error
	// Machine is where labs are made; it is asked for when it is needed, and
	// stays the guest's.
	Machine(context.Context) (sandbox.Machine, error)
	// Prepare gets the guest ready to be saved, and tells what it is about.
	Prepare(ctx context.Context, tell func(Stage)) error
	// Rest is called before the state is saved.
	Rest(context.Context) error
	// Command is a program of the guest's: line is for a shell to run, "" for a
	// login shell. The caller adds streams and starts it.
	Command(line string) *exec.Cmd
	PowerOff() error
}

// server is the guest's end of the wire.
type server struct {
	backend Backend
	port    *port
	hellos  int
	current *connection // nil before the first hello
}

// stuckLimit is how long a connection may leave its input unread before a new
// hello is worth more than it.
const stuckLimit = 10 * time.Second

// Serve answers hellos on conn, which is the guest's end of the port, until
// conn ends. Each hello ends what the one before had begun. A host that was
// connected to an agent before this one is told by a mark that it is not any
// more.
func Serve(conn io.ReadWriteCloser, b Backend) error {
	s := &server{backend: b, port: &port{conn: conn, patience: stuckLimit}}
	if err := s.port.say(line{}); err != nil {
		return fmt.Errorf("write to the port: %w", err)
	}
	err := s.port.listen(s.hear)
	s.drop()
	return err
}

// hear is called for every line, when nothing of an earlier connection can be
// read or written any more.
func (s *server) hear(l line) {
	switch {
	case l.Hello != nil:
		s.drop()
		s.greet(*l.Hello)
	case l.Rest != "":
		s.drop().wait(restLimit)
		_ = s.port.say(line{Answer: &answer{Nonce: l.Rest}}) // a host that is gone does not need it
	}
}

// restLimit is how long a guest waits for what a connection has left behind,
// before it calls itself at rest.
const restLimit = 15 * time.Second

// drop ends the connection that there is.
func (s *server) drop() *connection {
	c := s.current
	s.current = nil
	if c != nil {
		c.cancel()
	}
	return c
}

// greet answers a hello, and begins SSH.
func (s *server) greet(h Hello) {
	a := answer{Nonce: h.Nonce, Guest: s.backend.Guest()}
	a.Guest.Hellos = s.hellos
	s.hellos++
	if err := s.backend.Wake(h); err != nil {
		a.Error = cut(err.Error(), longest/2)
	}
	// After Wake: this needs the fresh random numbers.
	signer, err := newKey()
	if err != nil {
		a.Error = err.Error()
	} else {
		a.Key = ssh.FingerprintSHA256(signer.PublicKey())
	}
	if err := s.port.say(line{Answer: &a}); err != nil || a.Error != "" {
		return
	}
	session := newSession(s.port)
	s.port.begin(session)
	c := newConnection(s.backend)
	s.current = c
	go func() {
		c.serve(session, signer)
		session.giveUp()
	}()
}

// newKey makes the host key of one connection. It is never written down.
func newKey() (ssh.Signer, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a host key: %w", err)
	}
	return ssh.NewSignerFromKey(private)
}

// connection is one SSH connection and what was made for it.
type connection struct {
	backend Backend
	ctx     context.Context
	cancel  context.CancelFunc
	over    chan struct{} // closed when nothing of it is left

	calls  sync.WaitGroup
	mu     sync.Mutex
	last   int // id
	labs   map[int]sandbox.Lab
	shells map[int]*servedShell
}

func newConnection(b Backend) *connection {
	ctx, cancel := context.WithCancel(context.Background())
	return &connection{
		backend: b, ctx: ctx, cancel: cancel, over: make(chan struct{}),
		labs: map[int]sandbox.Lab{}, shells: map[int]*servedShell{},
	}
}

// wait waits until nothing is left of the connection, or for limit.
func (c *connection) wait(limit time.Duration) {
	if c == nil {
		return
	}
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-c.over:
	case <-timer.C:
	}
}

// serve is the connection's life.
func (c *connection) serve(stream *session, key ssh.Signer) {
	defer close(c.over)
	defer c.cancel()
	config := &ssh.ServerConfig{Config: algorithms, NoClientAuth: true}
	config.AddHostKey(key)
	conn, channels, requests, err := ssh.NewServerConn(stream, config)
	if err != nil {
		return
	}
	defer func() { _ = conn.Close() }()
	context.AfterFunc(c.ctx, func() { _ = conn.Close() })
	go answerRequests(requests)
	// Calls may end after the connection does; each removes what it made.
	defer c.calls.Wait()
	defer c.cancel()
	for channel := range channels {
		c.calls.Go(func() { c.serveCall(channel) })
	}
}

// answerRequests answers pings; nothing else is asked of the connection itself.
func answerRequests(requests <-chan *ssh.Request) {
	for r := range requests {
		if r.WantReply {
			_ = r.Reply(r.Type == requestPing, nil)
		}
	}
}
