//go:build linux

package why

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"cloison/sandbox"
	"cloison/sandbox/calls"
	"cloison/sandbox/cgroup"
	"cloison/sandbox/inspect"
	"cloison/sandbox/seccomp"
)

// witness looks at a container's process from the outside, twice: when nothing
// is left but the execve(2) of its program, and when it has ended. It is the
// narrator of the run (runtime.Follower), who knows the process.
type witness struct {
	locks    locks
	watcher  *watcher // nil where nobody asks about Landlock
	watching bool     // it is asked
	failed   error    // to watch

	pid   int
	dirs  []string // its cgroups
	label Evidence // that the program is to have, as it was asked for
	list  []Evidence
}

// Tell comes before an action.
func (w *witness) Tell(_ int, a sandbox.Action) error {
	if w.failed != nil {
		return w.failed
	}
	if label, ok := asked(a.Call); ok {
		w.label = label
	}
	if !strings.HasPrefix(a.Call, "execve(") {
		return nil
	}
	facts, err := inspect.New(inspect.Root()).Read(w.pid)
	if err != nil {
		return nil // the search goes on without evidence
	}
	if w.watching {
		facts.Seccomp = withoutOurs(facts.Seccomp)
	}
	s := snapshot{}
	s.mounts(w.pid)
	if w.label.Source != "" {
		facts.LSM = "" // which is its own still
		w.list = append(w.list, w.label)
	}
	w.list = append(speaking(w.pid, facts, s), w.list...)
	files, _ := cgroup.Entrances(w.pid)
	for _, file := range files {
		w.dirs = append(w.dirs, filepath.Dir(file))
	}
	return nil
}

// asked finds in a call which label a security module is to give at the next
// execve(2).
func asked(call string) (e Evidence, ok bool) {
	if !strings.Contains(call, "/attr/") {
		return e, false
	}
	e.Layers = Set{AppArmor, SELinux}
	_, err := fmt.Sscanf(call, "write(open(%q), %q)", &e.Source, &e.Says)
	return e, err == nil
}

// Told hears that the filter is there which asks about Landlock.
func (w *witness) Told(a sandbox.Action, err error, _ bool) {
	if w.watcher != nil && err == nil && strings.HasSuffix(a.Call, " = "+seccomp.Listener) {
		w.failed = w.attend()
	}
}

// attend has the watcher answer for the process.
func (w *witness) attend() error {
	w.watching = true
	return w.watcher.attend(w.pid)
}

// heed has the watcher answer for a process that waits, if it could load the
// filter, and lets it go on.
func (w *witness) heed(pid int, errno syscall.Errno, process *calls.Process) error {
	if w.pid = pid; errno == 0 {
		if err := w.attend(); err != nil {
			return err
		}
	}
	return process.Go()
}

// withoutOurs is what the kernel says of filters, less the one that watches.
func withoutOurs(s sandbox.Seccomp) sandbox.Seccomp {
	if s.Filters--; s.Filters <= 0 {
		return sandbox.Seccomp{}
	}
	return s
}

// Born names the process.
func (w *witness) Born(pid int) { w.pid = pid }

// Started has nothing to see that Tell has not seen.
func (w *witness) Started() {}

// Ended looks at what the cgroups have counted, before they go.
func (w *witness) Ended() {
	for _, dir := range w.dirs {
		for file, key := range map[string]string{"memory.events": "oom_kill", "memory.oom_control": "oom_kill", "pids.events": "max"} {
			text, _ := os.ReadFile(filepath.Join(dir, file))
			if n, ok := counted(string(text), key); ok {
				w.list = append(w.list, Evidence{filepath.Join(dir, file), key + " " + n, Set{Cgroup}})
			}
		}
	}
}

// counted finds a counter that is not 0.
func counted(text, key string) (string, bool) {
	for line := range strings.Lines(text) {
		if f := strings.Fields(line); len(f) == 2 && f[0] == key && f[1] != "0" {
			return f[1], true
		}
	}
	return "", false
}

// evidenceFD is where a trial with a witness inherits the file for it.
const evidenceFD = 4

// testify leaves the evidence to whoever started the trial.
func (w *witness) testify() {
	file := os.NewFile(evidenceFD, "evidence")
	if file == nil {
		return
	}
	defer func() { _ = file.Close() }()
	if w.watcher != nil && w.locks.Watched {
		w.list = append(w.list, w.watcher.evidence()...)
	}
	_ = json.NewEncoder(file).Encode(w.list)
}

// heard reads what a trial has left.
func heard(file *os.File) (list []Evidence, err error) {
	if _, err := file.Seek(0, 0); err != nil {
		return nil, fmt.Errorf("read the evidence: %w", err)
	}
	_ = json.NewDecoder(file).Decode(&list) // a trial that failed has none
	return list, nil
}
