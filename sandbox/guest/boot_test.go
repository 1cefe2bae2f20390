package guest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"cloison/sandbox"
	"cloison/sandbox/image"
	"cloison/sandbox/link"
	"cloison/sandbox/vm/qemu"
)

// The guest is booted once, by emulation, without Docker; the tests of package
// vm go on from where these end.
const (
	bootLimit = 3 * time.Minute
	megabytes = 512
)

// stays is a stream that a Client cannot close, so that another can follow; but
// a Client that has closed it reads nothing more.
type stays struct {
	net.Conn
	mu     sync.Mutex
	closed bool
}

func (s *stays) Read(b []byte) (int, error) {
	for {
		n, err := s.readSoon(b)
		if n > 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
			return n, err
		}
	}
}

func (s *stays) readSoon(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return 0, io.EOF
	}
	if err := s.SetReadDeadline(time.Now().Add(10 * time.Millisecond)); err != nil {
		return 0, err
	}
	return s.Conn.Read(b)
}

func (s *stays) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	return nil
}

// bootGuest boots the image with the cloison that scripts/test names.
func bootGuest(t *testing.T) *qemu.Process {
	t.Helper()
	exe := os.Getenv("CLOISON_BIN")
	if exe == "" {
		t.Skip("CLOISON_BIN does not say which cloison runs in the guest; scripts/test does")
	}
	found, err := image.Open(image.Folder())
	if err != nil {
		t.Skip("there is no image; scripts/build-image builds it:", err)
	}
	binary, version, err := qemu.Find(t.Context(), 1)
	if err != nil {
		t.Skip("there is no QEMU here:", err)
	}
	ram := filepath.Join(t.TempDir(), "ram")
	if err := os.WriteFile(ram, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(ram, megabytes<<20); err != nil {
		t.Fatal(err)
	}
	p, err := qemu.Start(t.Context(), qemu.Config{
		Binary: binary, Version: version, Accel: qemu.TCG, CPUs: 1,
		Memory: qemu.Memory{MiB: megabytes, File: ram, Shared: true},
		Kernel: &qemu.Kernel{
			Image: found.Path(image.Kernel), Initrd: initrd(t, found.Path(image.Initrd), exe),
			// The odd words are what a careless init would hand to its children.
			CommandLine: Word + " console=ttyS0 quiet panic=-1 norandmaps mitigations=off SECRET=leaks nonsense",
		},
		Root: found.Path(image.Root), Ports: []string{link.PortName},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(p.Console().Text())
		}
		_ = p.Kill()
	})
	return p
}

// initrd is the image's, and an archive with cloison as its init.
func initrd(t *testing.T, base, exe string) string {
	t.Helper()
	out, err := os.Create(filepath.Join(t.TempDir(), "initrd"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = out.Close() }()
	program, err := os.ReadFile(exe)
	if err != nil {
		t.Fatal(err)
	}
	first, err := os.ReadFile(base)
	if err != nil {
		t.Fatal(err)
	}
	a := image.NewArchive(out)
	if _, err := out.Write(first); err != nil {
		t.Fatal(err)
	}
	err = a.File("init", 0o755, int64(len(program)), bytes.NewReader(program))
	if err := errors.Join(err, a.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Name()
}

func dial(t *testing.T, p *qemu.Process) *link.Client {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), bootLimit)
	defer cancel()
	c, err := link.Dial(ctx, &stays{Conn: p.Port(0)}, link.Options{Silence: bootLimit})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// said is what a script in the guest prints; it has to end well.
func said(t *testing.T, c *link.Client, script string) string {
	t.Helper()
	var out strings.Builder
	exit, err := c.Run(t.Context(), link.Command{Args: []string{"bash", "-c", script}, Stdout: &out, Stderr: &out})
	if err != nil || exit != 0 {
		t.Fatalf("%s: exit %d, %v\n%s", script, exit, err, out.String())
	}
	return strings.TrimSpace(out.String())
}

func TestGuestBoots(t *testing.T) {
	p := bootGuest(t)
	c := dial(t, p)
	t.Run("clean", func(t *testing.T) { cleanSystem(t, c) })
	t.Run("protected", func(t *testing.T) { protectedAgent(t, c) })
	t.Run("lab", func(t *testing.T) { labInGuest(t, c) })
	t.Run("fresh", func(t *testing.T) { freshGuest(t, p, c) })
	t.Run("agent", func(t *testing.T) { agentAnew(t, p) })
}

func cleanSystem(t *testing.T, c *link.Client) {
	if env := said(t, c, "cat /proc/1/environ /proc/self/environ | tr '\\0' '\\n'"); strings.Contains(env, "SECRET") || !strings.Contains(env, "LANG=C.UTF-8") {
		t.Errorf("the environment is %s", env)
	}
	for script, want := range map[string]string{
		"id -u; tr -d '\\0' </proc/1/cmdline":                              "0\ncloisonguestinit",
		"stat -fc %T / /proc /sys/fs/cgroup /dev/pts":                      "overlayfs\nproc\ncgroup2fs\ndevpts",
		"touch /etc/written && [ -e /etc/cloison-disposable ] && echo yes": "yes",
		"ip -br address show lo | tr -s ' ' | cut -d' ' -f1,3":             "lo 127.0.0.1/8",
		"cloison --version | cut -d' ' -f1":                                "cloison",
		"ls /modules /lower /init 2>/dev/null | wc -l":                     "0",
		"ulimit -Sn; ulimit -Hn":                                           "1024\n1048576",
	} {
		if got := said(t, c, script); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q, want %q", script, got, want)
		}
	}
	said(t, c, "[ -e /dev/fd/1 ] && [ -c /dev/pts/ptmx ] && [ -w /dev/shm ]")
	said(t, c, `truncate -s 1M /tmp/disk && loop=$(losetup -f --show /tmp/disk) && losetup -d $loop`)
	said(t, c, "modprobe dummy && ip link add d0 type dummy && ip link del d0")
}

