package inspect

import (
	"bytes"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"cloison/sandbox"
	"cloison/sandbox/process"
)

// most is how many processes of a lab are read, and how many are told.
const (
	mostRead = 2048
	mostTold = 256
)

// mostArgs is how much of the subject's command line is told, in bytes: it may have
// megabytes (execve(2)), and an X-ray is for looking at.
const mostArgs = 16 << 10

// LabOptions say where a lab is.
type LabOptions struct {
	CgroupVersion int
	Cgroups       []string // absolute paths of the lab's folders, one a hierarchy
	Keeper        int      // the lab's keeper, who is in a cgroup and no member; 0 is nobody
	// Devices, where it is given, looks at the network devices of a process
	// better than /proc can: package network does by netlink(7). near are
	// processes in whose network namespaces the peer of a veth may be.
	Devices func(pid int, near []int) ([]sandbox.DeviceFact, error)
}

// Lab reads one X-ray after the other of a lab. It keeps what it has read of
// processes that have not run since, so that a lab of many processes costs
// little. It is for one goroutine.
type Lab struct {
	reader *Reader
	o      LabOptions
	tree   cgroupTree
	rows   map[int]row
	inTree []sandbox.ProcessFact // of rows
	parsed map[string]mountTable // by process, until its text changes
}

// mountTable is a /proc/PID/mountinfo that was parsed.
type mountTable struct {
	text   []byte
	mounts []*mount
}

// Lab returns a reader of a whole lab.
func (r *Reader) Lab(o LabOptions) *Lab {
	l := &Lab{reader: r, o: o, rows: map[int]row{}, parsed: map[string]mountTable{}}
	l.tree = cgroupTree{root: r.root, v1: o.CgroupVersion == 1}
	for _, dir := range o.Cgroups {
		l.tree.tops = append(l.tree.tops, path.Join(".", strings.TrimLeft(dir, "/")))
	}
	return l
}

// Read X-rays the lab with the process subject in the middle. members are the
// lab's processes, and ran those of them that may have changed since the last
// reading. When the subject is gone, the error wraps [ErrGone].
func (l *Lab) Read(subject int, members, ran []int) (sandbox.Xray, error) {
	if !slices.Contains(members, subject) {
		members, ran = append(slices.Clip(members), subject), append(slices.Clip(ran), subject)
	}
	l.refresh(members, ran)
	facts, err := l.reader.Read(subject)
	if err != nil {
		return sandbox.Xray{}, err
	}
	facts.Args = clipped(facts.Args, mostArgs)
	x := sandbox.Xray{Facts: facts, Exec: l.rows[subject].exec, Processes: l.inTree}
	x.Omitted = max(0, len(members)-mostTold)
	x.Namespaces = uses(facts.Namespaces, l.parentNamespaces(facts.PPID), x.Processes)
	x.Cgroups = l.cgroups(facts)
	l.mounts(&x)
	l.devices(&x)
	x.Processes = x.Processes[:min(len(x.Processes), mostTold)]
	return x, nil
}

// refresh reads what ran and what is new, and forgets who is gone.
func (l *Lab) refresh(members, ran []int) {
	members = members[:min(len(members), mostRead)]
	if len(ran) == 0 && len(members) == len(l.rows) { // who is new has run
		return
	}
	there, moved := setOf(members), setOf(ran)
	maps.DeleteFunc(l.rows, func(pid int, _ row) bool { return !there[pid] })
	before := map[int]row{}
	for _, pid := range members {
		if _, known := l.rows[pid]; known && !moved[pid] {
			continue
		}
		before[pid] = l.rows[pid]
		if now, err := l.reader.readRow(pid); err == nil {
			l.rows[pid] = now
		} else {
			delete(l.rows, pid)
		}
	}
	l.spot(before)
	l.inTree = family(l.rows)
	l.tree.told = l.told(len(members))
	for _, p := range l.inTree { // parents first: their copies have what they have
		if was, read := before[p.PID]; read {
			now := l.rows[p.PID]
			now.exec = l.execOf(was, now)
			l.rows[p.PID] = now
		}
	}
}

func setOf(pids []int) map[int]bool {
	set := make(map[int]bool, len(pids))
	for _, pid := range pids {
		set[pid] = true
	}
	return set
}

