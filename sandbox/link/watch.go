package link

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"

	"golang.org/x/crypto/ssh"

	"cloison/sandbox"
)

// longestXray is how long one X-ray may be on the wire, in bytes. A lab's are
// bounded to a quarter of that.
const longestXray = 1 << 20

// Watch X-rays the lab as seen from what runs in front of a shell's terminal,
// or from whom subjects names.
func (l *Lab) Watch(ctx context.Context, pid int, subjects <-chan sandbox.Subject) (<-chan sandbox.Xray, error) {
	ch, err := l.machine.client.open(ctx, verbWatch, inspectAsk{l.id, pid})
	if err != nil {
		return nil, sandbox.Errorf("watch the lab: %w", "observer le labo : %w", err)
	}
	stop := context.AfterFunc(ctx, func() { _ = ch.Close() })
	lines := bufio.NewScanner(ch)
	lines.Buffer(nil, longestXray)
	first, err := nextXray(lines)
	if err != nil {
		stop()
		_ = ch.Close()
		if ctx.Err() != nil {
			err = ctx.Err()
		} else if errors.Is(err, errNoAnswer) {
			err = l.machine.client.explain(err)
		}
		return nil, sandbox.Errorf("watch the lab: %w", "observer le labo : %w", err)
	}
	latest := sandbox.NewLatest[sandbox.Xray]()
	latest.Put(first)
	over := make(chan struct{})
	go tell(ch, subjects, over)
	go func() {
		defer latest.Close()
		defer close(over)
		defer func() { _ = ch.Close() }()
		defer stop()
		for {
			x, err := nextXray(lines)
			if err != nil {
				return
			}
			latest.Put(x)
		}
	}()
	return latest.C(), nil
}

// tell tells the guest whom to follow, until the watch is over.
func tell(ch ssh.Channel, subjects <-chan sandbox.Subject, over <-chan struct{}) {
	for {
		select {
		case s, open := <-subjects:
			text, err := json.Marshal(s)
			if err != nil || !open {
				return
			}
			if _, err := ch.SendRequest(requestFollow, false, text); err != nil {
				return
			}
		case <-over:
			return
		}
	}
}

// nextXray reads one; the error is the guest's, or errNoAnswer.
func nextXray(lines *bufio.Scanner) (sandbox.Xray, error) {
	if !lines.Scan() {
		return sandbox.Xray{}, errors.Join(errNoAnswer, lines.Err())
	}
	var r reply
	if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
		return sandbox.Xray{}, errors.Join(errNoAnswer, err)
	}
	if err := r.Error.err(); err != nil {
		return sandbox.Xray{}, err
	}
	if r.Xray == nil {
		return sandbox.Xray{}, errNoAnswer
	}
	return *r.Xray, nil
}

// serveWatch sends X-rays until the host closes the channel, or there are no
// more. One that waits for the wire gives way to the next.
func (c *connection) serveWatch(ch ssh.Channel, requests <-chan *ssh.Request, ask []byte) {
	ctx, cancel := c.untilClosed(ch)
	defer cancel()
	subjects := sandbox.NewLatest[sandbox.Subject]()
	go hearSubjects(requests, subjects)
	xrays, err := c.watch(ctx, ask, subjects.C())
	if err != nil {
		_ = sendReply(ch, reply{Error: newFailure(err)})
		return
	}
	for x := range xrays {
		if sendReply(ch, reply{Xray: &x}) != nil {
			return
		}
	}
}

// hearSubjects hands on whom the host asks for, until the channel is closed.
func hearSubjects(requests <-chan *ssh.Request, subjects sandbox.Latest[sandbox.Subject]) {
	for r := range requests {
		var s sandbox.Subject
		if r.Type == requestFollow && json.Unmarshal(r.Payload, &s) == nil {
			subjects.Put(s)
		}
		if r.WantReply {
			_ = r.Reply(false, nil)
		}
	}
}

func (c *connection) watch(ctx context.Context, ask []byte, subjects <-chan sandbox.Subject) (<-chan sandbox.Xray, error) {
	var a inspectAsk
	if err := json.Unmarshal(ask, &a); err != nil {
		return nil, err
	}
	lab, err := c.lab(a.Lab)
	if err != nil {
		return nil, err
	}
	return lab.Watch(ctx, a.PID, subjects)
}
