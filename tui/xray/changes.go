package xray

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"cloison/sandbox"
)

// changes are what has just changed: the last values, each as one comparable
// string, and until when those that differed from the ones before are marked.
type changes struct {
	values    map[string]string
	processes map[int]look
	fresh     map[string]time.Time
	ended     []ended
}

// look is what is compared of a process.
type look struct {
	command, args string
	uid           uint32
	zombie        bool
	namespaces    [8]uint64
}

func looks(all []sandbox.ProcessFact) map[int]look {
	found := make(map[int]look, len(all))
	for _, p := range all {
		l := look{command: p.Command, args: p.Args, uid: p.UID, zombie: p.State == "Z"}
		for i, ns := range sandbox.Namespaces {
			l.namespaces[i] = p.Namespaces[ns]
		}
		found[p.PID] = l
	}
	return found
}

// processName is under which a process's mark is kept.
func processName(pid int) string { return "process " + strconv.Itoa(pid) }

// ended is a process that is gone, and was just there.
type ended struct {
	what  string
	until time.Time
}

// next compares an X-ray with the last one. Nothing has changed at the first.
func (c changes) next(x sandbox.Xray, now time.Time) changes {
	after := changes{values: values(x), processes: looks(x.Processes), fresh: map[string]time.Time{}}
	if c.values == nil {
		return after
	}
	settled, _ := c.settle(now)
	after.fresh, after.ended = settled.fresh, settled.ended
	until := now.Add(FreshFor)
	for name, value := range after.values {
		if before, known := c.values[name]; !known || before != value {
			after.fresh[name] = until
		}
	}
	for pid, now := range after.processes {
		if before, known := c.processes[pid]; !known || before != now {
			after.fresh[processName(pid)] = until
		}
	}
	for _, pid := range slices.Sorted(maps.Keys(c.processes)) {
		if _, there := after.processes[pid]; !there && x.Omitted == 0 {
			what := fmt.Sprintf("%s %d", printable(c.processes[pid].command), pid)
			after.ended = append(after.ended, ended{what, until})
			after.fresh["ended "+strconv.Itoa(pid)] = until
		}
	}
	return after
}

// turn is c for an X-ray around another process that was asked for: what the
// two differ in is no change, and only processes that come and go stay marked.
func (c changes) turn(x sandbox.Xray) changes {
	after := changes{values: values(x), processes: c.processes, fresh: map[string]time.Time{}, ended: c.ended}
	for name, until := range c.fresh {
		if strings.HasPrefix(name, "process ") || strings.HasPrefix(name, "ended ") {
			after.fresh[name] = until
		}
	}
	return after
}

// settle keeps what is still fresh, and says whether anything was not.
func (c changes) settle(now time.Time) (changes, bool) {
	kept := changes{values: c.values, processes: c.processes, fresh: map[string]time.Time{}}
	for name, until := range c.fresh {
		if now.Before(until) {
			kept.fresh[name] = until
		}
	}
	for _, e := range c.ended {
		if now.Before(e.until) {
			kept.ended = append(kept.ended, e)
		}
	}
	return kept, len(kept.fresh) != len(c.fresh) || len(kept.ended) != len(c.ended)
}

// values are the facts that a learner changes. What changes by itself all the
// time (memory in use, traffic) is left out: a mark that never goes away marks
// nothing.
func values(x sandbox.Xray) map[string]string {
	f := x.Facts
	v := map[string]string{
		"limit":   fmt.Sprint(f.Cgroup.Memory.Limit),
		"tasks":   fmt.Sprint(f.Cgroup.Pids.Limit),
		"cpu":     fmt.Sprint(f.Cgroup.CPU.Quota, f.Cgroup.CPU.Period),
		"oom":     fmt.Sprint(f.Cgroup.OOMKill),
		"uids":    fmt.Sprint(f.UIDMap),
		"gids":    fmt.Sprint(f.GIDMap),
		"uid":     fmt.Sprint(f.UIDs.Effective),
		"caps":    fmt.Sprint(f.Capabilities),
		"seccomp": fmt.Sprint(f.Seccomp),
		"nnp":     fmt.Sprint(f.NoNewPrivs),
		"lsm":     f.LSM,
		"gone":    fmt.Sprint(x.Mounts.Gone),
	}
	if x.Exec != nil {
		v["exec"] = fmt.Sprint(f.PID, f.Command, *x.Exec)
	}
	for _, n := range x.Namespaces {
		v["ns "+string(n.Type)] = fmt.Sprint(n.Inode)
	}
	for _, c := range x.Cgroups {
		v["cgroup "+c.Path] = fmt.Sprint(c.Processes, c.Subject, c.Memory.Limit, c.Pids.Limit, c.CPU.Quota, c.OOMKill, c.Frozen)
	}
	for _, m := range x.Mounts.Differ {
		v["mount "+m.Point+" "+m.Source] = fmt.Sprint(m.Type, m.Root, m.Options)
	}
	for _, d := range x.Devices {
		v["device "+d.Name] = fmt.Sprint(d.Up, d.Addresses, d.Master, peerName(d))
	}
	return v
}

func peerName(d sandbox.DeviceFact) string {
	if d.Peer == nil {
		return ""
	}
	return fmt.Sprint(*d.Peer)
}
