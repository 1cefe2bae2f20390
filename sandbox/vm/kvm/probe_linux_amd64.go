package kvm

import (
	_ "embed" // the payload
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"runtime"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

//go:embed guest/payload.bin
var payload []byte

// Where things are in the probe's guest; guest/payload.s knows them too.
const (
	memorySize = 2 << 20
	pml4       = 0x1000
	pdpt       = 0x2000
	directory  = 0x3000
	code       = 0x10000
	stack      = 0x1f000
	taskState  = 0x14800
	ringStack  = 0x1e000
)

// letters is what a guest says that got through.
const letters = "ABCDEF"

// Probe runs the payload with KVM in this process. It may hang in the kernel,
// though normally a guest that hangs is cut after limit.
func Probe(limit time.Duration) error {
	g, err := newGuest()
	if err != nil {
		return err
	}
	defer g.close()
	if err := g.enterLongMode(); err != nil {
		return err
	}
	return g.run(limit)
}

// guest is a virtual machine of one processor.
type guest struct {
	kvm, vm, cpu int
	memory       []byte
	shared       []byte // struct kvm_run
	said         string
}

func newGuest() (*guest, error) {
	g := &guest{kvm: -1, vm: -1, cpu: -1}
	for _, step := range []func() error{g.open, g.addMemory, g.addCPU} {
		if err := step(); err != nil {
			g.close()
			return nil, err
		}
	}
	return g, nil
}

func (g *guest) open() (err error) {
	if g.kvm, err = unix.Open(Device, unix.O_RDWR|unix.O_CLOEXEC, 0); err != nil {
		return fmt.Errorf("open %s: %w", Device, err)
	}
	if version, err := ioctl(g.kvm, getAPIVersion, 0); err != nil || version != 12 {
		return fmt.Errorf("KVM_GET_API_VERSION: %d, %w", version, err)
	}
	if g.vm, err = ioctl(g.kvm, createVM, 0); err != nil {
		return fmt.Errorf("KVM_CREATE_VM: %w", err)
	}
	// Intel processors need three pages for real mode (KVM_SET_TSS_ADDR).
	_, _ = ioctl(g.vm, setTSSAddress, 0xfffbd000)
	return nil
}

// addMemory makes the guest's memory, with its page tables and its code.
func (g *guest) addMemory() (err error) {
	g.memory, err = unix.Mmap(-1, 0, memorySize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		return fmt.Errorf("map the guest's memory: %w", err)
	}
	const presentWritableUser, large = 7, 0x80
	for at, value := range map[int]uint64{
		pml4: pdpt | presentWritableUser, pdpt: directory | presentWritableUser,
		directory: presentWritableUser | large, taskState + 4: ringStack,
	} {
		binary.LittleEndian.PutUint64(g.memory[at:], value)
	}
	copy(g.memory[code:], payload)
	region := memoryRegion{Size: memorySize, Address: uint64(uintptr(unsafe.Pointer(&g.memory[0])))}
	if _, err := ioctl(g.vm, setMemoryRegion, uintptr(unsafe.Pointer(&region))); err != nil {
		return fmt.Errorf("KVM_SET_USER_MEMORY_REGION: %w", err)
	}
	return nil
}

func (g *guest) addCPU() (err error) {
	if g.cpu, err = ioctl(g.vm, createVCPU, 0); err != nil {
		return fmt.Errorf("KVM_CREATE_VCPU: %w", err)
	}
	var known cpuid
	known.Entries = uint32(len(known.Data))
	if _, err := ioctl(g.kvm, supportedCPUID, uintptr(unsafe.Pointer(&known))); err == nil {
		_, _ = ioctl(g.cpu, setCPUID, uintptr(unsafe.Pointer(&known)))
	}
	size, err := ioctl(g.kvm, sharedSize, 0)
	if err != nil {
		return fmt.Errorf("KVM_GET_VCPU_MMAP_SIZE: %w", err)
	}
	if g.shared, err = unix.Mmap(g.cpu, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED); err != nil {
		return fmt.Errorf("map the processor's state: %w", err)
	}
	return nil
}

// enterLongMode sets the registers as a boot loader of 64 bits leaves them.
func (g *guest) enterLongMode() error {
	var s specialRegisters
	if _, err := ioctl(g.cpu, getSpecial, uintptr(unsafe.Pointer(&s))); err != nil {
		return fmt.Errorf("KVM_GET_SREGS: %w", err)
	}
	const (
		pae           = 0x20       // CR4
		pagingProtect = 0x80050033 // CR0: PG, AM, WP, NE, ET, MP, PE
		longMode      = 0x500      // EFER: LMA, LME
	)
	s.CR3, s.CR4, s.CR0, s.EFER = pml4, pae, pagingProtect, longMode
	s.CS = segment{Limit: 0xffffffff, Selector: 8, Type: 11, Present: 1, S: 1, L: 1, G: 1}
	data := segment{Limit: 0xffffffff, Selector: 16, Type: 3, Present: 1, S: 1, DB: 1, G: 1}
	s.DS, s.ES, s.FS, s.GS, s.SS = data, data, data, data, data
	if _, err := ioctl(g.cpu, setSpecial, uintptr(unsafe.Pointer(&s))); err != nil {
		return fmt.Errorf("KVM_SET_SREGS: %w", err)
	}
	r := registers{RIP: code, RSP: stack, RFLAGS: 2}
	if _, err := ioctl(g.cpu, setRegisters, uintptr(unsafe.Pointer(&r))); err != nil {
		return fmt.Errorf("KVM_SET_REGS: %w", err)
	}
	return nil
}

// run lets the guest run until it halts, and reads its letters.
func (g *guest) run(limit time.Duration) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer g.cutAfter(limit)()
	deadline := time.Now().Add(limit)
	for {
		_, err := ioctl(g.cpu, runCPU, 0)
		switch {
		case errors.Is(err, unix.EINTR) && time.Now().Before(deadline):
			continue
		case errors.Is(err, unix.EINTR):
			return fmt.Errorf("the guest hangs after %q", g.said)
		case err != nil:
			return fmt.Errorf("KVM_RUN after %q: %w", g.said, err)
		}
		if done, err := g.exited(); done {
			return err
		}
	}
}

