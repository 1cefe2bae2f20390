package local

import (
	"context"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"strings"

	"cloison/sandbox"
	"cloison/sandbox/inspect"
	"cloison/sandbox/network"
	"cloison/sandbox/watch"
)

// Watch X-rays the lab as seen from what runs in front of the terminal of the
// shell pid, or from whom subjects names; see [sandbox.Lab].
func (l *Lab) Watch(ctx context.Context, pid int, subjects <-chan sandbox.Subject) (<-chan sandbox.Xray, error) {
	l.mu.Lock()
	front := l.shells[pid]
	l.mu.Unlock()
	if front == nil {
		return nil, sandbox.Errorf("watch the lab: process %d is no shell of it", "observer le labo : le processus %d n’en est pas un shell", pid)
	}
	c := l.record.Cgroups
	usage := usageFile(c.Dirs)
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		select {
		case <-l.gone:
			cancel()
		case <-ctx.Done():
		}
	}()
	reader := l.machine.reader.Lab(inspect.LabOptions{CgroupVersion: c.Version, Cgroups: c.Dirs, Keeper: l.record.Keeper.PID, Devices: network.Look})
	latest, last := sandbox.NewLatest[sandbox.Xray](), sandbox.Xray{}
	go func() {
		defer cancel()
		defer latest.Close()
		f := &follower{reader: reader, front: front.Foreground, subjects: subjects}
		o := watch.Options{
			Elder: l.record.Keeper.PID, Root: inspect.Root(), Usage: strings.TrimPrefix(usage, "/"), Outside: l.outside(usage), Due: f.asked,
		}
		if l.shared {
			o.Guests = func() []int { return l.machine.shims.containers(l.record.Keeper.Start) }
			f.front = func() (int, error) { return l.machine.shims.behindClient(front.Foreground) }
		}
		_ = watch.Run(ctx, o, func(members, ran []int) error { // ends with ctx only
			x, err := f.look(members, ran)
			if err == nil && !alike(x, last) {
				latest.Put(x)
				last = x
			}
			return nil // who was in front is gone; the next look finds another
		})
	}()
	return latest.C(), nil
}

// alike says whether two X-rays differ at most in what flows all the time: the
// memory of the whole computer.
func alike(a, b sandbox.Xray) bool {
	a.Facts.Memory.Free, a.Facts.Memory.Available = b.Facts.Memory.Free, b.Facts.Memory.Available
	return reflect.DeepEqual(a, b)
}

// usageFile is the file that says how long the lab's processes have run, where
// there is one.
func usageFile(dirs []string) string {
	for _, dir := range dirs {
		for _, name := range []string{"cpuacct.usage", "cpu.stat"} {
			file := path.Join(dir, name)
			text, err := os.ReadFile(file)
			if err == nil && (name == "cpuacct.usage" || strings.HasPrefix(string(text), "usage_usec ")) {
				return file
			}
		}
	}
	return ""
}

// outside says which processes the file usage does not count: those that the
// learner has moved out of the lab's cgroup. It goes by the folder's name,
// which no other cgroup has.
func (l *Lab) outside(usage string) func(pid int) bool {
	if usage == "" {
		return nil
	}
	controller := ""
	if filepath.Base(usage) == "cpuacct.usage" {
		controller = "cpuacct"
	}
	name := filepath.Base(filepath.Dir(usage))
	return func(pid int) bool {
		at, err := l.machine.reader.CgroupPath(pid, controller)
		return err != nil || !strings.Contains(at+"/", "/"+name+"/")
	}
}
