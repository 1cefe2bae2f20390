package link

import (
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
	"cloison/sandbox/local"
)

// TestMain makes this test binary the keeper of the guest's labs.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == local.KeeperVerb {
		os.Exit(local.Keep())
	}
	os.Exit(m.Run())
}

// limit is how long anything in these tests may take.
const limit = 20 * time.Second

// guest is this computer behind a wire.
type guest struct {
	mu      sync.Mutex
	machine sandbox.Machine
	hellos  []Hello
	clock   time.Time
	rested  int
	stages  []Stage
}

func (g *guest) Guest() Guest { return Guest{Version: "test", Kernel: "of this computer"} }

func (g *guest) Wake(h Hello) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.hellos = append(g.hellos, h)
	if h.Hostname == "refuse me" {
		return errors.New("no such name")
	}
	return nil
}

func (g *guest) SetClock(t time.Time) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.clock = t
	return nil
}

func (g *guest) Machine(context.Context) (sandbox.Machine, error) {
	if g.machine == nil {
		return nil, errors.New("this guest has no machine")
	}
	return g.machine, nil
}

func (g *guest) Prepare(_ context.Context, tell func(Stage)) error {
	for _, s := range g.stages {
		tell(s)
	}
	return nil
}

func (g *guest) Rest(context.Context) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.rested++
	return nil
}

func (g *guest) Command(line string) *exec.Cmd {
	cmd := exec.Command("/bin/bash", "-c", line)
	if line == "" {
		cmd = exec.Command("/bin/bash", "--norc", "--noprofile", "-i")
	}
	cmd.Dir = "/"
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=/", "PS1=> "}
	return cmd
}

func (g *guest) PowerOff() error { return nil }

// withLabs gives the guest this computer's labs; it skips where there are none.
func (g *guest) withLabs(t testing.TB) *guest {
	t.Helper()
	m, err := local.New(local.Options{Anyway: true, StateDir: filepath.Join(t.TempDir(), "state")})
	if err != nil {
		t.Fatal(err)
	}
	g.machine = m
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	return g
}

// pair is a stream's two ends.
func pair(t testing.TB) (a, b net.Conn) {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	end := func(fd int) net.Conn {
		f := os.NewFile(uintptr(fd), "pair")
		defer func() { _ = f.Close() }()
		c, err := net.FileConn(f)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		return c
	}
	return end(fds[0]), end(fds[1])
}

// serve begins a guest; the other end is for Dial.
func serve(t testing.TB, g *guest) net.Conn {
	t.Helper()
	host, inside := pair(t)
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = Serve(inside, g)
	}()
	t.Cleanup(func() {
		_ = inside.Close()
		<-served
	})
	return host
}

func dial(t testing.TB, conn net.Conn, o Options) *Client {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	c, err := Dial(ctx, conn, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// connect is a guest with labs, and its client.
func connect(t testing.TB) *Client {
	t.Helper()
	return dial(t, serve(t, (&guest{}).withLabs(t)), Options{})
}

func machine(t testing.TB, c *Client) *Machine {
	t.Helper()
	m, err := c.Machine(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func openLab(t testing.TB, c *Client, o sandbox.LabOptions) sandbox.Lab {
	t.Helper()
	lab, err := machine(t, c).Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := lab.Close(); err != nil {
			t.Error(err)
		}
	})
	return lab
}

func openShell(t testing.TB, lab sandbox.Lab) sandbox.Shell {
	t.Helper()
	s, err := lab.Shell(t.Context(), sandbox.ShellOptions{Name: "a", Cols: 100, Rows: 30})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func drain(s sandbox.Shell) {
	go func() {
		for range s.Output() {
		}
	}()
}

// typeIn types a command that has to succeed, and gives what it printed.
func typeIn(t testing.TB, s sandbox.Shell, command string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	o, err := s.Run(ctx, command)
	if err != nil || o.Exit != 0 {
		t.Fatalf("%q: exit %d, %v; output %q", command, o.Exit, err, o.Output)
	}
	return strings.TrimSpace(o.Output)
}

func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(limit); time.Now().Before(deadline); time.Sleep(2 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("waited in vain: %s", what)
}

// within fails when f takes longer than limit.
func within(t testing.TB, what string, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	select {
	case <-done:
	case <-time.After(limit):
		stacks := make([]byte, 1<<20)
		t.Fatalf("%s takes too long\n%s", what, stacks[:runtime.Stack(stacks, true)])
	}
}
