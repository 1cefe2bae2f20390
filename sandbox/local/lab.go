package local

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"cloison/sandbox"
	"cloison/sandbox/shell"
)

// Lab is one lab and the connection to its keeper; it implements [sandbox.Lab].
type Lab struct {
	machine *Machine
	record  record
	home    string
	shared  bool     // it sees the machine's own namespaces, and its Docker daemon
	env     []string // of every process in the lab
	key     string   // of the marks of its shells
	wire    wire
	keeper  *exec.Cmd     // nil until it is started
	said    *bytes.Buffer // by the keeper, before it was gone
	gone    chan struct{} // closed when the keeper has ended
	once    sync.Once

	mu      sync.Mutex
	last    int                // the last request's id
	waiting map[int]chan reply // who waits for replies to a request
	shells  map[int]*shell.Shell
	ready   *terminal // of a lab that was a spare one, until somebody asks for a shell
}

var _ sandbox.Lab = (*Lab)(nil)

// errGone is what is said of a lab whose keeper has ended.
var errGone = sandbox.Errorf("the lab is closed", "le labo est fermé")

// call sends a request and waits for its answer. The channel gets what else
// the keeper says of it: the end of a process that was started.
func (l *Lab) call(ctx context.Context, r request, file *os.File) (reply, <-chan reply, error) {
	replies := make(chan reply, 2)
	l.mu.Lock()
	l.last++
	r.ID = l.last
	l.waiting[r.ID] = replies
	l.mu.Unlock()
	// A keeper that has just ended refuses what is sent (EPIPE, unix(7)) a
	// little before it is gone; that is waited for below.
	if err := l.wire.send(r, file); err != nil && !errors.Is(err, syscall.EPIPE) {
		return reply{}, nil, sandbox.Errorf("ask the keeper: %w", "demander au gardien : %w", err)
	}
	select {
	case answer := <-replies:
		if answer.Error != "" {
			return reply{}, nil, errors.New(answer.Error)
		}
		return answer, replies, nil
	case <-l.gone:
		return reply{}, nil, errGone
	case <-ctx.Done():
		_ = l.wire.send(request{ID: r.ID, Kill: true}, nil)
		return reply{}, nil, ctx.Err()
	}
}

// listen hands replies to those who wait for them.
func (l *Lab) listen() {
	for {
		var r reply
		if _, err := l.wire.receive(&r); err != nil {
			return
		}
		l.mu.Lock()
		waiting := l.waiting[r.ID]
		if r.Ended || r.Error != "" {
			delete(l.waiting, r.ID)
		}
		l.mu.Unlock()
		if waiting != nil {
			waiting <- r // has room for both replies
		}
	}
}

// Shell starts a bash on a new terminal. It ends with the lab, or when it is
// closed.
func (l *Lab) Shell(ctx context.Context, o sandbox.ShellOptions) (sandbox.Shell, error) {
	cols, rows := o.Cols, o.Rows
	if cols <= 0 || rows <= 0 {
		cols, rows = usualCols, usualRows
	}
	t, err := l.terminal(ctx, cols, rows)
	if err != nil {
		return nil, sandbox.Errorf("open shell %s: %w", "ouvrir le shell %s : %w", o.Name, err)
	}
	s := shell.New(t.master, shell.Options{Key: l.key, PID: t.pid, Close: func() error {
		_ = l.wire.send(request{ID: t.id, Kill: true}, nil) // fails where the lab is gone, and the shell with it
		return nil
	}})
	l.mu.Lock()
	l.shells[t.pid] = s
	l.mu.Unlock()
	return s, nil
}

// A terminal is of this size where nobody asks for another one.
const usualCols, usualRows = 80, 24

// terminal is a bash that runs, and the master side of its terminal.
type terminal struct {
	master *os.File
	id     int // of the request
	pid    int
}

// terminal starts a bash, or takes the one that the lab was made with.
func (l *Lab) terminal(ctx context.Context, cols, rows int) (*terminal, error) {
	t := l.takeReady()
	if t == nil {
		return l.startBash(ctx, cols, rows)
	}
	if err := shell.Resize(t.master, cols, rows); err != nil {
		_ = t.master.Close()
		return nil, err
	}
	return t, nil
}

// takeReady gives the bash that the lab was made with to whoever asks first; nil
// to all others.
func (l *Lab) takeReady() *terminal {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.ready
	l.ready = nil
	return t
}

func (l *Lab) startBash(ctx context.Context, cols, rows int) (*terminal, error) {
	fd, slave, err := shell.Terminal(cols, rows)
	if err != nil {
		return nil, err
	}
	defer func() { _ = slave.Close() }()
	master, err := shell.Master(fd)
	if err != nil {
		return nil, err
	}
	what := &start{Args: []string{"bash"}, Env: l.env, Dir: l.home, Terminal: true}
	answer, _, err := l.call(ctx, request{Start: what}, slave)
	if err != nil {
		_ = master.Close()
		return nil, err
	}
	return &terminal{master, answer.ID, answer.PID}, nil
}

// Inspect reads the facts of a process of the lab.
func (l *Lab) Inspect(_ context.Context, pid int) (sandbox.Facts, error) {
	return l.machine.reader.Read(pid)
}

// Close ends the connection, and waits until the keeper has cleared the lab;
// where the keeper cannot do it, Close does.
func (l *Lab) Close() error {
	var err error
	l.once.Do(func() {
		l.machine.forget(l)
		if t := l.takeReady(); t != nil {
			_ = t.master.Close()
		}
		if l.keeper != nil {
			l.dismiss()
		}
		err = l.machine.state.clear(l.record)
	})
	if err != nil {
		return sandbox.Errorf("close a lab: %w", "fermer un labo : %w", err)
	}
	return nil
}

// dismiss ends the keeper.
func (l *Lab) dismiss() {
	_ = l.wire.conn.CloseWrite()
	timer := time.NewTimer(3 * clearLimit)
	defer timer.Stop()
	select {
	case <-l.gone:
	case <-timer.C:
		_ = l.keeper.Process.Kill()
		<-l.gone
	}
	_ = l.wire.conn.Close()
}
