package xray

import (
	"fmt"
	"time"

	"cloison/sandbox"
)

// changes are what has just changed: the last values, each as one comparable
// string, and until when those that differed from the ones before are marked.
type changes struct {
	values map[string]string
	fresh  map[string]time.Time
	ended  []ended
}

// ended is a process that is gone, and was just there.
type ended struct {
	what  string
	until time.Time
}

// next compares an X-ray with the last one. Nothing has changed at the first.
func (c changes) next(x sandbox.Xray, now time.Time) changes {
	settled, _ := c.settle(now)
	after := values(x)
	if c.values == nil {
		return changes{values: after, fresh: map[string]time.Time{}}
	}
	for name, value := range after {
		if before, known := c.values[name]; !known || before != value {
			settled.fresh[name] = now.Add(FreshFor)
		}
	}
	for name := range c.values {
		var pid int
		if _, err := fmt.Sscanf(name, "process %d", &pid); err != nil {
			continue
		}
		if _, there := after[name]; !there {
			what := fmt.Sprintf("%s %d", c.values[fmt.Sprintf("name %d", pid)], pid)
			settled.ended = append(settled.ended, ended{what, now.Add(FreshFor)})
			settled.fresh[fmt.Sprintf("ended %d", pid)] = now.Add(FreshFor)
		}
	}
	settled.values = after
	return settled
}

// settle keeps what is still fresh, and says whether anything was not.
func (c changes) settle(now time.Time) (changes, bool) {
	kept := changes{values: c.values, fresh: map[string]time.Time{}}
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
	for _, p := range x.Processes {
		v[fmt.Sprint("process ", p.PID)] = fmt.Sprint(p.Command, p.Args, p.UID, p.State == "Z", p.Namespaces)
		v[fmt.Sprint("name ", p.PID)] = printable(p.Command)
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
