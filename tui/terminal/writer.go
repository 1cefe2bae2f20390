package terminal

import (
	"context"
	"io"
	"sync"

	"cloison/sandbox"
)

// maxAnswers bounds the answers to a program's queries that wait for it to
// read them, in bytes; what it asks beyond that stays without answer.
const maxAnswers = 1 << 20

// writer brings keys, answers and sizes to a shell in the order they were
// given. Giving never blocks; one goroutine does the writing.
type writer struct {
	shell  sandbox.Shell
	mu     sync.Mutex
	queue  []byte
	size   *[2]int // columns and rows that the shell does not know yet
	known  bool    // a size was given
	closed bool
	wake   chan struct{}
}

func newWriter(ctx context.Context, shell sandbox.Shell) *writer {
	w := &writer{shell: shell, wake: make(chan struct{}, 1)}
	context.AfterFunc(ctx, w.stop)
	go w.run()
	return w
}

// send queues keys.
func (w *writer) send(p []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return
	}
	w.queue = append(w.queue, p...)
	w.signal()
}

// answer queues the emulator's answer to a query.
func (w *writer) answer(p []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed || len(w.queue) > maxAnswers {
		return
	}
	w.queue = append(w.queue, p...)
	w.signal()
}

// resize notes the size that the shell is to know before anything else is typed.
func (w *writer) resize(cols, rows int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.size, w.known = &[2]int{cols, rows}, true
	w.signal()
}

// sized says whether a size was ever given.
func (w *writer) sized() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.known
}

// stop ends the writing; what is queued is lost.
func (w *writer) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed, w.queue, w.size = true, nil, nil
	w.signal()
}

// signal wakes run; the caller holds the lock.
func (w *writer) signal() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// run does the writing until stop or the shell's end.
func (w *writer) run() {
	for range w.wake {
		p, size, closed := w.take()
		if closed {
			return
		}
		if size != nil {
			// A shell that cannot be resized has ended, which Output tells.
			_ = w.shell.Resize(size[0], size[1])
		}
		if len(p) == 0 {
			continue
		}
		if _, err := w.shell.Write(p); err != nil {
			w.stop()
		}
	}
}

// take empties the queue.
func (w *writer) take() (p []byte, size *[2]int, closed bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p, size = w.queue, w.size
	w.queue, w.size = nil, nil
	return p, size, w.closed
}

// pump carries the emulator's answers to the queue until r ends. The emulator
// blocks while nobody reads them, so this never waits for the shell.
func (w *writer) pump(r io.Reader) {
	buf := make([]byte, 4<<10)
	for {
		n, err := r.Read(buf)
		w.answer(buf[:n])
		if err != nil {
			return
		}
	}
}
