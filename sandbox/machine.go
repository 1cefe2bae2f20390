package sandbox

import (
	"context"
	"io/fs"
	"regexp"
	"time"
)

// Machine is where lessons run: this computer, or a throw-away VM.
type Machine interface {
	// About says what the machine is and what it lacks. It is fixed once the
	// machine is there.
	About() About
	// Open makes a fresh lab. The caller closes it.
	Open(ctx context.Context, o LabOptions) (Lab, error)
	// Close ends every lab and leaves nothing behind.
	Close() error
}

// About describes a machine.
type About struct {
	Name          string   `json:"name"`   // "local" or "vm"
	Kernel        string   `json:"kernel"` // uname -r
	CgroupVersion int      `json:"cgroup_version"`
	LSMs          []string `json:"lsms"`
	Root          bool     `json:"root"` // shells are root of the initial user namespace
	// Pace is how many times longer things take there than on a computer of
	// today, for an emulated one; 0 and 1 are no longer.
	Pace int `json:"pace,omitempty"`
	// Lacks has every need (see the lesson format: root, userns, cgroup2, …)
	// that this machine does not meet. A need that is not a key is met.
	Lacks map[string]Lack `json:"lacks"`
}

// EmulatedPace is the pace of a machine whose every instruction is emulated
// (QEMU's TCG), as measured with lessons on today's computers.
const EmulatedPace = 6

// Within is the time that something may take on the machine which takes d on a
// computer of today.
func (a About) Within(d time.Duration) time.Duration { return AtPace(a.Pace, d) }

// AtPace is the time that something may take where things take pace times longer
// than on a computer of today, on which it takes d.
func AtPace(pace int, d time.Duration) time.Duration { return d * time.Duration(max(1, pace)) }

// Lack is why a machine does not meet a need, and what would help.
type Lack struct {
	Why    Text `json:"why"`
	Remedy Text `json:"remedy"`
}

// LabOptions say what a lesson wants of its lab.
type LabOptions struct {
	Lesson string            // id, for the names of cgroups and hosts
	Files  fs.FS             // copied to ~/files; nil for none
	Env    map[string]string // the lesson's variables, for every shell and script
	Shared bool              // keep the machine's own namespaces (Docker lessons)
	Needs  []string          // what the lesson needs: a VM has a kind of guest for SELinux
}

// Lab is the private place of one lesson: mount, UTS, IPC and network
// namespaces and a cgroup of its own. Closing it kills and unmounts everything
// that was started in it.
type Lab interface {
	// Shell opens a live shell on a terminal. The caller closes it, or the lab does.
	Shell(ctx context.Context, o ShellOptions) (Shell, error)
	// Exec runs a script with /bin/bash in the lab, away from every live
	// shell and with a PATH of its own.
	Exec(ctx context.Context, script string, env []string) (Outcome, error)
	// Inspect reads the facts of a process of the lab; pid is as Shell.PID gives it.
	Inspect(ctx context.Context, pid int) (Facts, error)
	// Watch X-rays the lab as seen from what runs in front of the terminal of
	// the shell pid (as Shell.PID gives it): at once, and again within 100 ms of
	// a change, until ctx ends or the lab is gone; then the channel is closed. A
	// reader that is slow misses X-rays, but never the last one. What comes by
	// subjects is a process of the lab to follow instead, until it is gone or
	// another comes, and the zero Subject goes back; nil is that none comes.
	Watch(ctx context.Context, pid int, subjects <-chan Subject) (<-chan Xray, error)
	Close() error
}

// CheckVariable is in the environment of a script that checks a task, and of
// nothing else that runs in a lab: an X-ray leaves it out.
const CheckVariable = "CLOISON_SHELL_PID"

// ShellOptions say what terminal a live shell gets.
type ShellOptions struct {
	Name       string // the lesson's name for it: "a", "b", …
	Cols, Rows int    // 0 is 80×24
}

// Outcome is how a command ended.
type Outcome struct {
	Output string // what the terminal showed, as plain text without escape sequences
	Exit   int    // 0 to 255; 128+n when signal n ended it
}

// Shell is a live shell on a terminal whose prompts are marked, so that a
// typed command's output and exit status are known.
type Shell interface {
	// Run types command into the shell as a person would and waits until the
	// shell, or a shell that the command started, prompts again. When ctx ends
	// first, it returns what was seen so far together with ctx's error; the
	// command goes on running.
	Run(ctx context.Context, command string) (Outcome, error)
	// RunUntil is Run for a command that enters a program without marked
	// prompts: it also ends as soon as the command's output so far, as plain
	// text, matches until. Nothing has exited then, so Exit is 0.
	RunUntil(ctx context.Context, command string, until *regexp.Regexp) (Outcome, error)
	// Write sends raw bytes to the terminal: keys, or answers to queries.
	Write(p []byte) (int, error)
	// Output gives what the terminal should show, in order; it is closed when
	// the shell ends. Whoever opened the shell must drain it. Chunks are at
	// most 32 KiB and belong to the reader.
	Output() <-chan []byte
	// Resize tells the terminal's new size.
	Resize(cols, rows int) error
	// PID is the shell's process on its machine; Foreground the process that
	// the terminal's keys go to now: the shell itself at a prompt, else the
	// program that it runs, or the container that this program waits for.
	PID() int
	Foreground() (int, error)
	Close() error
}
