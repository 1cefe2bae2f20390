package link

import (
	"context"
	"fmt"
	"time"

	"cloison/sandbox"
)

// Stage is a part of [Client.Prepare].
type Stage string

// The stages, in order; a guest without Docker has fewer.
const (
	StageContainerd Stage = "containerd" // starting containerd
	StageDockerd    Stage = "dockerd"    // starting dockerd
	StageImages     Stage = "images"     // loading container images
	StageWarmUp     Stage = "warm-up"    // running a container, a lab and a shell for the first time
)

// Ping is one round trip to the guest's agent.
func (c *Client) Ping(ctx context.Context) (time.Duration, error) {
	began := time.Now()
	result := make(chan error, 1)
	go func() {
		_, _, err := c.ssh.SendRequest(requestPing, true, nil)
		result <- err
	}()
	select {
	case err := <-result:
		if err != nil {
			return 0, c.explain(err)
		}
		return time.Since(began), nil
	case <-c.done:
		return 0, c.err
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// SetClock tells the guest the time: its clock stands still while its VM is
// stopped, or this computer sleeps.
func (c *Client) SetClock(ctx context.Context) error {
	if _, err := c.call(ctx, verbClock, clockAsk{Time: time.Now()}, nil); err != nil {
		return fmt.Errorf("set the guest's clock: %w", err)
	}
	return nil
}

// Prepare starts what lessons find running, Docker for one, and runs
// everything once, so that a state saved afterwards is warm. tell hears of each
// stage as it begins.
func (c *Client) Prepare(ctx context.Context, tell func(Stage)) error {
	if _, err := c.call(ctx, verbPrepare, nil, tell); err != nil {
		return fmt.Errorf("prepare the guest: %w", err)
	}
	return nil
}

// PowerOff asks the guest to end. An error of the kind [ErrGone] means that it
// has done so already.
func (c *Client) PowerOff(ctx context.Context) error {
	if _, err := c.call(ctx, verbPowerOff, nil, nil); err != nil {
		return fmt.Errorf("power the guest off: %w", err)
	}
	return nil
}

// Quiesce ends the connection such that the guest's state may be saved: the
// guest has closed what it had made for us, has written its last byte, and does
// nothing but wait for a hello. The Client is done then, but its stream stays
// open until Close, since the guest would notice the end of it.
func (c *Client) Quiesce(ctx context.Context) error {
	if _, err := c.call(ctx, verbRest, nil, nil); err != nil {
		return fmt.Errorf("put the guest to rest: %w", err)
	}
	if err := c.rest(ctx); err != nil {
		return fmt.Errorf("put the guest to rest: %w", err)
	}
	c.finish(ErrClosed, false)
	return nil
}

// rest gives the order outside of SSH, where the answer to it is behind
// whatever SSH may have had under way.
func (c *Client) rest(ctx context.Context) error {
	c.resting.Store(true)
	stop := context.AfterFunc(ctx, func() { c.finish(ctx.Err(), false) })
	defer stop()
	if err := c.port.say(line{Rest: restNonce(c.o.Hello)}); err != nil {
		return c.explain(err)
	}
	select {
	case <-c.answers:
		return nil
	case <-c.done:
		return c.err
	}
}

// restNonce is told from the hello's, so that neither answers for the other.
func restNonce(h Hello) string { return h.Nonce + "/rest" }

// about asks what the guest is and lacks.
func (c *Client) about(ctx context.Context) (sandbox.About, error) {
	r, err := c.call(ctx, verbAbout, nil, nil)
	if err == nil && r.About == nil {
		err = errNoAnswer
	}
	if err != nil {
		return sandbox.About{}, fmt.Errorf("ask the guest what it is: %w", err)
	}
	return *r.About, nil
}
