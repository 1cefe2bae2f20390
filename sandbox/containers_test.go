package sandbox

import (
	"maps"
	"slices"
	"testing"
)

// house makes processes of one lab: each is in the namespaces of 0, but for
// those that it names, where a number tells the namespaces apart.
type house []ProcessFact

func (h *house) add(pid, parent int, own map[Namespace]uint64) {
	p := ProcessFact{PID: pid, PPID: parent, Started: uint64(pid), State: "S", Namespaces: map[Namespace]uint64{}}
	for _, ns := range Namespaces {
		p.Namespaces[ns] = 1
	}
	maps.Copy(p.Namespaces, own)
	*h = append(*h, p)
}

func TestContainers(t *testing.T) {
	docker := func(n uint64) map[Namespace]uint64 {
		return map[Namespace]uint64{MountNS: n, PIDNS: n, NetNS: n, UTSNS: n, IPCNS: n}
	}
	with := func(base map[Namespace]uint64, ns Namespace, n uint64) map[Namespace]uint64 {
		changed := maps.Clone(base)
		changed[ns] = n
		return changed
	}
	var h house
	h.add(10, 1, nil)                                           // the shell
	h.add(11, 10, nil)                                          // what it runs
	h.add(20, 2, docker(20))                                    // a container
	h.add(21, 20, docker(20))                                   // its worker
	h.add(30, 2, with(docker(30), PIDNS, 20))                   // a sidecar, --pid=container:
	h.add(40, 10, map[Namespace]uint64{MountNS: 40})            // unshare --mount --pid --fork
	h.add(41, 40, map[Namespace]uint64{MountNS: 40, PIDNS: 41}) // and its child
	h.add(50, 10, map[Namespace]uint64{NetNS: 50})              // unshare --net, whose
	h.add(51, 50, map[Namespace]uint64{UTSNS: 51})              // child is not in its namespace
	h.add(60, 2, docker(20))                                    // docker exec
	h.add(70, 2, with(docker(70), PIDNS, 1))                    // --pid=host
	h.add(80, 10, docker(80))                                   // has ended
	h[len(h)-1].State = "Z"
	h.add(90, 10, map[Namespace]uint64{MountNS: 0, PIDNS: 0}) // cannot be read
	for home, want := range map[int][]int{
		10: {70, 51, 50, 41, 30, 20},
		20: {70, 51, 50, 41, 40, 30, 10}, // for whom 40 has gone its own way
		99: {70, 51, 50, 41, 30, 20},     // has ended: the first that is there
	} {
		var got []int
		for _, p := range (Xray{Processes: h}).Containers(home) {
			got = append(got, p.PID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("from %d: %v, want %v", home, got, want)
		}
	}
	if got := (Xray{}).Containers(1); len(got) > 0 {
		t.Errorf("in a lab without processes: %v", got)
	}
}
