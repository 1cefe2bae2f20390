//go:build linux

package runtime

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
	"cloison/sandbox/namespace"
	"cloison/sandbox/registry"
)

// Neighbour is the process whose network namespace is to be shared.
type Neighbour struct {
	PID  int
	Link namespace.Link
}

// lookForNeighbour finds a container by its name, or a process by its number,
// and opens its network namespace, which stays as long as the link is open.
func (s *Surroundings) lookForNeighbour(who string) error {
	if who == "" {
		return nil
	}
	pid, err := strconv.Atoi(who)
	if err != nil {
		e, err := s.Registry.Find(who)
		if errors.Is(err, registry.ErrNotThere) {
			return sandbox.Errorf("--network container:%s: no container of this name runs; start it with cloison run --name %s, or give the number of one of its processes",
				"--network container:%s : aucun conteneur de ce nom n’est en marche ; lancez-le avec cloison run --name %s, ou donnez le numéro d’un de ses processus", who, who)
		} else if err != nil {
			return err
		}
		pid = e.Container.PID
	}
	fd, err := unix.Open(fmt.Sprintf("/proc/%d/ns/net", pid), unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return sandbox.Errorf("--network container:%s: open /proc/%d/ns/net: %w", "--network container:%s : ouvrir /proc/%d/ns/net : %w", who, pid, err)
	}
	s.Neighbour = Neighbour{PID: pid, Link: namespace.Link{Type: sandbox.NetNS, FD: fd}}
	return nil
}

// resolvers is the resolv.conf(5) for a container: this computer's, without
// resolvers that only this computer itself can reach.
func resolvers(spec sandbox.Spec) string {
	own := spec.JoinNet == "" && !spec.Bridge
	text, _ := os.ReadFile("/etc/resolv.conf")
	if own {
		return string(text)
	}
	if kept := reachable(string(text)); kept != "" {
		return kept
	}
	text, _ = os.ReadFile("/run/systemd/resolve/resolv.conf") // what systemd-resolved itself asks
	return reachable(string(text))
}

// reachable drops the resolvers at loopback addresses; "" when none is left.
func reachable(text string) string {
	var lines []string
	any := false
	for _, line := range strings.Split(text, "\n") {
		f := strings.Fields(line)
		if len(f) > 1 && f[0] == "nameserver" {
			if strings.HasPrefix(f[1], "127.") || f[1] == "::1" {
				continue
			}
			any = true
		}
		lines = append(lines, line)
	}
	if !any {
		return ""
	}
	return strings.Join(lines, "\n")
}
