//go:build linux

package why

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/moby/sys/mountinfo"
	"golang.org/x/sys/unix"

	"cloison/sandbox"
	"cloison/sandbox/capability"
	"cloison/sandbox/cgroup"
	"cloison/sandbox/inspect"
)

// snapshot is a process as it was read.
type snapshot struct {
	context  Context
	readOnly []string // mount points outside of /proc and /sys that can't be written
	covered  []string // mount points that protect parts of /proc and /sys
	own      bool     // it lives in our user namespace
	evidence []Evidence
	notes    []sandbox.Text
}

// read takes down the context of a process. What may not be read is noted.
func read(pid int) (snapshot, error) {
	facts, err := inspect.New(inspect.Root()).Read(pid)
	if err != nil {
		return snapshot{}, err
	}
	users := fmt.Sprintf("/proc/%d/ns/user", pid)
	theirs, err := os.Readlink(users)
	if err != nil {
		return snapshot{}, sandbox.Errorf("read %s: %w; be root, or ask about a process of your own",
			"lire %s : %w ; soyez root, ou posez la question sur un processus à vous", users, err)
	}
	ours, _ := os.Readlink("/proc/self/ns/user")
	s := snapshot{own: ours == theirs}
	s.context = Context{
		PID: pid, Env: environ(pid),
		UID: facts.UIDs.Effective, GID: facts.GIDs.Effective,
		Caps: facts.Capabilities, NoNewPrivs: facts.NoNewPrivs, Users: !s.own,
	}
	s.ids(facts)
	s.context.NoRoot = hasNoRoot(s.context.Inside, facts.Capabilities, capability.Last())
	s.groups(pid)
	s.limits(pid)
	s.filters(pid, facts.Seccomp)
	s.label(facts.LSM)
	s.mounts(pid)
	s.evidence = speaking(pid, facts, s)
	return s, nil
}

func environ(pid int) []string {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
	return strings.FieldsFunc(string(text), func(r rune) bool { return r == 0 })
}

// ids finds who the process is in its own user namespace. uid_map shows ids
// outside as its reader counts them, as long as the reader is in another one.
func (s *snapshot) ids(f sandbox.Facts) {
	if s.own {
		s.context.Inside = IDs{UID: s.context.UID, GID: s.context.GID, Mapped: true}
		return
	}
	uid, mapped := sandbox.InsideOf(f.UIDMap, s.context.UID)
	gid, _ := sandbox.InsideOf(f.GIDMap, s.context.GID)
	s.context.Inside = IDs{UID: uid, GID: gid, Mapped: mapped}
}

// groups reads the supplementary groups.
func (s *snapshot) groups(pid int) {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for line := range strings.Lines(string(text)) {
		list, ok := strings.CutPrefix(line, "Groups:")
		if !ok {
			continue
		}
		for _, f := range strings.Fields(list) {
			if n, err := strconv.ParseUint(f, 10, 32); err == nil {
				s.context.Groups = append(s.context.Groups, uint32(n))
			}
		}
	}
}

// lastRlimit is RLIM_NLIMITS, less one.
const lastRlimit = 15

// limits reads what is lower than ours, and whether its cgroups are others.
func (s *snapshot) limits(pid int) {
	for n := range lastRlimit + 1 {
		var theirs, ours unix.Rlimit
		if unix.Prlimit(pid, n, nil, &theirs) != nil || unix.Prlimit(0, n, nil, &ours) != nil {
			continue
		}
		if theirs.Cur < ours.Cur || theirs.Max < ours.Max {
			s.context.Rlimits = append(s.context.Rlimits, Rlimit{n, theirs.Cur, theirs.Max})
		}
	}
	theirs, err := os.ReadFile(fmt.Sprintf("/proc/%d/cgroup", pid))
	ours, _ := os.ReadFile("/proc/self/cgroup")
	s.context.Cgroup = err == nil && !bytes.Equal(theirs, ours)
	if _, err := cgroup.Entrances(pid); s.context.Cgroup && err != nil {
		s.context.Cgroup = false
		s.note("its cgroups are out of reach, so their limits are not there in the experiments: "+err.Error(),
			"ses cgroups sont hors de portée, donc leurs limites n’existent pas dans les essais : "+sandbox.Say(err, sandbox.French))
	}
}

func (s *snapshot) filters(pid int, mode sandbox.Seccomp) {
	if mode.Mode == 0 {
		return
	}
	list, err := filters(pid, max(mode.Filters, 1))
	if err != nil {
		s.note(fmt.Sprintf("it has a seccomp filter that can't be copied, so the experiments run without: %s", err),
			fmt.Sprintf("il a un filtre seccomp qui ne peut pas être copié, donc les essais se font sans : %s", err))
		return
	}
	s.context.Filters = list
}

// label is worth a layer when it restricts, and differs from ours.
func (s *snapshot) label(theirs string) {
	ours, _ := os.ReadFile("/proc/self/attr/current")
	name, mode, _ := strings.Cut(theirs, " ")
	if theirs == "" || name == "unconfined" || theirs == strings.TrimRight(string(ours), "\n\x00") || mode == "(complain)" || mode == "(unconfined)" {
		return
	}
	s.context.Label = name
}

// mounts finds those that can refuse by themselves.
func (s *snapshot) mounts(pid int) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/mountinfo", pid))
	if err != nil {
		return
	}
	all, _ := mountinfo.GetMountsFromReader(bytes.NewReader(text), nil)
	s.readOnly, s.covered = protecting(all)
}

// protecting sorts mounts: in /proc and /sys, those that can't be written or
// cover something protect the kernel's files; others that can't be written are
// read-only.
func protecting(all []*mountinfo.Info) (readOnly, covered []string) {
	for _, m := range all {
		ro := strings.HasPrefix(m.Options+",", "ro,")
		covers := m.FSType == "tmpfs" || m.FSType == "devtmpfs" // or /dev/null from it
		switch of := kernels(m.Mountpoint); {
		case of && (ro || covers && m.Mountpoint != "/sys/fs/cgroup"):
			covered = append(covered, m.Mountpoint)
		case !of && ro && strings.HasPrefix(m.VFSOptions+",", "rw,"): // not the file system itself
			readOnly = append(readOnly, m.Mountpoint)
		}
	}
	return readOnly, covered
}

// kernels says whether a path is of the kernel's own files.
func kernels(path string) bool {
	for _, top := range []string{"/proc", "/sys"} {
		if path == top || strings.HasPrefix(path, top+"/") {
			return true
		}
	}
	return false
}

func (s *snapshot) note(en, fr string) { s.notes = append(s.notes, sandbox.Text{EN: en, FR: fr}) }
