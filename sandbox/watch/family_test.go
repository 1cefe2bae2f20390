package watch

import (
	"fmt"
	"io/fs"
	"slices"
	"testing"
	"testing/fstest"
)

// recorded is a /proc that a test changes.
type recorded struct{ fstest.MapFS }

// process puts one with a thread a clock into it; children are the main
// thread's.
func (r recorded) process(pid int, ran string, children string) {
	r.thread(pid, pid, ran, children)
}

func (r recorded) thread(pid, tid int, ran, children string) {
	r.file(fmt.Sprintf("%d/task/%d/schedstat", pid, tid), ran+" 0 1\n")
	r.file(fmt.Sprintf("%d/task/%d/children", pid, tid), children)
}

// file changes a file in place, so that who has it open reads the new text.
func (r recorded) file(name, text string) {
	if f, ok := r.MapFS[name]; ok {
		f.Data = []byte(text)
		return
	}
	r.MapFS[name] = &fstest.MapFile{Data: []byte(text), Mode: 0o444}
}

func (r recorded) end(pid, tid int) {
	for _, name := range []string{"schedstat", "children"} {
		at := fmt.Sprintf("%d/task/%d/%s", pid, tid, name)
		if f := r.MapFS[at]; f != nil {
			f.Data = nil
		}
		delete(r.MapFS, at)
	}
}

func newRecorded() recorded {
	r := recorded{fstest.MapFS{}}
	r.process(10, "5", "11 12 ")
	r.process(11, "5", "13 ")
	r.process(12, "5", "")
	r.process(13, "5", "")
	return r
}

func look(t *testing.T, f *Family, ran []int, gone bool, members ...int) {
	t.Helper()
	gotRan, gotGone := f.Look()
	if !slices.Equal(gotRan, ran) || gotGone != gone || !slices.Equal(f.Members(), members) {
		t.Errorf("ran %v, gone %v, members %v; want %v, %v, %v", gotRan, gotGone, f.Members(), ran, gone, members)
	}
}

func TestTheFirstLookFindsEverybody(t *testing.T) {
	f := New(newRecorded(), 10)
	defer f.Close()
	look(t, f, []int{11, 12, 13}, false, 11, 12, 13)
	look(t, f, nil, false, 11, 12, 13)
}

func TestOnlyWhoRanIsTold(t *testing.T) {
	r := newRecorded()
	f := New(r, 10)
	defer f.Close()
	f.Look()
	r.process(12, "6", "")
	look(t, f, []int{12}, false, 11, 12, 13)
	look(t, f, nil, false, 11, 12, 13)
}

// A thread that is not the first may fork: its children are the process's.
func TestChildrenOfOtherThreads(t *testing.T) {
	r := newRecorded()
	r.thread(12, 20, "1", "")
	f := New(r, 10)
	defer f.Close()
	f.Look()
	r.thread(12, 20, "2", "21 ")
	r.process(21, "1", "22")
	r.process(22, "1", "")
	look(t, f, []int{12, 21, 22}, false, 11, 12, 13, 21, 22)
}

func TestAThreadComesAndGoes(t *testing.T) {
	r := newRecorded()
	f := New(r, 10)
	defer f.Close()
	f.Look()
	r.process(12, "6", "")
	r.thread(12, 20, "1", "")
	look(t, f, []int{12}, false, 11, 12, 13)
	r.thread(12, 20, "2", "") // the new thread is followed
	look(t, f, []int{12}, false, 11, 12, 13)
	r.end(12, 20)
	f.Look()
	look(t, f, nil, false, 11, 12, 13)
}

// Whose parent ends is the elder's child now.
func TestOrphansStayInTheFamily(t *testing.T) {
	r := newRecorded()
	f := New(r, 10)
	defer f.Close()
	f.Look()
	r.end(11, 11)
	r.process(10, "5", "12 13 ")
	look(t, f, nil, true, 12, 13)
}

// A second shell is the elder's child, and nobody else need have run.
func TestTheEldersOwnChildrenAreFound(t *testing.T) {
	r := newRecorded()
	f := New(r, 10)
	defer f.Close()
	f.Look()
	r.process(10, "6", "11 12 14 ")
	r.process(14, "1", "")
	look(t, f, []int{14}, false, 11, 12, 13, 14)
	look(t, f, nil, false, 11, 12, 13, 14)
}

func TestAskingWhoIsOutsideTakesNothingAway(t *testing.T) {
	r := newRecorded()
	f := New(r, 10)
	defer f.Close()
	f.outside = func(pid int) bool { return pid == 12 }
	f.Look()
	r.process(13, "6", "") // inside
	if f.anyOutside() {
		t.Error("13 is not outside")
	}
	r.process(12, "6", "")
	for range 2 { // it stays so until the next look
		if !f.anyOutside() {
			t.Error("12 has run")
		}
	}
	look(t, f, []int{12, 13}, false, 11, 12, 13)
	if f.anyOutside() {
		t.Error("the look has seen it")
	}
}

// Guests are nobody's children here: a daemon has started them.
func TestGuestsBelongToTheFamily(t *testing.T) {
	r := newRecorded()
	r.process(50, "1", "51 ")
	r.process(51, "1", "")
	f := New(r, 10)
	defer f.Close()
	f.Look()
	f.guests = func() []int { return []int{50} }
	look(t, f, []int{50, 51}, false, 11, 12, 13, 50, 51)
	look(t, f, nil, false, 11, 12, 13, 50, 51)
	r.end(50, 50)
	f.guests = nil
	look(t, f, nil, true, 11, 12, 13, 51)
}

// plain is a file system whose files cannot be read at an offset.
type plain struct{ fs.FS }

func (p plain) Open(name string) (fs.File, error) {
	f, err := p.FS.Open(name)
	if err != nil {
		return nil, err
	}
	if d, ok := f.(fs.ReadDirFile); ok {
		return d, nil
	}
	return struct{ fs.File }{f}, nil
}

func TestClocksThatAreNotKeptOpen(t *testing.T) {
	r := newRecorded()
	f := New(plain{r}, 10)
	defer f.Close()
	f.Look()
	if f.clocks != 0 {
		t.Fatalf("%d clocks are open", f.clocks)
	}
	r.process(12, "6", "")
	look(t, f, []int{12}, false, 11, 12, 13)
}

// A kernel that does not count nanoseconds counts context switches.
func TestAKernelWithoutClocks(t *testing.T) {
	r := newRecorded()
	r.process(12, "0", "")
	r.file("12/task/12/status", "Name:\tsh\nvoluntary_ctxt_switches:\t7\n")
	f := New(r, 10)
	defer f.Close()
	f.Look()
	look(t, f, nil, false, 11, 12, 13)
	r.file("12/task/12/status", "Name:\tsh\nvoluntary_ctxt_switches:\t8\n")
	look(t, f, []int{12}, false, 11, 12, 13)
}

// Whatever /proc says, a look ends, and nobody is his own elder.
func FuzzFamily(f *testing.F) {
	f.Add("11 12", "13", "5 0 1")
	f.Add("11", "10 11", "")
	f.Add("-1 99999999999999999999 x", "", "\x00")
	f.Fuzz(func(t *testing.T, first, second, clock string) {
		r := newRecorded()
		r.file("10/task/10/children", first)
		r.file("11/task/11/children", second)
		r.file("11/task/11/schedstat", clock)
		family := New(r, 10)
		defer family.Close()
		family.Look()
		family.Look()
		if slices.Contains(family.Members(), 10) || slices.ContainsFunc(family.Members(), func(pid int) bool { return pid <= 0 }) {
			t.Errorf("members %v", family.Members())
		}
	})
}
