package link

import (
	"context"
	"io"
	"sync"

	"golang.org/x/crypto/ssh"
)

// Relay serves conn as if it were the guest: whoever Dials on its other end
// gets a Client of this Client's guest. The hello is answered here and changes
// nothing in the guest. Relay returns when conn or ctx ends, which ends what was
// begun through it, and when the guest is gone.
func (c *Client) Relay(ctx context.Context, conn io.ReadWriteCloser) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r := &relay{client: c, port: &port{conn: conn, patience: stuckLimit}}
	stop := context.AfterFunc(ctx, func() { _ = r.port.close() })
	defer stop()
	go func() {
		select {
		case <-c.done:
			cancel()
		case <-ctx.Done():
		}
	}()
	err := r.port.listen(r.hear)
	_ = r.port.close()
	r.calls.Wait()
	if gone := c.Err(); gone != nil {
		return gone
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err == io.EOF {
		return nil
	}
	return err
}

// relay is one peer's way to the guest.
type relay struct {
	client *Client
	port   *port
	calls  sync.WaitGroup
}

// hear answers a hello.
func (r *relay) hear(l line) {
	if l.Hello == nil {
		return
	}
	signer, err := newKey()
	if err != nil {
		return
	}
	a := answer{Nonce: l.Hello.Nonce, Key: ssh.FingerprintSHA256(signer.PublicKey()), Guest: r.client.guest}
	if r.port.say(line{Answer: &a}) != nil {
		return
	}
	s := newSession(r.port)
	r.port.begin(s)
	r.calls.Go(func() { r.serve(s, signer) })
}

func (r *relay) serve(s *session, key ssh.Signer) {
	config := &ssh.ServerConfig{Config: algorithms, NoClientAuth: true}
	config.AddHostKey(key)
	conn, channels, requests, err := ssh.NewServerConn(s, config)
	if err != nil {
		return
	}
	defer func() { _ = conn.Close() }()
	go answerRequests(requests)
	for near := range channels {
		r.calls.Go(func() { r.call(near) })
	}
}

// call makes the same call of the guest, and passes everything on, both ways.
func (r *relay) call(asked ssh.NewChannel) {
	verb := asked.ChannelType()
	if verb == verbRest {
		_ = asked.Reject(ssh.Prohibited, "the machine is shared: it cannot be put to rest")
		return
	}
	far, farRequests, err := r.client.ssh.OpenChannel(verb, asked.ExtraData())
	if err != nil {
		_ = asked.Reject(ssh.ConnectionFailed, err.Error())
		return
	}
	defer func() { _ = far.Close() }()
	near, nearRequests, err := asked.Accept()
	if err != nil {
		go ssh.DiscardRequests(farRequests)
		return
	}
	go func() {
		_, _ = io.Copy(far, near)
		_ = far.CloseWrite()
	}()
	go func() {
		passRequests(far, nearRequests)
		_ = far.Close() // the peer has closed its channel
	}()
	var back sync.WaitGroup
	back.Go(func() { _, _ = io.Copy(near.Stderr(), far.Stderr()) })
	back.Go(func() { _, _ = io.Copy(near, far) })
	back.Go(func() { passRequests(near, farRequests) })
	back.Wait()
	_ = near.Close()
}

// passRequests passes requests and their replies on until there are no more.
func passRequests(to ssh.Channel, requests <-chan *ssh.Request) {
	for r := range requests {
		ok, err := to.SendRequest(r.Type, r.WantReply, r.Payload)
		if r.WantReply {
			_ = r.Reply(ok && err == nil, nil)
		}
	}
}
