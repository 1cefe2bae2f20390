package watch

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Family is a process's descendants, followed as they come and go. It is for
// one goroutine. The caller closes it.
type Family struct {
	proc    fs.FS
	elder   int
	self    *member // the elder's clocks: who has run may have new children
	members map[int]*member
	clocks  int                // that are open
	outside func(pid int) bool // nil, or says whom anyOutside asks
	others  map[int]*member    // those who are outside
	guests  func() []int       // nil, or names more who belong to the family, with their descendants
}

// member is one process and the clocks of its threads.
type member struct {
	clocks map[int]*clock // by thread
}

func newMember() *member { return &member{clocks: map[int]*clock{}} }

// New returns the family of the process elder, who is not a member of it. proc
// is normally os.DirFS("/proc").
func New(proc fs.FS, elder int) *Family {
	return &Family{proc: proc, elder: elder, self: newMember(), members: map[int]*member{}, others: map[int]*member{}}
}

// Members are the processes that were there at the last look, in order.
func (f *Family) Members() []int { return slices.Sorted(maps.Keys(f.members)) }

// Look says which members have run since the last look, or are new, and
// whether some are gone. Nothing has happened in the family when there are none.
func (f *Family) Look() (ran []int, gone bool) {
	for pid, m := range f.members {
		moved, there := f.tick(pid, m)
		switch {
		case !there:
			f.forget(pid)
			gone = true
		case moved:
			ran = append(ran, pid)
		}
	}
	ran = append(ran, f.welcome()...)
	if elder, _ := f.tick(f.elder, f.self); elder || gone || len(ran) > 0 {
		ran = f.adopt(ran, gone)
	}
	slices.Sort(ran)
	return ran, gone
}

// welcome takes in the guests who are new.
func (f *Family) welcome() []int {
	if f.guests == nil {
		return nil
	}
	var fresh []int
	for _, pid := range f.guests() {
		if f.members[pid] == nil && pid != f.elder {
			f.add(pid)
			fresh = append(fresh, pid)
		}
	}
	return fresh
}

// adopt finds the children of those that ran: nobody else can have any new
// ones, except that the children of who is gone belong to another (elder is a
// subreaper: PR_SET_CHILD_SUBREAPER(2const)).
func (f *Family) adopt(ran []int, orphans bool) []int {
	ask := append([]int{f.elder}, ran...)
	if orphans {
		ask = append([]int{f.elder}, f.Members()...)
	}
	asked := map[int]bool{}
	for len(ask) > 0 {
		pid := ask[0]
		ask = ask[1:]
		if asked[pid] {
			continue
		}
		asked[pid] = true
		for _, child := range f.children(pid) {
			if f.members[child] != nil {
				continue
			}
			f.add(child)
			ran = append(ran, child)
			ask = append(ask, child)
		}
	}
	return ran
}

// children are the processes that any thread of pid has started
// (proc_pid_task(5)).
func (f *Family) children(pid int) []int {
	var all []int
	for _, tid := range f.threads(pid) {
		text, err := fs.ReadFile(f.proc, fmt.Sprintf("%d/task/%d/children", pid, tid))
		if err != nil {
			continue // the thread has ended
		}
		for field := range strings.FieldsSeq(string(text)) {
			if child, err := strconv.Atoi(field); err == nil && child > 0 && child != f.elder {
				all = append(all, child)
			}
		}
	}
	return all
}

// threads are the numbers in /proc/PID/task.
func (f *Family) threads(pid int) []int {
	entries, err := fs.ReadDir(f.proc, fmt.Sprintf("%d/task", pid))
	if err != nil {
		return nil
	}
	var all []int
	for _, e := range entries {
		if tid, err := strconv.Atoi(e.Name()); err == nil && tid > 0 {
			all = append(all, tid)
		}
	}
	return all
}

// add begins to follow a process.
func (f *Family) add(pid int) {
	f.members[pid] = newMember()
	f.rewind(pid, f.members[pid])
}

