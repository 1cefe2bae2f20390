package link

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"

	"cloison/sandbox"
)

// Machine is the guest as a place for lessons; it implements
// [sandbox.Machine]. What it does is done by the guest's own machine.
type Machine struct {
	client *Client
	about  sandbox.About

	mu   sync.Mutex
	labs map[*Lab]bool
}

var _ sandbox.Machine = (*Machine)(nil)

// Machine asks the guest what it can do.
func (c *Client) Machine(ctx context.Context) (*Machine, error) {
	about, err := c.about(ctx)
	if err != nil {
		return nil, err
	}
	about.Name = "vm"
	return &Machine{client: c, about: about, labs: map[*Lab]bool{}}, nil
}

// About says what the guest is and lacks.
func (m *Machine) About() sandbox.About { return m.about }

// Open makes a lab in the guest.
func (m *Machine) Open(ctx context.Context, o sandbox.LabOptions) (sandbox.Lab, error) {
	l, err := m.open(ctx, o)
	if err != nil {
		return nil, sandbox.Errorf("open a lab: %w", "ouvrir un labo : %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.labs[l] = true
	return l, nil
}

func (m *Machine) open(ctx context.Context, o sandbox.LabOptions) (*Lab, error) {
	ask := labAsk{Lesson: o.Lesson, Env: o.Env, Shared: o.Shared, Files: o.Files != nil}
	ch, err := m.client.open(ctx, verbLab, ask)
	if err != nil {
		return nil, err
	}
	l := &Lab{machine: m, ch: ch, replies: replies(ch)}
	packed := make(chan error, 1)
	go func() { packed <- pack(ch, o.Files) }()
	r, err := m.client.replied(ctx, ch, l.replies, nil)
	if err != nil {
		_ = ch.Close() // ends pack as well
		if local := <-packed; local != nil && !errors.Is(local, io.EOF) {
			err = local
		}
		return nil, err
	}
	l.id = r.ID
	return l, nil
}

// pack writes a zip of files, which the other end can use as a file system.
func pack(ch ssh.Channel, files fs.FS) error {
	if files != nil {
		w := zip.NewWriter(ch)
		if err := w.AddFS(files); err != nil {
			_ = ch.Close()
			return fmt.Errorf("copy the lesson's files: %w", err)
		}
		if err := w.Close(); err != nil {
			return err
		}
	}
	return ch.CloseWrite()
}

// Close closes every lab, but not the Client.
func (m *Machine) Close() error {
	m.mu.Lock()
	var labs []*Lab
	for l := range m.labs {
		labs = append(labs, l)
	}
	m.mu.Unlock()
	var failed []error
	for _, l := range labs {
		failed = append(failed, l.Close())
	}
	return errors.Join(failed...)
}

// Lab is a lab in the guest; it implements [sandbox.Lab]. The guest closes it
// when its channel ends, whatever the reason.
type Lab struct {
	machine *Machine
	ch      ssh.Channel
	replies *json.Decoder
	id      int
	once    sync.Once
}

var _ sandbox.Lab = (*Lab)(nil)

// Exec runs a script in the lab. When ctx ends first, the script is killed and
// what it had printed is lost.
func (l *Lab) Exec(ctx context.Context, script string, env []string) (sandbox.Outcome, error) {
	r, err := l.machine.client.call(ctx, verbExec, execAsk{l.id, script, env}, nil)
	if err != nil {
		return r.outcome(), sandbox.Errorf("run a script: %w", "lancer un script : %w", err)
	}
	return r.outcome(), nil
}

// outcome is that of a reply; zero where it has none.
func (r reply) outcome() sandbox.Outcome {
	if r.Outcome == nil {
		return sandbox.Outcome{}
	}
	return sandbox.Outcome{Output: string(r.Outcome.Output), Exit: r.Outcome.Exit & 0xff}
}

// Inspect reads the facts of a process of the guest.
func (l *Lab) Inspect(ctx context.Context, pid int) (sandbox.Facts, error) {
	r, err := l.machine.client.call(ctx, verbInspect, inspectAsk{l.id, pid}, nil)
	if err == nil && r.Facts == nil {
		err = errNoAnswer
	}
	if err != nil {
		return sandbox.Facts{}, err
	}
	return *r.Facts, nil
}

// closeLimit is how long a lab may take to be cleared.
const closeLimit = 20 * time.Second

// Close kills and removes what is in the lab. A guest that is gone has none.
func (l *Lab) Close() error {
	var err error
	l.once.Do(func() {
		err = l.close()
		l.machine.mu.Lock()
		defer l.machine.mu.Unlock()
		delete(l.machine.labs, l)
	})
	if err != nil && !errors.Is(err, ErrGone) {
		return sandbox.Errorf("close a lab: %w", "fermer un labo : %w", err)
	}
	return nil
}

func (l *Lab) close() error {
	defer func() { _ = l.ch.Close() }()
	ctx, cancel := context.WithTimeout(context.Background(), closeLimit)
	defer cancel()
	if _, err := l.ch.SendRequest(requestClose, false, nil); err != nil {
		return l.machine.client.explain(err)
	}
	_, err := l.machine.client.replied(ctx, l.ch, l.replies, nil)
	return err
}
