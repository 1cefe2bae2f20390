package link

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"golang.org/x/crypto/ssh"

	"cloison/sandbox"
)

// open opens the channel of a call. x/crypto's OpenChannel cannot be cancelled;
// one that comes too late is closed.
func (c *Client) open(ctx context.Context, verb string, ask any) (ssh.Channel, error) {
	text, err := json.Marshal(ask)
	if err != nil {
		return nil, err
	}
	if len(text) > longestAsk {
		return nil, fmt.Errorf("ask the guest: %d bytes are too long", len(text))
	}
	type opened struct {
		ch  ssh.Channel
		err error
	}
	result := make(chan opened, 1)
	go func() {
		ch, requests, err := c.ssh.OpenChannel(verb, text)
		if err == nil {
			go ssh.DiscardRequests(requests)
		}
		result <- opened{ch, err}
	}()
	select {
	case o := <-result:
		if o.err != nil {
			return nil, c.explain(o.err)
		}
		return o.ch, nil
	case <-c.done:
		return nil, c.err
	case <-ctx.Done():
		go func() {
			if o := <-result; o.err == nil {
				_ = o.ch.Close()
			}
		}()
		return nil, ctx.Err()
	}
}

// explain makes the error of a channel that broke off that of its cause. Where
// that is the end of the guest, the channel has ended a moment earlier.
func (c *Client) explain(err error) error {
	var refused *ssh.OpenChannelError
	if errors.As(err, &refused) {
		return sandbox.Errorf("the guest refuses: %s", "l’invité refuse : %s", cut(refused.Message, longestError))
	}
	timer := time.NewTimer(c.o.settle)
	defer timer.Stop()
	select {
	case <-c.ended:
		<-c.done // the cause may take a moment to be found
		return c.err
	case <-timer.C:
		return sandbox.Errorf("the guest broke off: %w", "l’invité a rompu la connexion : %w", err)
	}
}

// lastWords is how long a call that was cancelled may take to say what it has
// come to.
const lastWords = 500 * time.Millisecond

// call makes a call and waits for its last reply. When ctx ends first, the
// guest is told to stop, and what it says to that soon is returned with ctx's
// error.
func (c *Client) call(ctx context.Context, verb string, ask any, tell func(Stage)) (reply, error) {
	ch, err := c.open(ctx, verb, ask)
	if err != nil {
		return reply{}, err
	}
	defer func() { _ = ch.Close() }()
	patient, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	stop := context.AfterFunc(ctx, func() {
		time.AfterFunc(lastWords, cancel)
		_ = ch.CloseWrite() // the order to stop
	})
	defer stop()
	r, err := c.replied(patient, ch, replies(ch), tell)
	if err != nil && ctx.Err() != nil && c.Err() == nil {
		err = ctx.Err()
	}
	return r, err
}

// replied waits for the last reply on ch, which d reads.
func (c *Client) replied(ctx context.Context, ch ssh.Channel, d *json.Decoder, tell func(Stage)) (reply, error) {
	type got struct {
		r   reply
		err error
	}
	result := make(chan got, 1)
	go func() {
		r, err := lastReply(d, tell)
		result <- got{r, err}
	}()
	select {
	case g := <-result:
		if g.err != nil {
			return reply{}, c.explain(g.err)
		}
		return g.r, g.r.Error.err()
	case <-c.done:
		return reply{}, c.err
	case <-ctx.Done():
		_ = ch.Close()
		return reply{}, ctx.Err()
	}
}

// lastReply tells of the stages before it.
func lastReply(d *json.Decoder, tell func(Stage)) (reply, error) {
	for {
		r, err := readReply(d)
		if err != nil || r.Stage == "" {
			return r, err
		}
		if tell != nil {
			tell(r.Stage)
		}
	}
}
