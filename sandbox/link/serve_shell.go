package link

import (
	"context"
	"encoding/json"
	"math"
	"sync"

	"golang.org/x/crypto/ssh"

	"cloison/sandbox"
)

// servedShell is a shell of the guest's and the channel that carries its
// terminal.
type servedShell struct {
	shell sandbox.Shell
	ch    ssh.Channel
	flush chan chan int64 // asks the pump to empty the shell's queue
	dry   chan struct{}   // closed when the pump has ended
	sent  int64           // bytes of output; the pump's until dry is closed

	mu    sync.Mutex
	typed int64         // bytes that the shell was sent
	taken int64         // bytes of output that the host has taken
	moved chan struct{} // closed, and made anew, when either grows
}

// ahead is how many bytes of output may be under way to the host. SSH's own
// window is 2 MiB here, which after Ctrl-C would go on scrolling for a second.
const ahead = 256 << 10

// serveShell opens a shell, and closes it when the channel ends.
func (c *connection) serveShell(ch ssh.Channel, requests <-chan *ssh.Request, ask []byte) {
	var a shellAsk
	err := json.Unmarshal(ask, &a)
	var sh sandbox.Shell
	if err == nil {
		sh, err = c.openShell(a)
	}
	if err != nil {
		go ssh.DiscardRequests(requests)
		_ = sendReply(ch, reply{Error: newFailure(err)})
		return
	}
	s := &servedShell{
		shell: sh, ch: ch,
		flush: make(chan chan int64), dry: make(chan struct{}), moved: make(chan struct{}),
	}
	id := c.keepShell(s)
	_ = sendReply(ch, reply{ID: id, PID: sh.PID()})
	go s.input()
	go s.obey(requests)
	stop := context.AfterFunc(c.ctx, func() { _ = sh.Close() })
	defer stop()
	s.pump()
	_ = sh.Close()
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.shells, id)
}

func (c *connection) openShell(a shellAsk) (sandbox.Shell, error) {
	lab, err := c.lab(a.Lab)
	if err != nil {
		return nil, err
	}
	return lab.Shell(c.ctx, sandbox.ShellOptions{Name: a.Name, Cols: a.Cols, Rows: a.Rows})
}

func (c *connection) keepShell(s *servedShell) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last++
	c.shells[c.last] = s
	return c.last
}

// obey carries requests out until the host has closed the channel, which
// closes the shell.
func (s *servedShell) obey(requests <-chan *ssh.Request) {
	for r := range requests {
		var size sizePayload
		var taken takenPayload
		switch {
		case r.Type == requestResize && ssh.Unmarshal(r.Payload, &size) == nil:
			_ = s.shell.Resize(int(size.Cols), int(size.Rows)) // fails where the shell has ended
		case r.Type == requestTaken && ssh.Unmarshal(r.Payload, &taken) == nil:
			s.move(func() { s.taken = int64(taken.Bytes) })
		}
	}
	_ = s.shell.Close()
	s.move(func() { s.taken = math.MaxInt64 }) // nobody waits any more
}

// move changes a count and wakes those who wait for it.
func (s *servedShell) move(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
	close(s.moved)
	s.moved = make(chan struct{})
}

// pump sends the shell's output, and flushes when asked to: all by itself, so
// that nothing is ever out of order.
func (s *servedShell) pump() {
	defer close(s.dry)
	for {
		select {
		case data, open := <-s.shell.Output():
			if !open || !s.send(data) {
				return
			}
		case asked := <-s.flush:
			flushed := len(s.shell.Output()) == 0 || s.send(nil)
			asked <- s.sent
			if !flushed {
				return
			}
		}
	}
}

// send sends data and what else the shell has shown by now: a terminal gives
// few bytes at a time, and a packet costs more than its bytes.
func (s *servedShell) send(data []byte) bool {
	for queued := len(s.shell.Output()); queued > 0; queued-- {
		more, open := <-s.shell.Output()
		if !open {
			break
		}
		if len(data)+len(more) > chunk && !s.write(data) {
			return false
		} else if len(data)+len(more) > chunk {
			data = nil
		}
		data = append(data, more...)
	}
	return s.write(data)
}

// write waits until the host has taken most of what it was sent.
func (s *servedShell) write(data []byte) bool {
	for {
		s.mu.Lock()
		room, moved := s.sent-s.taken < ahead, s.moved
		s.mu.Unlock()
		if room {
			break
		}
		<-moved // comes at the latest when the channel ends
	}
	n, err := s.ch.Write(data)
	s.sent += int64(n)
	return err == nil
}

// flushed sends what the shell has shown up to now, and says how many bytes
// that were in all; 0 when that takes longer than ctx.
func (s *servedShell) flushed(ctx context.Context) int64 {
	asked := make(chan int64, 1)
	select {
	case s.flush <- asked:
	case <-s.dry:
		return s.sent
	case <-ctx.Done():
		return 0
	}
	select {
	case sent := <-asked:
		return sent
	case <-ctx.Done():
		return 0
	}
}

// input types what the host sends.
func (s *servedShell) input() {
	buf := make([]byte, chunk)
	for {
		n, err := s.ch.Read(buf)
		if err != nil {
			return
		}
		if _, err := s.shell.Write(buf[:n]); err != nil {
			return
		}
		s.move(func() { s.typed += int64(n) })
	}
}

// typedAll waits until the shell was sent the first n bytes.
func (s *servedShell) typedAll(ctx context.Context, n int64) error {
	for {
		s.mu.Lock()
		enough, moved := s.typed >= n, s.moved
		s.mu.Unlock()
		if enough {
			return nil
		}
		select {
		case <-moved:
		case <-s.dry:
			return sandbox.ErrEnded
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
