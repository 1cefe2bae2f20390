package qemu

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// Monitor is a connection to QEMU's monitor, by QMP: one JSON object a line,
// commands in turn with their answers, and events in between. Its methods may
// be called from several goroutines.
type Monitor struct {
	conn   *net.UnixConn
	events chan Event
	closed chan struct{}
	err    error // why it is closed; read it after closed

	mu      sync.Mutex // of what follows, and of the order on the wire
	last    int
	waiting map[int]chan message
}

// Event is something that QEMU tells without being asked.
type Event struct {
	Name string
	Data json.RawMessage
}

// Refusal is QEMU's answer to a command that it can't do.
type Refusal struct {
	Command string `json:"-"`
	Class   string `json:"class"`
	Desc    string `json:"desc"`
}

func (e *Refusal) Error() string { return fmt.Sprintf("QEMU refuses %s: %s", e.Command, e.Desc) }

// message is any line from QEMU.
type message struct {
	Greeting *json.RawMessage `json:"QMP"`
	ID       int              `json:"id"`
	Return   *json.RawMessage `json:"return"`
	Error    *Refusal         `json:"error"`
	Event    string           `json:"event"`
	Data     json.RawMessage  `json:"data"`
}

// maxLine bounds a line from QEMU; the longest real ones have some kilobytes.
const maxLine = 1 << 20

// maxEvents is how many events may wait for a reader; later ones are dropped,
// so that a guest that causes many can't fill our memory.
const maxEvents = 64

// errClosed is what a closed connection says where QEMU said nothing.
var errClosed = errors.New("QEMU's monitor is closed")

// newMonitor begins to listen. The caller then calls start.
func newMonitor(conn *net.UnixConn) *Monitor {
	m := &Monitor{
		conn: conn, events: make(chan Event, maxEvents), closed: make(chan struct{}),
		waiting: map[int]chan message{},
	}
	go m.listen()
	return m
}

// start leaves QMP's negotiation, in which nothing else can be asked.
func (m *Monitor) start(ctx context.Context) error { return m.Do(ctx, "qmp_capabilities", nil, nil) }

// Events are what QEMU tells; it is closed when the connection ends.
func (m *Monitor) Events() <-chan Event { return m.events }

func (m *Monitor) listen() {
	lines := bufio.NewScanner(m.conn)
	lines.Buffer(make([]byte, 4<<10), maxLine)
	for lines.Scan() {
		msg, err := parse(lines.Bytes())
		if err != nil {
			m.err = err
			break
		}
		m.deliver(msg)
	}
	if m.err == nil {
		m.err = lines.Err()
	}
	if m.err == nil {
		m.err = errClosed
	}
	_ = m.conn.Close()
	close(m.events)
	close(m.closed)
}

// parse reads one line.
func parse(line []byte) (message, error) {
	var msg message
	if err := json.Unmarshal(line, &msg); err != nil {
		return msg, fmt.Errorf("understand QEMU's monitor: %w", err)
	}
	if msg.Greeting == nil && msg.Return == nil && msg.Error == nil && msg.Event == "" {
		return msg, fmt.Errorf("understand QEMU's monitor: %.80q is neither an answer nor an event", line)
	}
	return msg, nil
}

func (m *Monitor) deliver(msg message) {
	if msg.Event != "" {
		select {
		case m.events <- Event{msg.Event, msg.Data}:
		default:
		}
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if waiting, ok := m.waiting[msg.ID]; ok {
		delete(m.waiting, msg.ID)
		waiting <- msg
	}
}

// Do carries out a command and reads what it returns into result, which may be
// nil. When ctx ends first, QEMU may still do it.
func (m *Monitor) Do(ctx context.Context, command string, args, result any) error {
	return m.do(ctx, command, args, nil, result)
}

// hand gives QEMU an open file, which later commands name as fd:NAME.
func (m *Monitor) hand(ctx context.Context, name string, file *os.File) error {
	return m.do(ctx, "getfd", map[string]any{"fdname": name}, file, nil)
}

func (m *Monitor) do(ctx context.Context, command string, args any, file *os.File, result any) error {
	answer, err := m.send(command, args, file)
	if err != nil {
		return fmt.Errorf("tell QEMU %s: %w", command, err)
	}
	select {
	case msg := <-answer:
		if msg.Error != nil {
			msg.Error.Command = command
			return msg.Error
		}
		if result == nil || msg.Return == nil {
			return nil
		}
		if err := json.Unmarshal(*msg.Return, result); err != nil {
			return fmt.Errorf("understand QEMU's answer to %s: %w", command, err)
		}
		return nil
	case <-m.closed:
		return fmt.Errorf("tell QEMU %s: %w", command, m.err)
	case <-ctx.Done():
		return fmt.Errorf("tell QEMU %s: %w", command, ctx.Err())
	}
}

// send writes one command; the channel gets its answer.
func (m *Monitor) send(command string, args any, file *os.File) (<-chan message, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.last++
	line, err := json.Marshal(struct {
		Execute   string `json:"execute"`
		Arguments any    `json:"arguments,omitempty"`
		ID        int    `json:"id"`
	}{command, args, m.last})
	if err != nil {
		return nil, err
	}
	var rights []byte
	if file != nil {
		rights = unix.UnixRights(int(file.Fd()))
	}
	answer := make(chan message, 1)
	m.waiting[m.last] = answer
	if _, _, err := m.conn.WriteMsgUnix(append(line, '\n'), rights, nil); err != nil {
		delete(m.waiting, m.last)
		return nil, err
	}
	return answer, nil
}

// Continue lets the guest's processors run; Stop makes them stand still.
func (m *Monitor) Continue(ctx context.Context) error { return m.Do(ctx, "cont", nil, nil) }

// Stop makes the guest's processors stand still.
func (m *Monitor) Stop(ctx context.Context) error { return m.Do(ctx, "stop", nil, nil) }

// Running says whether the guest's processors run.
func (m *Monitor) Running(ctx context.Context) (bool, error) {
	var status struct {
		Running bool `json:"running"`
	}
	err := m.Do(ctx, "query-status", nil, &status)
	return status.Running, err
}
