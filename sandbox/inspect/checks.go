package inspect

import (
	"bytes"
	"io/fs"
	"path"
	"strconv"

	"cloison/sandbox"
	"cloison/sandbox/process"
)

// spot says of who was read whether it is one that checks the learner's work:
// nobody of the lab has started it, and its environment names it. Checks come and
// go every second; an X-ray of them would be of cloison, not of what the
// learner does.
func (l *Lab) spot(before map[int]row) {
	for pid, was := range before {
		now, ok := l.rows[pid]
		if !ok {
			continue
		}
		_, kin := l.rows[now.fact.PPID]
		same := was.fact.Started == now.fact.Started && was.fact.PID != 0
		switch {
		case kin: // it is what its forebear is
			now.check = false
		case now.fact.State == "Z": // it has no environment any more, and its parent is about to ask how it ended
			now.check = was.check || !same
		case same && was.image == now.image && was.image != process.Image{}:
			now.check = was.check
		default:
			now.check = l.reader.checks(pid)
		}
		l.rows[pid] = now
	}
}

// checks says whether a process was started to check a task.
func (r *Reader) checks(pid int) bool {
	environ, err := fs.ReadFile(r.root, path.Join("proc", strconv.Itoa(pid), "environ"))
	return err == nil && bytes.Contains(append([]byte{0}, environ...), []byte("\x00"+sandbox.CheckVariable+"="))
}

// told are the processes that are in a line of the tree, and the keeper: all but
// checks, with what those have started. Of a crowd that was not read as a whole,
// nobody knows.
func (l *Lab) told(members int) map[int]bool {
	if members >= mostRead {
		return nil
	}
	all := make(map[int]bool, len(l.inTree)+1)
	for _, p := range l.inTree {
		all[p.PID] = true
	}
	if l.o.Keeper != 0 {
		all[l.o.Keeper] = true
	}
	return all
}
