package qemu

import (
	"fmt"
	"strconv"
)

// Config says what a QEMU is started with. Its paths must not be secret: they
// are seen in the process list.
type Config struct {
	Binary  string  // path of qemu-system-x86_64
	Version Version // of Binary
	Accel   Accel
	CPUs    int
	Memory  Memory
	Kernel  *Kernel // nil for a guest that is restored
	Root    string  // raw disk image, never written to; "" for none
	Ports   []string
	Paused  bool // the CPUs stand still until [Monitor.Continue]
	// Pace is how many times longer things take on this computer than on one of today.
	Pace int
	// Incoming waits for [Process.Restore] instead of booting.
	Incoming bool
}

// Accel is how guest code runs.
type Accel string

// The ways: by the processor's own virtualization, or translated.
const (
	KVM Accel = "kvm"
	TCG Accel = "tcg"
)

// Memory is the guest's.
type Memory struct {
	MiB  int
	File string // of MiB size
	// Shared makes the file the memory; else the file is only read, and what
	// the guest writes is its own.
	Shared bool
}

// Kernel is what a guest boots.
type Kernel struct {
	Image, Initrd string // paths
	CommandLine   string
}

// firstFD is what the first inherited file is to QEMU (os/exec, ExtraFiles).
const firstFD = 3

// cpuModel is the processor that a guest sees.
//
// For TCG: everything that Debian asks for, RDRAND so that the guest has random
// numbers at once, ARAT so that an idle guest sleeps. ERMS is left out: with
// it the kernel copies memory with REP MOVSB, which TCG runs byte by byte.
var cpuModel = map[Accel]string{
	KVM: "host",
	TCG: "qemu64,+ssse3,+sse4.1,+sse4.2,+popcnt,+aes,+pclmulqdq,+rdrand,+arat",
}

// Args is the command line without the program's name. The inherited files are,
// in this order from descriptor 3 on: the ports, the serial console, QMP.
func (c Config) Args() []string {
	args := []string{
		"-nodefaults", "-no-user-config", "-no-reboot", "-display", "none", "-vga", "none", "-net", "none",
		"-M", "q35,memory-backend=ram", "-accel", c.accel(), "-cpu", cpuModel[c.Accel],
		"-smp", strconv.Itoa(c.CPUs), "-m", strconv.Itoa(c.Memory.MiB),
		"-object", c.memory(),
		"-device", "vmgenid,guid=auto",
	}
	if c.Root != "" {
		args = append(args, "-drive", "if=none,id=root,format=raw,readonly=on,cache=unsafe,file="+escape(c.Root),
			"-device", "virtio-blk-pci,drive=root")
	}
	args = append(args, c.connections()...)
	if k := c.Kernel; k != nil {
		args = append(args, "-kernel", k.Image, "-initrd", k.Initrd, "-append", k.CommandLine)
	}
	if c.Incoming {
		args = append(args, "-incoming", "defer")
	}
	if c.Paused {
		args = append(args, "-S")
	}
	// QEMU itself may not get more rights, start programs or change priorities.
	return append(args, "-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny")
}

// accel asks for one thread per guest processor; TCG would else use one thread
// for all where it isn't sure of the memory model.
func (c Config) accel() string {
	if c.Accel == TCG {
		return "tcg,thread=multi"
	}
	return string(c.Accel)
}

func (c Config) memory() string {
	share, readOnly := "off", ""
	if c.Memory.Shared {
		share = "on"
	} else if c.Version.AtLeast(8, 2) {
		readOnly = ",readonly=on,rom=off" // older ones open the file for writing, though they don't
	}
	return fmt.Sprintf("memory-backend-file,id=ram,size=%dM,mem-path=%s,share=%s,prealloc=off%s",
		c.Memory.MiB, escape(c.Memory.File), share, readOnly)
}

// connections are the inherited descriptors.
func (c Config) connections() []string {
	args := []string{"-device", "virtio-serial-pci,id=serial"}
	for i, name := range c.Ports {
		id := "port" + strconv.Itoa(i)
		args = append(args, "-chardev", socket(id, firstFD+i),
			"-device", fmt.Sprintf("virtserialport,bus=serial.0,chardev=%s,name=%s", id, name))
	}
	next := firstFD + len(c.Ports)
	return append(args,
		"-chardev", socket("console", next), "-serial", "chardev:console",
		"-chardev", socket("monitor", next+1), "-mon", "chardev=monitor,mode=control")
}

func socket(id string, fd int) string { return fmt.Sprintf("socket,id=%s,fd=%d", id, fd) }

// escape doubles commas, which would begin another option.
func escape(path string) string {
	var out []byte
	for i := range len(path) {
		if path[i] == ',' {
			out = append(out, ',')
		}
		out = append(out, path[i])
	}
	return string(out)
}
