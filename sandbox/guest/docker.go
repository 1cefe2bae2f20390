package guest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// daemon is a program that runs as long as the guest, in the system's cgroup.
type daemon struct {
	program string
	socket  string // it is ready when it takes connections there
	log     string
}

var (
	containerd = daemon{"containerd", "/run/containerd/containerd.sock", "/var/log/containerd.log"}
	dockerd    = daemon{"dockerd", "/run/docker.sock", "/var/log/docker.log"}
)

// daemonScore makes the out-of-memory killer take others first; containerd
// gives what it starts scores of their own.
const daemonScore = -500

// hasDocker says whether the image has it.
func hasDocker() bool {
	_, err := exec.LookPath(dockerd.program)
	return err == nil
}

// tries is how often a daemon is started that ends by itself.
const tries = 3

// up has the daemon started and waits until ok says that it is ready. On a slow
// computer limits of its own may pass before that; started again, it finds in memory
// what it had to read the first time.
func (d daemon) up(ctx context.Context, start func(context.Context) (<-chan struct{}, error), ok func(context.Context) bool) error {
	for range tries {
		ended, err := start(ctx)
		if err != nil {
			return err
		}
		if err := d.ready(ctx, ended, ok); !errors.Is(err, errEnded) {
			return err
		}
	}
	return fmt.Errorf("%s ends by itself, %d times\n%s", d.program, tries, tail(d.log))
}

// start starts the daemon, and tells its end; who has started one already, in an agent
// before this one, finds its socket.
func (d daemon) start(ctx context.Context) (<-chan struct{}, error) {
	if d.listens(ctx) {
		return nil, nil
	}
	log, err := os.OpenFile(d.log, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", d.program, err)
	}
	defer func() { _ = log.Close() }()
	group, err := openGroup(systemGroup)
	if err != nil {
		return nil, err
	}
	defer func() { _ = group.Close() }()
	cmd := exec.Command("/bin/sh", "-c", scored(daemonScore, "exec "+d.program))
	cmd.Env, cmd.Dir, cmd.Stdout, cmd.Stderr = environment, "/", log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, UseCgroupFD: true, CgroupFD: int(group.Fd())}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", d.program, err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait()
	}()
	return ended, nil
}

// scored makes a line for the shell that first gives itself, and so what it
// starts, a score for the out-of-memory killer.
func scored(score int, line string) string {
	return "echo " + strconv.Itoa(score) + " >/proc/self/oom_score_adj; " + line
}

// The pauses between two looks at a daemon that starts: each is longer than the one
// before, since looking takes time from what is looked at.
const (
	firstLook = 10 * time.Millisecond
	lastLook  = 200 * time.Millisecond
)

// errEnded says that a daemon has ended before it was ready.
var errEnded = errors.New("it has ended")

// ready waits until ok says so, the daemon ends, or ctx ends; then the end of the
// daemon's log says why it is not ready.
func (d daemon) ready(ctx context.Context, ended <-chan struct{}, ok func(context.Context) bool) error {
	for pause := firstLook; !ok(ctx); pause = min(pause*5/4, lastLook) {
		select {
		case <-time.After(pause):
		case <-ended:
			return errEnded
		case <-ctx.Done():
			return fmt.Errorf("%s does not get ready: %w\n%s", d.program, ctx.Err(), tail(d.log))
		}
	}
	return nil
}

// tail is the end of a log.
func tail(file string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	const most = 2000
	return string(text[max(0, len(text)-most):])
}

// listens says whether the daemon takes connections.
func (d daemon) listens(ctx context.Context) bool {
	conn, err := new(net.Dialer).DialContext(ctx, "unix", d.socket)
	if err != nil {
		return false
	}
	return conn.Close() == nil
}

// answerLimit is how long an answer may take: on a slow computer it takes seconds.
const answerLimit = 20 * time.Second

// answers asks the daemon as GET /_ping of Docker's API does.
func (d daemon) answers(ctx context.Context) bool {
	conn, err := new(net.Dialer).DialContext(ctx, "unix", d.socket)
	if err != nil {
		return false
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(answerLimit))
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Now()) })()
	if _, err := conn.Write([]byte("GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n")); err != nil {
		return false
	}
	status, err := bufio.NewReader(conn).ReadString('\n')
	return err == nil && strings.Contains(status, " 200 ")
}

// images is where the root image keeps container images.
const images = "/usr/share/cloison/images/*.tar"

func loadImages(ctx context.Context) error {
	files, err := filepath.Glob(images)
	if err != nil {
		return err
	}
	for _, file := range files {
		if _, err := output(ctx, "docker", "load", "--quiet", "--input", file); err != nil {
			return err
		}
	}
	return nil
}

// runOnce runs a container of some image.
func runOnce(ctx context.Context) error {
	names, err := output(ctx, "docker", "image", "ls", "--format", "{{.ID}}")
	if err != nil {
		return err
	}
	id, _, _ := strings.Cut(names, "\n")
	if id == "" {
		return errors.New("run a container: the image of the VM brings no container image")
	}
	_, err = output(ctx, "docker", "run", "--rm", id, "true")
	return err
}

// output runs a program to its end.
func output(ctx context.Context, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = environment
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, strings.TrimSpace(string(out)))
	}
	return string(out), nil
}
