package local

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
)

// A spare lab is made before anybody asks for it: its keeper runs, its
// namespaces are set up, and a bash has been started that waits for its
// .bashrc, which is a FIFO. A VM that is saved with one in it gives it to the
// first lesson after it was restored, and need not start anything then.

// rcFile is what bash reads before it prompts, in the home.
const rcFile = ".bashrc"

// Spare makes a spare lab of the kind that [sandbox.LabOptions].Shared asks for;
// the next Open of that kind takes it.
func (m *Machine) Spare(ctx context.Context, shared bool) error {
	l, err := m.open(ctx, sandbox.LabOptions{Shared: shared}, true)
	if err != nil {
		return fmt.Errorf("make a spare lab: %w", err)
	}
	l.ready, err = l.startBash(ctx, usualCols, usualRows)
	if err != nil {
		_ = l.Close()
		return fmt.Errorf("make a spare lab: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.labs = append(m.labs, l)
	m.spares[shared] = l
	return nil
}

// takeSpare makes a spare lab the one that is asked for; nil where there is
// none, or it is not well.
func (m *Machine) takeSpare(ctx context.Context, o sandbox.LabOptions) *Lab {
	m.mu.Lock()
	l := m.spares[o.Shared]
	delete(m.spares, o.Shared)
	m.mu.Unlock()
	if l == nil {
		return nil
	}
	env := lessonEnv(o.Env)
	l.env = append(l.env, env...)
	if err := l.fill(ctx, o, request{Adopt: &adopt{Exports: exports(env)}}); err != nil {
		_ = l.Close()
		return nil
	}
	return l
}

// adopt gives a spare lab its options. The tar of the home comes with it.
type adopt struct {
	Exports string // for bash: the lesson's variables
}

// variable is a name that bash takes.
var variable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// exports are commands that give a shell what an environment would have.
func exports(env []string) string {
	var b strings.Builder
	for _, e := range env {
		name, value, _ := strings.Cut(e, "=")
		if variable.MatchString(name) {
			fmt.Fprintf(&b, "export %s=%s\n", name, sandbox.Quote(value))
		}
	}
	return b.String()
}

// adopt fills the home, puts a file where the FIFO was, and lets bash read
// that and the exports through the FIFO.
func (k *keeper) adopt(a adopt, home *os.File) error {
	if home == nil {
		return errors.New("fill the home: no files came")
	}
	file := filepath.Join(k.home, rcFile)
	bash, err := openWaiting(file)
	if err != nil {
		return fmt.Errorf("wake the shell: %w", err)
	}
	defer func() { _ = bash.Close() }()
	if err := os.Remove(file); err != nil {
		return fmt.Errorf("fill the home: %w", err)
	}
	if err := unpack(home, k.home); err != nil {
		return fmt.Errorf("fill the home: %w", err)
	}
	rc, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("fill the home: %w", err)
	}
	if _, err := bash.Write(bytes.Join([][]byte{[]byte(a.Exports), rc}, nil)); err != nil {
		return fmt.Errorf("wake the shell: %w", err)
	}
	return nil
}

// openWaiting opens a FIFO for writing once somebody waits to read it (fifo(7));
// whoever was started a moment ago may not be that far.
func openWaiting(file string) (*os.File, error) {
	for deadline := time.Now().Add(clearLimit); ; time.Sleep(pause) {
		fd, err := unix.Open(file, unix.O_WRONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
		if err == nil {
			return os.NewFile(uintptr(fd), file), nil // non-blocking: the poller waits for room
		}
		if !errors.Is(err, unix.ENXIO) || time.Now().After(deadline) {
			return nil, err
		}
	}
}
