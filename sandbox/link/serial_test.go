package link

import (
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// serial is a port as a virtual machine has it: the guest's end never learns
// that its host has become another one, and what the old one had not read is
// what the new one reads first.
type serial struct {
	guest net.Conn

	mu      sync.Mutex
	plugged net.Conn
	host    net.Conn // plugged, once it has been sent unread
	unread  []byte   // by any host
	frozen  atomic.Bool
}

// newSerial begins a guest behind a port.
func newSerial(t *testing.T, g *guest) *serial {
	s := &serial{guest: serve(t, g)}
	go func() {
		buf := make([]byte, 4096)
		for {
			n, err := s.guest.Read(buf)
			if err != nil {
				return
			}
			for s.frozen.Load() {
				time.Sleep(time.Millisecond)
			}
			s.mu.Lock()
			if s.host == nil {
				s.unread = append(s.unread, buf[:n]...)
			} else if _, err := s.host.Write(buf[:n]); err != nil {
				s.unread, s.host = append(s.unread, buf[:n]...), nil
			}
			s.mu.Unlock()
		}
	}()
	return s
}

// plug gives the port a new host's end. The old one is cut off, but not closed.
func (s *serial) plug(t *testing.T) net.Conn {
	host, ours := pair(t)
	s.mu.Lock()
	s.plugged = ours
	s.mu.Unlock()
	go func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if _, err := ours.Write(s.unread); err == nil {
			s.host, s.unread = ours, nil
		}
	}()
	go func() {
		buf := make([]byte, 4096)
		for {
			n, err := ours.Read(buf)
			if err != nil {
				return
			}
			for s.frozen.Load() {
				time.Sleep(time.Millisecond)
			}
			s.mu.Lock()
			dead := s.plugged != ours
			s.mu.Unlock()
			if dead {
				continue // nobody hears it
			}
			if _, err := s.guest.Write(buf[:n]); err != nil {
				return
			}
		}
	}()
	return host
}

func (s *serial) unplug() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.host, s.plugged = nil, nil
}