// rewind follows the threads that there are now.
func (f *Family) rewind(pid int, m *member) {
	if delete(f.others, pid); f.outside != nil && pid != f.elder && f.outside(pid) {
		f.others[pid] = m
	}
	now := f.threads(pid)
	for tid, c := range m.clocks {
		if !slices.Contains(now, tid) {
			f.clocks -= c.close()
			delete(m.clocks, tid)
		}
	}
	for _, tid := range now {
		if m.clocks[tid] == nil {
			c := &clock{name: fmt.Sprintf("%d/task/%d/schedstat", pid, tid)}
			f.clocks += c.open(f.proc, f.clocks)
			if _, _ = c.moved(f.proc); string(c.last) == "0" { // who runs has run
				f.clocks -= c.close()
				c = &clock{name: fmt.Sprintf("%d/task/%d/status", pid, tid), whole: true}
				_, _ = c.moved(f.proc)
			}
			m.clocks[tid] = c
		}
	}
}

// tick says whether a member has run, and whether it is still there.
func (f *Family) tick(pid int, m *member) (moved, there bool) {
	for _, c := range m.clocks {
		if has, err := c.moved(f.proc); has || err != nil {
			moved = true
		}
	}
	if !moved && len(m.clocks) > 0 {
		return false, true
	}
	f.rewind(pid, m)
	return true, len(m.clocks) > 0
}

// anyOutside says whether one of those who are outside has run since the last
// look, which still finds it.
func (f *Family) anyOutside() bool {
	for _, m := range f.others {
		for _, c := range m.clocks {
			if moved, err := c.peek(f.proc); moved || err != nil {
				return true
			}
		}
	}
	return false
}

func (f *Family) forget(pid int) {
	f.stop(f.members[pid])
	delete(f.members, pid)
	delete(f.others, pid)
}

func (f *Family) stop(m *member) {
	for _, c := range m.clocks {
		f.clocks -= c.close()
	}
}

// Close frees what is kept open.
func (f *Family) Close() {
	f.stop(f.self)
	for pid := range f.members {
		f.forget(pid)
	}
}

// mostClocks is how many files are kept open; the rest are opened for each look.
const mostClocks = 768

// clock is a thread's /proc/TID/schedstat: for how many nanoseconds it has run.
type clock struct {
	name  string
	whole bool    // all of the file counts: it is a status, whose last lines count context switches
	file  fs.File // nil where it is not kept open
	last  []byte
}

// open keeps the file open while there are not too many; it gives how many
// more are open.
func (c *clock) open(proc fs.FS, already int) int {
	if already >= mostClocks {
		return 0
	}
	file, err := proc.Open(c.name)
	if err != nil {
		return 0
	}
	if _, ok := file.(io.ReaderAt); !ok {
		_ = file.Close()
		return 0
	}
	c.file = file
	return 1
}

func (c *clock) close() int {
	if c.file == nil {
		return 0
	}
	_ = c.file.Close()
	c.file = nil
	return 1
}

// moved says whether the thread has run since it was last asked.
func (c *clock) moved(proc fs.FS) (bool, error) {
	var room [64]byte
	now, err := c.read(proc, room[:])
	if err != nil || bytes.Equal(now, c.last) {
		return false, err
	}
	c.last = append(c.last[:0], now...)
	return true, nil
}

// peek is moved without having asked.
func (c *clock) peek(proc fs.FS) (bool, error) {
	var room [64]byte
	now, err := c.read(proc, room[:])
	return err == nil && !bytes.Equal(now, c.last), err
}

// read gives the first number of the file, or all of it.
func (c *clock) read(proc fs.FS, room []byte) ([]byte, error) {
	if at, ok := c.file.(io.ReaderAt); ok {
		n, err := at.ReadAt(room, 0)
		if err != nil && err != io.EOF {
			return nil, err
		}
		room = room[:n]
	} else {
		text, err := fs.ReadFile(proc, c.name)
		if err != nil {
			return nil, err
		}
		room = text
	}
	if c.whole {
		return room, nil
	}
	first, _, _ := bytes.Cut(room, []byte(" "))
	return first, nil
}
