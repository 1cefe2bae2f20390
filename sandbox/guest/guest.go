// Package guest is cloison inside the throw-away VM: it is the first process
// (init), and the agent that the host talks to.
//
// The kernel starts it as /init from the initramfs, where it loads the modules
// that the root file system needs, lays a file system in memory over the
// read-only root, and becomes the init of that ([Main], "guest init"). Init
// mounts what a system needs, starts the agent ("guest agent"), reaps orphans,
// and starts the agent again should it die. The agent makes the guest fresh
// when its host says hello, serves the wire (package link) with this
// computer's own machine (package local), and prepares Docker before the guest
// is saved.
//
// It knows the kernel and where the image keeps things; it knows neither QEMU
// nor lessons. When it cannot go on, it says so in one line on the console and
// ends, which is a kernel panic, and with panic=-1 and QEMU's -no-reboot the
// end of the VM.
//
// Sources: initramfs and init(1), the kernel's admin-guide/initrd.rst and
// filesystems/ramfs-rootfs-initramfs.rst, switch_root(8), mount(2),
// finit_module(2), random(4), machine-id(5), cgroups(7).
package guest

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// Verb is the first argument of a program that is a part of the guest: main
// has to call [Main] and nothing else then.
const Verb = "guest"

// Word is what the kernel's command line has to have for cloison to be init.
const Word = "cloison.guest"

// The parts, as second arguments.
const (
	partInit  = "init"
	partAgent = "agent"
)

// bootName is what the kernel calls the first process of an initramfs.
const bootName = "/init"

// self is where cloison is in the guest.
const self = "/usr/local/bin/cloison"

// Called says whether a process with this PID and these arguments is a part of
// the guest.
func Called(pid int, args []string) bool {
	if pid == 1 && len(args) > 0 && args[0] == bootName {
		return true
	}
	return len(args) > 1 && args[1] == Verb
}

// Main is that process. It returns the exit status.
func Main(args []string) int {
	if err := run(os.Getpid(), args); err != nil {
		fmt.Fprintf(os.Stderr, "cloison: %v\n", err)
	}
	return 1
}

func run(pid int, args []string) error {
	part := ""
	if len(args) > 2 && args[1] == Verb {
		part = args[2]
	}
	switch {
	case pid == 1 && part == "":
		return boot()
	case pid == 1 && part == partInit:
		return beInit()
	case part == partAgent:
		return beAgent()
	}
	return fmt.Errorf("%s is for the first process of a VM that cloison starts", strings.Join(args[1:], " "))
}

// commandLine is the kernel's, by words.
type commandLine []string

// readCommandLine needs /proc.
func readCommandLine() (commandLine, error) {
	text, err := os.ReadFile("/proc/cmdline")
	if err != nil {
		return nil, err
	}
	return strings.Fields(string(text)), nil
}

// has says whether the word alone is there.
func (c commandLine) has(word string) bool { return slices.Contains(c, word) }

// value is that of the last word NAME=value, "" for none.
func (c commandLine) value(name string) string {
	found := ""
	for _, word := range c {
		if v, ok := strings.CutPrefix(word, name+"="); ok {
			found = v
		}
	}
	return found
}