// execOf says what the last execve(2) of a process changed.
func (l *Lab) execOf(before, now row) *sandbox.ExecFact {
	was, parent := before.fact, false
	if before.fact.Started != now.fact.Started || before.fact.PID == 0 { // it is new
		mother, ok := l.rows[now.fact.PPID]
		if !ok {
			return nil
		}
		before, was, parent = mother, mother.fact, true
	}
	if !replaced(before, now) || !parent && unmoved(was, now.fact) {
		return before.exec
	}
	return &sandbox.ExecFact{Command: was.Command, Parent: parent, Before: was.Capabilities, After: now.fact.Capabilities}
}

// unmoved says whether nothing that is told has changed, as when we have read a
// process in the middle of its execve(2), and again after it.
func unmoved(before, now sandbox.ProcessFact) bool {
	return before.Command == now.Command && before.Args == now.Args && before.Capabilities == now.Capabilities
}

// replaced says whether another program runs now. Where the kernel does not
// tell us where the program is in memory, it is the command line that tells.
func replaced(before, now row) bool {
	if before.image != (process.Image{}) && now.image != (process.Image{}) && now.image.Stack > 1 {
		return before.image != now.image
	}
	return before.fact.Command != now.fact.Command && before.fact.Args != now.fact.Args
}

// parentNamespaces are those of a process that need not be of the lab.
func (l *Lab) parentNamespaces(pid int) map[sandbox.Namespace]uint64 {
	if r, ok := l.rows[pid]; ok {
		return r.fact.Namespaces
	}
	p := reading{root: l.reader.root, dir: "proc/" + strconv.Itoa(pid)}
	return p.namespaceInodes()
}

// cgroups are the lab's, and the subject's where that is another.
func (l *Lab) cgroups(facts sandbox.Facts) []sandbox.CgroupNode {
	own := l.ownFolders(facts.Cgroup.Paths)
	nodes := []sandbox.CgroupNode{}
	if len(l.tree.tops) > 0 {
		nodes = l.tree.nodes(own)
	}
	inside := func(n sandbox.CgroupNode) bool { return n.Subject }
	if len(own) > 0 && !slices.ContainsFunc(nodes, inside) {
		tree := cgroupTree{root: l.reader.root, v1: facts.Cgroup.Version == 1}
		node := tree.node(own)
		node.Path, node.Subject = limitingPath(facts.Cgroup.Paths), true
		nodes = append(nodes, node)
	}
	return nodes
}

// ownFolders are the folders of the cgroups at paths, one a controller.
func (l *Lab) ownFolders(paths map[string]string) []string {
	mounts, err := l.readMounts("self")
	if err != nil {
		return nil
	}
	all := hierarchies(slices.DeleteFunc(slices.Clone(mounts), func(m *mount) bool { return !isCgroup(m) }))
	var own []string
	for _, controller := range needed {
		folders := cgroupOf(l.reader.root, all, paths, controller).folders
		if len(folders) > 0 && !slices.Contains(own, folders[0]) {
			own = append(own, folders[0])
		}
	}
	return own
}

// mounts compares the subject's with the host's.
func (l *Lab) mounts(x *sandbox.Xray) {
	own, err := l.readMounts(strconv.Itoa(x.Facts.PID))
	if err != nil {
		x.Unread = append(x.Unread, "mounts")
		return
	}
	host, err := l.readMounts("1")
	if err != nil {
		host, err = l.readMounts("self")
	}
	if err != nil {
		x.Unread = append(x.Unread, "mounts")
		return
	}
	x.Mounts = compareMounts(own, host)
}

func (l *Lab) readMounts(of string) ([]*mount, error) {
	text, err := fs.ReadFile(l.reader.root, "proc/"+of+"/mountinfo")
	if err != nil {
		return nil, err
	}
	if last, ok := l.parsed[of]; ok && bytes.Equal(last.text, text) {
		return last.mounts, nil
	}
	mounts, err := parseMounts(text)
	if err != nil {
		return nil, err
	}
	if len(l.parsed) > 8 { // subjects come and go
		clear(l.parsed)
	}
	l.parsed[of] = mountTable{text, mounts}
	return mounts, nil
}
