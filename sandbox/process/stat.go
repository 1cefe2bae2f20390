package process

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"syscall"
)

// Stat is what cloison needs of /proc/PID/stat.
type Stat struct {
	Command string // its first 15 bytes, which may be any but NUL
	State   string // R, S, D, T, …
	PPID    int
	Front   int    // the process group in front of its terminal; -1 where it has none
	Flags   uint64 // PF_… of the kernel's include/linux/sched.h
	Threads int
	Start   uint64 // clock ticks since boot
	Image   Image
}

// Image tells two programs in one process apart: where the kernel put text and
// stack. execve(2) puts them elsewhere; nothing else does.
type Image struct{ Text, Stack uint64 }

// The fields by their numbers in the manual, and the last of those read.
const (
	fieldState      = 3
	fieldPPID       = 4
	fieldTPGID      = 8
	fieldFlags      = 9
	fieldThreads    = 20
	fieldStart      = 22
	fieldStartCode  = 26
	fieldStartStack = 28
)

// ParseStat reads one line of /proc/PID/stat. The command, in parentheses, may
// hold blanks, line ends and parentheses too: it ends at the last one.
func ParseStat(text string) (Stat, error) {
	open, end := strings.IndexByte(text, '('), strings.LastIndexByte(text, ')')
	if open < 0 || end < open {
		return Stat{}, errors.New("parse stat: no command in parentheses")
	}
	f := fields{texts: strings.Fields(text[end+1:])}
	if len(f.texts) <= fieldStartStack-fieldState {
		return Stat{}, fmt.Errorf("parse stat: %d fields behind the command", len(f.texts))
	}
	s := Stat{
		Command: text[open+1 : end],
		State:   f.text(fieldState),
		PPID:    f.int(fieldPPID),
		Front:   f.int(fieldTPGID),
		Flags:   f.uint(fieldFlags),
		Threads: f.int(fieldThreads),
		Start:   f.uint(fieldStart),
		Image:   Image{Text: f.uint(fieldStartCode), Stack: f.uint(fieldStartStack)},
	}
	if f.err != nil {
		return Stat{}, f.err
	}
	return s, nil
}

// fields are those behind the command, and what is wrong with the first that
// made no sense.
type fields struct {
	texts []string
	err   error
}

func (f *fields) text(number int) string { return f.texts[number-fieldState] }

// int is a number that the kernel prints with %d.
func (f *fields) int(number int) int {
	value, err := strconv.ParseInt(f.text(number), 10, 32)
	f.note(number, err)
	return int(value)
}

// uint is a number that the kernel prints with %u, %lu or %llu.
func (f *fields) uint(number int) uint64 {
	value, err := strconv.ParseUint(f.text(number), 10, 64)
	f.note(number, err)
	return value
}

func (f *fields) note(number int, err error) {
	if err != nil && f.err == nil {
		f.err = fmt.Errorf("parse stat: field %d: %w", number, err)
	}
}

// Over says that the process has ended, and at most waits for its parent to
// notice.
func (s Stat) Over() bool { return s.State == "Z" || s.State == "X" }

// Exiting says that the process is about to end: its memory and its namespaces
// go before its state says so.
func (s Stat) Exiting() bool {
	const exiting = 0x4 // PF_EXITING
	return s.Flags&exiting != 0
}

// Stopped says that a signal or a tracer has stopped the process.
func (s Stat) Stopped() bool { return s.State == "T" || s.State == "t" }

// IsGone says whether err is what /proc answers for a process that is there no
// more: ENOENT from its folder, ESRCH from a file that was open already.
func IsGone(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ESRCH)
}
