//go:build linux

package calls

import (
	"errors"
	"fmt"
	"syscall"
	"unsafe"
)

// Program is a list of calls laid out for a process that may not allocate.
type Program struct {
	Calls []Call

	steps  []step
	arena  []byte    // strings and buffers that arguments point to
	arrays []uintptr // arrays of pointers into the arena
	result []uintptr // what each call returned, filled by the child in its copy
}

// step is a Call as the child needs it.
type step struct {
	nr       uintptr
	args     [6]uintptr
	back     [6]int32
	tolerate [3]uint64 // bit n: errno n does not end the program
	told     bool
	forks    bool
	exec     bool
	ties     bool
}

// Compile lays the list out. It refuses an empty list, a call with more than
// six arguments, and one that wants the result of a call that is not there.
func Compile(list []Call) (*Program, error) {
	if len(list) == 0 {
		return nil, errors.New("compile calls: the list is empty")
	}
	p := &Program{Calls: list, steps: make([]step, len(list)), result: make([]uintptr, len(list))}
	data, pointers := sizes(list)
	p.arena = make([]byte, 0, data)
	p.arrays = make([]uintptr, 0, pointers)
	labels := map[string]int{}
	for i, c := range list {
		if len(c.Args) > 6 {
			return nil, fmt.Errorf("compile %s: %d arguments, the kernel takes 6", c.Name, len(c.Args))
		}
		p.steps[i] = p.compile(c)
		for n, a := range c.Args {
			at, ok := labels[a.label]
			if a.label != "" && !ok {
				return nil, fmt.Errorf("compile %s: no call before it is called %s", c.Name, a.label)
			}
			if a.label != "" {
				p.steps[i].back[n] = int32(i - at)
			}
		}
		if c.Label != "" {
			labels[c.Label] = i
		}
	}
	p.steps[0].told = true
	return p, nil
}

// sizes are the bytes and pointers that the arguments of list need. They must
// be known before, because an arena that grows would move.
func sizes(list []Call) (data, pointers int) {
	for _, c := range list {
		for _, a := range c.Args {
			data += len(a.data)
			if a.counted {
				pointers += 2
			}
			if !a.hasList {
				continue
			}
			pointers += len(a.list) + 1
			for _, s := range a.list {
				data += len(s) + 1
			}
		}
	}
	return data + 1, pointers + 1
}

func (p *Program) compile(c Call) step {
	s := step{nr: c.NR, told: !c.Quiet, forks: c.Forks, exec: c.Exec, ties: c.Ties}
	for i, a := range c.Args {
		s.back[i] = int32(a.back)
		switch {
		case a.hasList:
			s.args[i] = p.array(a.list)
		case a.counted:
			s.args[i] = p.words(head(a.length), p.place(a.data))
		case a.hasData:
			s.args[i] = p.place(a.data)
		default:
			s.args[i] = a.number
		}
	}
	for _, e := range c.Tolerate {
		if e < 64*syscall.Errno(len(s.tolerate)) {
			s.tolerate[e/64] |= 1 << (e % 64)
		}
	}
	return s
}

// place copies b into the arena and returns its address there.
func (p *Program) place(b []byte) uintptr {
	at := len(p.arena)
	p.arena = append(p.arena, b...)
	return uintptr(unsafe.Pointer(unsafe.SliceData(p.arena))) + uintptr(at)
}

func (p *Program) array(list []string) uintptr {
	addresses := make([]uintptr, 0, len(list)+1)
	for _, s := range list {
		addresses = append(addresses, p.place(append([]byte(s), 0)))
	}
	return p.words(append(addresses, 0)...)
}

// words places words into the arrays and returns their address.
func (p *Program) words(list ...uintptr) uintptr {
	at := len(p.arrays)
	p.arrays = append(p.arrays, list...)
	return uintptr(unsafe.Pointer(unsafe.SliceData(p.arrays))) + uintptr(at)*unsafe.Sizeof(uintptr(0))
}

// head is a word whose first two bytes in memory are count.
func head(count uint16) uintptr {
	var word uintptr
	*(*uint16)(unsafe.Pointer(&word)) = count
	return word
}
