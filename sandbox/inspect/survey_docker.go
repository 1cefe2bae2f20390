package inspect

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os/exec"
	"strings"
	"time"
)

// dockerSocket is where the daemon listens unless DOCKER_HOST says otherwise.
const dockerSocket = "unix:///var/run/docker.sock"

// askDocker asks the Docker daemon whether it is alive; nil means that it is.
func askDocker(ctx context.Context, dockerHost string) error {
	if dockerHost == "" {
		dockerHost = dockerSocket
	}
	socket, local := strings.CutPrefix(dockerHost, "unix://")
	if !local {
		return errRemoteDocker
	}
	if _, err := exec.LookPath("docker"); err != nil {
		return err
	}
	return ping(ctx, socket)
}

// answerLimit is how long the daemon may take to answer.
const answerLimit = 2 * time.Second

// answerBy is when it has to have answered: a survey that is bounded has half of its
// time for that.
func answerBy(ctx context.Context, now time.Time) time.Time {
	if end, bounded := ctx.Deadline(); bounded {
		return now.Add(end.Sub(now) / 2)
	}
	return now.Add(answerLimit)
}

// ping does GET /_ping, the daemon's sign of life, in plain HTTP/1.0: a whole
// HTTP client would slow every start of the program.
func ping(ctx context.Context, socket string) error {
	conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "unix", socket)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(answerBy(ctx, time.Now())); err != nil {
		return err
	}
	if _, err := io.WriteString(conn, "GET /_ping HTTP/1.0\r\n\r\n"); err != nil {
		return err
	}
	answer, err := bufio.NewReader(io.LimitReader(conn, 1024)).ReadString('\n')
	if err != nil {
		return fmt.Errorf("read the daemon's answer: %w", err)
	}
	if _, status, _ := strings.Cut(answer, " "); !strings.HasPrefix(status, "200") {
		return fmt.Errorf("the daemon answered %q", strings.TrimSpace(answer))
	}
	return nil
}
