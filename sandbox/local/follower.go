package local

import (
	"errors"
	"slices"

	"cloison/sandbox"
	"cloison/sandbox/inspect"
	"cloison/sandbox/process"
)

// follower X-rays whoever is in front, or whom it was asked to follow.
type follower struct {
	reader   *inspect.Lab
	front    func() (int, error)
	subjects <-chan sandbox.Subject // nil where nobody asks
	ask      sandbox.Subject        // the last one
	lost     bool                   // ask is gone
	ahead    int                    // who was in front at the last look; 0 at the first
	members  int                    // how many there were then
}

// asked takes in whom to follow from now on, and says whether that is news.
func (f *follower) asked() bool {
	select {
	case s, open := <-f.subjects:
		if !open {
			f.subjects = nil
			return false
		}
		f.ask, f.lost = s, false
		return true
	default:
		return false
	}
}

// look X-rays the lab around the one to follow, and where that is nobody, or he
// is gone, around who is in front.
func (f *follower) look(members, ran []int) (sandbox.Xray, error) {
	x, err := f.read(members, ran)
	x.Asked, x.Lost, x.Front = f.ask, f.lost, f.ahead
	return x, err
}

func (f *follower) read(members, ran []int) (x sandbox.Xray, err error) {
	quiet := f.ahead != 0 && len(ran) == 0 && len(members) == f.members
	f.members = len(members)
	if f.following(members) {
		if !quiet {
			f.ahead, _ = f.front() // the terminal may be gone; the other is not
		}
		if x, err = f.reader.Read(f.ask.PID, members, ran); err == nil {
			return x, nil
		}
		f.lost = true
	}
	return f.readFront(members, ran, quiet)
}

// following says whether the one asked for is there: a process of the lab that
// has not ended.
func (f *follower) following(members []int) bool {
	if f.ask == (sandbox.Subject{}) || f.lost {
		return false
	}
	there := process.ID{PID: f.ask.PID, Start: f.ask.Started}
	f.lost = !slices.Contains(members, f.ask.PID) || !there.Runs()
	return !f.lost
}

// readFront finds who is in front, unless nobody has run, so that it is who it
// was; where he has just gone, it looks a second time.
func (f *follower) readFront(members, ran []int, quiet bool) (x sandbox.Xray, err error) {
	for range 2 {
		if !quiet {
			if f.ahead, err = f.front(); err != nil {
				f.ahead = 0
				return x, err
			}
		}
		if x, err = f.reader.Read(f.ahead, members, ran); !errors.Is(err, inspect.ErrGone) {
			break
		}
		quiet = false
	}
	return x, err
}
