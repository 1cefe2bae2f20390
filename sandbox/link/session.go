package link

import (
	"bytes"
	"io"
	"net"
	"sync"
	"time"
)

// session is the stream of one SSH connection over a port, as a [net.Conn].
// Closing it leaves the port as it is.
type session struct {
	port *port

	mu    sync.Mutex
	moved *sync.Cond // input was added or taken, or the session has ended
	input bytes.Buffer
	err   error // why it has ended
}

// most is how many bytes of input wait to be read before the port is made to
// wait.
const most = 256 << 10

func newSession(p *port) *session {
	s := &session{port: p}
	s.moved = sync.NewCond(&s.mu)
	return s
}

// put adds input; it waits while too much of it is unread.
func (s *session) put(data []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.input.Len() >= most && s.port.patience > 0 {
		timer := time.AfterFunc(s.port.patience, func() { s.end(errStuck) })
		defer timer.Stop()
	}
	for s.input.Len() >= most && s.err == nil {
		s.moved.Wait()
	}
	if s.err == nil {
		s.input.Write(data)
		s.moved.Broadcast()
	}
}

// Read takes input; what came before the end can still be read after it.
func (s *session) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.input.Len() == 0 && s.err == nil {
		s.moved.Wait()
	}
	if s.input.Len() == 0 {
		return 0, s.err
	}
	n, err := s.input.Read(p)
	s.moved.Broadcast()
	return n, err
}

func (s *session) Write(p []byte) (int, error) { return s.port.write(s, p) }

// end ends the session, if it has not ended before.
func (s *session) end(why error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = why
		s.moved.Broadcast()
	}
}

// giveUp ends a session that has not been replaced, and tells the other end by
// an empty line: to end a session sends nothing, unlike the end of a stream.
func (s *session) giveUp() {
	s.end(io.EOF)
	if text, err := (line{}).encode(); err == nil {
		_, _ = s.Write(text)
	}
}

// Close ends the session.
func (s *session) Close() error {
	s.end(io.EOF)
	return nil
}

// address is where a port leads, for those who ask a net.Conn.
type address struct{}

func (address) Network() string { return "port" }
func (address) String() string  { return PortName }

// LocalAddr is the port.
func (s *session) LocalAddr() net.Addr { return address{} }

// RemoteAddr is the port.
func (s *session) RemoteAddr() net.Addr { return address{} }

// SetDeadline does nothing; nor do its likes: SSH sets none.
func (s *session) SetDeadline(time.Time) error { return nil }

// SetReadDeadline does nothing.
func (s *session) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing.
func (s *session) SetWriteDeadline(time.Time) error { return nil }
