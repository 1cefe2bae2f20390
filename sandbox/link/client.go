package link

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/ssh"

	"cloison/sandbox"
)

// Options say how to talk to a guest. The zero value will do.
type Options struct {
	Hello Hello // the zero Hello stands for a fresh one
	// Silence is how long the guest may leave pings unanswered, while this
	// process runs; 0 is 10 s. After that Doubt is asked.
	Silence time.Duration
	// Doubt says whether a silent guest is worth waiting for: nil begins the
	// wait anew (its VM has been stopped for a while), an error is the cause of
	// its end. Without Doubt, silence is the end.
	Doubt func(ctx context.Context) error
	// Explain may know a better cause than that the stream has ended. It is
	// called once, and may take a second: callers wait for it.
	Explain func(cause error) error

	settle time.Duration // see Client.explain; 0 is usualSettle
}

const (
	usualSilence = 10 * time.Second
	usualSettle  = 200 * time.Millisecond
)

// Client is the host's end of the wire. Its methods may be called from several
// goroutines.
type Client struct {
	o     Options
	port  *port
	guest Guest
	ssh   *ssh.Client

	answers chan answer // to our hello, and then to our order to rest
	resting atomic.Bool // SSH is to end, the stream is not
	ending  sync.Once
	ended   chan struct{} // closed when the connection has ended
	done    chan struct{} // closed when it is known why
	err     error         // before done is closed
}

// The algorithms are the fastest that x/crypto has for a processor without
// special instructions, which is what an emulated one is.
var algorithms = ssh.Config{
	KeyExchanges: []string{ssh.KeyExchangeCurve25519},
	Ciphers:      []string{ssh.CipherChaCha20Poly1305},
	// After this many bytes in one direction keys are changed, which the
	// channel does not need: it is private, and short-lived.
	RekeyThreshold: 1 << 40,
}

// Dial says hello on conn, which is the host's end of the port, and begins an
// SSH connection. What comes before the answer is skipped, whatever it is. A
// guest that is still booting may take as long as ctx allows. Dial takes conn
// over: an error closes it. ctx does not bound the Client.
func Dial(ctx context.Context, conn io.ReadWriteCloser, o Options) (*Client, error) {
	if o.Hello.Nonce == "" {
		o.Hello = NewHello()
	}
	if o.Silence <= 0 {
		o.Silence = usualSilence
	}
	if o.settle <= 0 {
		o.settle = usualSettle
	}
	c := &Client{
		o: o, port: &port{conn: conn},
		answers: make(chan answer, 1), ended: make(chan struct{}), done: make(chan struct{}),
	}
	go func() {
		err := c.port.listen(c.hear)
		c.finish(streamEnd(err), true)
	}()
	// Whatever blocks below ends with conn.
	stop := context.AfterFunc(ctx, func() { c.finish(ctx.Err(), false) })
	err := c.greet()
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		c.finish(err, true)
		return nil, sandbox.Errorf("reach the guest: %w", "joindre l’invité : %w", c.Err())
	}
	go c.pulse()
	if time.Since(o.Hello.Time) > slowHello {
		go c.catchUp()
	}
	return c, nil
}

// slowHello is how old the time in a hello may be when the guest has answered:
// one that was still booting has set its clock to when it was asked.
const slowHello = time.Second

// streamEnd is the cause of an end that came from the stream.
func streamEnd(err error) error {
	if err == nil || errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) {
		return errEnded
	}
	return fmt.Errorf("%w: %w", errEnded, err)
}

// greet says hello and shakes hands.
func (c *Client) greet() error {
	hello := c.o.Hello
	if err := c.port.say(line{Hello: &hello}); err != nil {
		return streamEnd(err)
	}
	var a answer
	select {
	case a = <-c.answers:
	case <-c.done:
		return c.err
	}
	if a.Error != "" {
		return sandbox.Errorf("the guest says: %s", "l’invité dit : %s", cut(a.Error, longestError))
	}
	c.guest = a.Guest
	return c.handshake(a.Key)
}

// hear is called for every line that comes in. The session has to be there
// before the bytes that follow the line are looked at.
func (c *Client) hear(l line) {
	if l.Answer == nil {
		return
	}
	switch l.Answer.Nonce {
	case c.o.Hello.Nonce:
		c.port.begin(newSession(c.port))
	case restNonce(c.o.Hello):
	default:
		return // to somebody before us
	}
	select {
	case c.answers <- *l.Answer:
	default: // a guest that answers twice
	}
}

// handshake begins SSH over the session that hear has begun.
func (c *Client) handshake(key string) error {
	c.port.mu.Lock()
	s := c.port.session
	c.port.mu.Unlock()
	if s == nil {
		return errEnded
	}
	conn, channels, requests, err := ssh.NewClientConn(s, PortName, &ssh.ClientConfig{
		Config: algorithms, User: "root", HostKeyCallback: onlyKey(key),
		HostKeyAlgorithms: []string{ssh.KeyAlgoED25519},
	})
	if err != nil {
		return fmt.Errorf("begin SSH: %w", err)
	}
	// It refuses what a guest may ask of its host: there is nothing to be had.
	c.ssh = ssh.NewClient(conn, channels, requests)
	go func() {
		err := conn.Wait()
		if !c.resting.Load() {
			c.finish(streamEnd(err), true)
		}
	}()
	return nil
}

// onlyKey accepts the key that the answer to our hello has named.
func onlyKey(fingerprint string) ssh.HostKeyCallback {
	return func(_ string, _ net.Addr, key ssh.PublicKey) error {
		if ssh.FingerprintSHA256(key) != fingerprint {
			return errors.New("the guest's key is not the one that it has told")
		}
		return nil
	}
}

// finish ends the connection with a cause, once.
func (c *Client) finish(cause error, explain bool) {
	c.ending.Do(func() {
		close(c.ended)
		if !errors.Is(cause, ErrClosed) {
			_ = c.port.close()
		}
		c.port.hangUp()
		if explain && c.o.Explain != nil {
			if better := c.o.Explain(cause); better != nil {
				cause = better
			}
		}
		c.err = &Gone{Cause: cause}
		close(c.done)
	})
}

// Guest is what the guest has told of itself.
func (c *Client) Guest() Guest { return c.guest }

// Done is closed when the connection has ended.
func (c *Client) Done() <-chan struct{} { return c.done }

// Err says why the connection has ended, as an [ErrGone]; nil while it has not.
func (c *Client) Err() error {
	select {
	case <-c.done:
		return c.err
	default:
		return nil
	}
}

// Close ends the connection and closes its stream. The guest kills and removes
// what it had made for us, and waits for the next hello.
func (c *Client) Close() error {
	c.finish(ErrClosed, false)
	return c.port.close()
}
