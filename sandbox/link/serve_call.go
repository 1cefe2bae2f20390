package link

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"

	"golang.org/x/crypto/ssh"

	"cloison/sandbox"
)

// answerer makes the last reply to a call.
type answerer func(c *connection, ctx context.Context, ask []byte, tell func(Stage)) (reply, error)

// answerers are the calls that end with their reply.
var answerers = map[string]answerer{
	verbAbout:    answerAbout,
	verbClock:    answerClock,
	verbPrepare:  answerPrepare,
	verbRest:     answerRest,
	verbPowerOff: answerPowerOff,
	verbExec:     answerExec,
	verbInspect:  answerInspect,
	verbRun:      answerRun,
	verbFront:    answerFront,
}

// serveCall serves one channel to its end.
func (c *connection) serveCall(channel ssh.NewChannel) {
	verb, ask := channel.ChannelType(), channel.ExtraData()
	answer, ok := answerers[verb]
	if !ok && !slices.Contains([]string{verbLab, verbShell, verbWatch, verbSession}, verb) {
		_ = channel.Reject(ssh.UnknownChannelType, "no such call: "+verb)
		return
	}
	ch, requests, err := channel.Accept()
	if err != nil {
		return
	}
	defer func() { _ = ch.Close() }()
	switch verb {
	case verbLab:
		c.serveLab(ch, requests, ask)
	case verbShell:
		c.serveShell(ch, requests, ask)
	case verbWatch:
		c.serveWatch(ch, requests, ask)
	case verbSession:
		c.serveSession(ch, requests)
	default:
		go ssh.DiscardRequests(requests)
		c.serveAnswer(ch, answer, ask)
	}
}

// untilClosed is a context that ends with the channel's input, which is the
// host's order to stop.
func (c *connection) untilClosed(ch ssh.Channel) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(c.ctx)
	go func() {
		_, _ = io.Copy(io.Discard, ch)
		cancel()
	}()
	return ctx, cancel
}

// serveAnswer makes the reply.
func (c *connection) serveAnswer(ch ssh.Channel, answer answerer, ask []byte) {
	ctx, cancel := c.untilClosed(ch)
	defer cancel()
	r, err := answer(c, ctx, ask, func(stage Stage) { _ = sendReply(ch, reply{Stage: stage}) })
	r.Error = newFailure(err)
	_ = sendReply(ch, r) // whoever asked may be gone
}

func answerAbout(c *connection, ctx context.Context, _ []byte, _ func(Stage)) (reply, error) {
	m, err := c.backend.Machine(ctx)
	if err != nil {
		return reply{}, err
	}
	about := m.About()
	return reply{About: &about}, nil
}

func answerClock(c *connection, _ context.Context, ask []byte, _ func(Stage)) (reply, error) {
	var a clockAsk
	if err := json.Unmarshal(ask, &a); err != nil {
		return reply{}, err
	}
	return reply{}, c.backend.SetClock(a.Time)
}

func answerPrepare(c *connection, ctx context.Context, _ []byte, tell func(Stage)) (reply, error) {
	return reply{}, c.backend.Prepare(ctx, tell)
}

func answerRest(c *connection, ctx context.Context, _ []byte, _ func(Stage)) (reply, error) {
	return reply{}, c.backend.Rest(ctx)
}

func answerPowerOff(c *connection, _ context.Context, _ []byte, _ func(Stage)) (reply, error) {
	return reply{}, c.backend.PowerOff()
}

func answerExec(c *connection, ctx context.Context, ask []byte, _ func(Stage)) (reply, error) {
	var a execAsk
	if err := json.Unmarshal(ask, &a); err != nil {
		return reply{}, err
	}
	lab, err := c.lab(a.Lab)
	if err != nil {
		return reply{}, err
	}
	o, err := lab.Exec(ctx, a.Script, a.Env)
	return reply{Outcome: newOutcome(o, 0)}, err
}

// newOutcome leaves the middle out of an output that is too long.
func newOutcome(o sandbox.Outcome, seen int64) *outcome {
	output := []byte(o.Output)
	if left := len(output) - longestOutput; left > 0 {
		note := fmt.Appendf(nil, "\n[… %d bytes left out …]\n", left)
		output = bytes.Join([][]byte{output[:longestOutput/2], output[len(output)-longestOutput/2:]}, note)
	}
	return &outcome{Output: output, Exit: o.Exit, Seen: seen}
}

func answerInspect(c *connection, ctx context.Context, ask []byte, _ func(Stage)) (reply, error) {
	var a inspectAsk
	if err := json.Unmarshal(ask, &a); err != nil {
		return reply{}, err
	}
	lab, err := c.lab(a.Lab)
	if err != nil {
		return reply{}, err
	}
	facts, err := lab.Inspect(ctx, a.PID)
	return reply{Facts: &facts}, err
}

func answerRun(c *connection, ctx context.Context, ask []byte, _ func(Stage)) (reply, error) {
	var a runAsk
	if err := json.Unmarshal(ask, &a); err != nil {
		return reply{}, err
	}
	s, err := c.shell(a.Shell)
	if err != nil {
		return reply{}, err
	}
	var until *regexp.Regexp
	if a.Until != "" {
		if until, err = regexp.Compile(a.Until); err != nil {
			return reply{}, err
		}
	}
	if err := s.typedAll(ctx, a.Typed); err != nil {
		return reply{}, err
	}
	o, err := s.shell.RunUntil(ctx, a.Command, until)
	return reply{Outcome: newOutcome(o, s.flushed(ctx))}, err
}

func answerFront(c *connection, _ context.Context, ask []byte, _ func(Stage)) (reply, error) {
	var a frontAsk
	if err := json.Unmarshal(ask, &a); err != nil {
		return reply{}, err
	}
	s, err := c.shell(a.Shell)
	if err != nil {
		return reply{}, err
	}
	pid, err := s.shell.Foreground()
	return reply{PID: pid}, err
}

var errNoLab = sandbox.Errorf("the lab is closed", "le labo est fermé")

func (c *connection) lab(id int) (sandbox.Lab, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if lab, ok := c.labs[id]; ok {
		return lab, nil
	}
	return nil, errNoLab
}

func (c *connection) shell(id int) (*servedShell, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s, ok := c.shells[id]; ok {
		return s, nil
	}
	return nil, sandbox.ErrEnded
}
