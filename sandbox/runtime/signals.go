//go:build linux

package runtime

import (
	"os"
	"os/signal"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// patience is the time within which a third SIGINT or SIGTERM kills a
// container that ignores them, as docker run does.
const patience = 3 * time.Second

// forwarder passes the signals that cloison gets on to the container.
type forwarder struct {
	heard chan os.Signal

	mu  sync.Mutex
	pid int // 0 before the birth and after the end

	once  sync.Once
	asked []time.Time // when somebody asked for the end
}

func newForwarder() *forwarder {
	f := &forwarder{heard: make(chan os.Signal, 8)}
	signal.Notify(f.heard, unix.SIGINT, unix.SIGTERM, unix.SIGHUP, unix.SIGQUIT, unix.SIGUSR1, unix.SIGUSR2)
	go f.forward()
	return f
}

// to names the process that signals go to.
func (f *forwarder) to(pid int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pid = pid
}

// stop ends the forwarding. The process must not have been reaped long before,
// or its number could be another's.
func (f *forwarder) stop() {
	f.to(0)
	f.once.Do(func() {
		signal.Stop(f.heard)
		close(f.heard)
	})
}

func (f *forwarder) forward() {
	for s := range f.heard {
		number, ok := s.(unix.Signal)
		if !ok {
			continue
		}
		if f.lastStraw(number, time.Now()) {
			f.send(unix.SIGKILL)
		} else if !fromTerminal(number) {
			f.send(number)
		}
	}
}

func (f *forwarder) send(number unix.Signal) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.pid > 0 {
		_ = unix.Kill(f.pid, number)
	}
}

// lastStraw counts requests to end: the third within a short time will have
// its way, because number 1 of a PID namespace may ignore the others.
func (f *forwarder) lastStraw(number unix.Signal, now time.Time) bool {
	if number != unix.SIGINT && number != unix.SIGTERM {
		return false
	}
	f.asked = append(f.asked, now)
	if len(f.asked) > 3 {
		f.asked = f.asked[1:]
	}
	return len(f.asked) == 3 && now.Sub(f.asked[0]) <= patience
}

// fromTerminal says whether the terminal has sent a signal to the container
// already: keys reach the whole foreground process group, and the container
// is in ours.
func fromTerminal(number unix.Signal) bool {
	if number != unix.SIGINT && number != unix.SIGQUIT {
		return false
	}
	return ownForeground() != 0
}