// exited looks why the guest has stopped.
func (g *guest) exited() (done bool, err error) {
	switch reason := binary.LittleEndian.Uint32(g.shared[exitReason:]); {
	case reason == exitIO:
		offset := binary.LittleEndian.Uint64(g.shared[ioOffset:])
		if offset >= uint64(len(g.shared)) {
			return true, errors.New("KVM tells nonsense of a port")
		}
		g.said += string(rune(g.shared[offset]))
		return len(g.said) > len(letters), fmt.Errorf("the guest says %q", g.said)
	case reason == exitHalt && g.said == letters:
		return true, nil
	case reason == exitHalt:
		return true, fmt.Errorf("the guest halts after %q", g.said)
	default:
		return true, fmt.Errorf("the guest stops with exit reason %d after %q", reason, g.said)
	}
}

// cutAfter interrupts the calling thread's KVM_RUN when limit has passed; the
// function that it returns ends that.
func (g *guest) cutAfter(limit time.Duration) (end func()) {
	thread, done, ended := unix.Gettid(), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for wait := limit; ; wait = 5 * time.Millisecond {
			select {
			case <-done:
				return
			case <-time.After(wait):
				g.shared[immediateExit] = 1
				_ = unix.Tgkill(os.Getpid(), thread, unix.SIGURG)
			}
		}
	}()
	return func() { close(done); <-ended }
}

func (g *guest) close() {
	if g.shared != nil {
		_ = unix.Munmap(g.shared)
	}
	for _, fd := range []int{g.cpu, g.vm, g.kvm} {
		if fd >= 0 {
			_ = unix.Close(fd)
		}
	}
	if g.memory != nil {
		_ = unix.Munmap(g.memory)
	}
}
