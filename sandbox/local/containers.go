package local

import (
	"slices"
	"strings"

	"cloison/sandbox/process"
)

// A container that a daemon starts is no child of the shell that asked for it.
// Docker's are children of a containerd-shim, one a container, and so is what
// docker exec starts; Podman's of a conmon. The client in the terminal only
// passes bytes on. So we go by names and by time.

// shims are the parents of containers' first processes, by the beginning of
// their names: a name has 15 letters at most.
type shims []string

var usualShims = shims{"containerd-shim", "conmon"}

func (s shims) have(command string) bool {
	return slices.ContainsFunc(s, func(name string) bool { return strings.HasPrefix(command, name) })
}

// clients are the programs that ask for a container and wait for it.
var clients = []string{"docker", "podman", "nerdctl"}

// processes is a reading of /proc/*/stat.
type processes map[int]process.Stat

func readProcesses() processes {
	all := processes{}
	for _, pid := range process.All() {
		if st, err := process.Read(pid); err == nil {
			all[pid] = st
		}
	}
	return all
}

// containers are the processes that shims have started since that time, in
// clock ticks since boot: whatever the lab's daemon runs now for the lab.
func (s shims) containers(since uint64) []int { return readProcesses().containers(s, since) }

// containers are in the order of their age.
func (p processes) containers(of shims, since uint64) []int {
	var all []int
	for pid, st := range p {
		parent, ok := p[st.PPID]
		if ok && st.Start >= since && of.have(parent.Command) && !of.have(st.Command) {
			all = append(all, pid)
		}
	}
	slices.SortFunc(all, func(a, b int) int {
		if p[a].Start != p[b].Start {
			return int(int64(p[a].Start) - int64(p[b].Start))
		}
		return a - b
	})
	return all
}

// behindClient is who is in front, or where that is a client of a daemon, who
// is in front in the container that it waits for.
func (s shims) behindClient(front func() (int, error)) (int, error) {
	pid, err := front()
	if err != nil {
		return 0, err
	}
	st, err := process.Read(pid)
	if err != nil || !slices.Contains(clients, st.Command) {
		return pid, nil
	}
	return readProcesses().behind(s, pid), nil
}

// behind is the process in front in the container that a client has asked for:
// the first one that a shim started after the client, or what that one's
// terminal listens to. It is the client itself while there is none.
func (p processes) behind(of shims, client int) int {
	asked := p.containers(of, p[client].Start)
	if len(asked) == 0 {
		return client
	}
	first := asked[0]
	if front := p[first].Front; front > 0 {
		if _, there := p[front]; there {
			return front
		}
	}
	return first
}
