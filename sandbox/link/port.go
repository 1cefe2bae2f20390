package link

import (
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// port is one end of the wire: it cuts what comes in into lines and into the
// bytes of the session that the last line began. There is one session at most,
// and when it has been replaced it can neither read nor write a byte more.
type port struct {
	conn     io.ReadWriteCloser
	patience time.Duration // how long a session may leave its input unread; 0 is for ever
	heard    atomic.Int64  // bytes that have come in

	closing sync.Once
	closed  error

	writing sync.Mutex // held by whoever writes
	mu      sync.Mutex
	session *session // nil between sessions
}

// errReplaced is what a session meets when another one has begun.
var errReplaced = errors.New("a new connection has taken over")

// errStuck is what a session meets that reads nothing although there is input.
var errStuck = errors.New("the connection is stuck")

// listen reads until the stream ends, and gives every line to hear. What
// arrives when there is no session is dropped.
func (p *port) listen(hear func(line)) error {
	var scan scanner
	buf := make([]byte, 32<<10)
	for {
		n, err := p.conn.Read(buf)
		p.heard.Add(int64(n))
		for data := buf[:n]; len(data) > 0; {
			through, rest, l, broken := scan.next(data)
			p.deliver(through)
			if broken {
				p.begin(nil)
			}
			if l != nil {
				hear(*l)
			}
			data = rest
		}
		if err != nil {
			p.begin(nil)
			return err
		}
	}
}

func (p *port) deliver(data []byte) {
	p.mu.Lock()
	s := p.session
	p.mu.Unlock()
	if s != nil && len(data) > 0 {
		s.put(data)
	}
}

// begin replaces the session; nil is for none. When it returns, nothing of the
// old one is being written, and nothing of it ever will be.
func (p *port) begin(s *session) {
	p.mu.Lock()
	old := p.session
	p.session = nil
	p.mu.Unlock()
	if old != nil {
		old.end(errReplaced)
	}
	// Its writer may be stuck, because nobody reads at the other end.
	slow, ok := p.conn.(interface{ SetWriteDeadline(time.Time) error })
	ok = ok && old != nil && slow.SetWriteDeadline(time.Unix(1, 0)) == nil
	p.writing.Lock()
	defer p.writing.Unlock()
	if ok {
		_ = slow.SetWriteDeadline(time.Time{})
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.session = s
}

// say writes a line.
func (p *port) say(l line) error {
	text, err := l.encode()
	if err != nil {
		return err
	}
	p.writing.Lock()
	defer p.writing.Unlock()
	_, err = p.conn.Write(text)
	return err
}

// write is for sessions.
func (p *port) write(s *session, data []byte) (int, error) {
	p.writing.Lock()
	defer p.writing.Unlock()
	p.mu.Lock()
	over := p.session != s
	p.mu.Unlock()
	if over {
		return 0, errReplaced
	}
	return p.conn.Write(data)
}

// hangUp ends the session, whoever waits for it.
func (p *port) hangUp() {
	p.mu.Lock()
	s := p.session
	p.mu.Unlock()
	if s != nil {
		s.end(io.EOF)
	}
}

// close closes the stream; a second time does nothing.
func (p *port) close() error {
	p.closing.Do(func() { p.closed = p.conn.Close() })
	return p.closed
}