func protectedAgent(t *testing.T, c *link.Client) {
	got := said(t, c, `agent=$(pgrep -f '^cloison guest agent'); cat /proc/$agent/oom_score_adj /proc/$agent/cgroup /proc/self/oom_score_adj /proc/self/cgroup /sys/fs/cgroup/session/pids.max`)
	if want := "-1000\n0::/agent\n0\n0::/session\n1000"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func labInGuest(t *testing.T, c *link.Client) {
	m, err := c.Machine(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	about := m.About()
	if about.Name != "vm" || about.CgroupVersion != 2 || !about.Root || !strings.Contains(about.Kernel, "cloud") {
		t.Errorf("the guest is %+v", about)
	}
	lab, err := m.Open(t.Context(), sandbox.LabOptions{Lesson: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lab.Close() }()
	o, err := lab.Exec(t.Context(), `cat /proc/self/oom_score_adj $CLOISON_CGROUP/pids.max /sys/fs/cgroup/labs/pids.max; hostname; cloison inspect >/dev/null && echo inspected`, nil)
	if want := "0\nmax\n1000\nlab\ninspected\n"; err != nil || o.Output != want {
		t.Errorf("got %+v, %v, want %q", o, err, want)
	}
	s, err := lab.Shell(t.Context(), sandbox.ShellOptions{Name: "a"})
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for range s.Output() {
		}
	}()
	if o, err := s.Run(t.Context(), "echo hello"); err != nil || o.Output != "hello\n" {
		t.Errorf("got %+v, %v", o, err)
	}
}

// freshGuest says hello once more, as a host does to a guest that was restored.
func freshGuest(t *testing.T, p *qemu.Process, c *link.Client) {
	const names = "cat /etc/machine-id /proc/sys/kernel/random/uuid"
	before := said(t, c, names)
	_ = c.Close()
	again := dial(t, p)
	after := said(t, again, names)
	if again.Guest().Hellos == 0 || before == after || !regexp.MustCompile(`^[0-9a-f]{32}\n`).MatchString(after) {
		t.Errorf("after hello %d the names are %q, and were %q", again.Guest().Hellos, after, before)
	}
	clock := said(t, again, "date +%s")
	seconds, err := strconv.ParseInt(clock, 10, 64)
	if off := time.Since(time.Unix(seconds, 0)); err != nil || off.Abs() > 2*time.Minute {
		t.Errorf("the guest's clock is %v off (%v)", off, err)
	}
}

// agentAnew kills the agent: the host is told at once, and init starts another.
func agentAnew(t *testing.T, p *qemu.Process) {
	c := dial(t, p)
	_, err := c.Run(t.Context(), link.Command{Args: []string{"sh", "-c", "kill -9 $(pgrep -f '^cloison guest agent'); sleep 100"}, Stdout: io.Discard})
	if !errors.Is(err, link.ErrGone) {
		t.Errorf("the agent is killed, and the call says %v", err)
	}
	if got := said(t, dial(t, p), "echo well"); got != "well" {
		t.Errorf("got %q", got)
	}
}
