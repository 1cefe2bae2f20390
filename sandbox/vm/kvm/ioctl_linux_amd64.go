package kvm

import "golang.org/x/sys/unix"

// The requests, from linux/kvm.h.
const (
	getAPIVersion   = 0xae00
	createVM        = 0xae01
	sharedSize      = 0xae04     // KVM_GET_VCPU_MMAP_SIZE
	supportedCPUID  = 0xc008ae05 // KVM_GET_SUPPORTED_CPUID
	createVCPU      = 0xae41
	setMemoryRegion = 0x4020ae46 // KVM_SET_USER_MEMORY_REGION
	setTSSAddress   = 0xae47
	runCPU          = 0xae80
	setRegisters    = 0x4090ae82
	getSpecial      = 0x8138ae83
	setSpecial      = 0x4138ae84
	setCPUID        = 0x4008ae90 // KVM_SET_CPUID2
)

// Offsets in struct kvm_run, and what is found there.
const (
	immediateExit = 1
	exitReason    = 8
	ioOffset      = 40

	exitIO   = 2
	exitHalt = 5
)

// memoryRegion is struct kvm_userspace_memory_region.
type memoryRegion struct {
	Slot, Flags          uint32
	Guest, Size, Address uint64
}

// cpuid is struct kvm_cpuid2 with room for what a processor can say.
type cpuid struct {
	Entries, _ uint32
	Data       [256][10]uint32
}

// segment is struct kvm_segment.
type segment struct {
	Base                                              uint64
	Limit                                             uint32
	Selector                                          uint16
	Type, Present, DPL, DB, S, L, G, AVL, Unusable, _ uint8
}

// table is struct kvm_dtable.
type table struct {
	Base  uint64
	Limit uint16
	_     [3]uint16
}

// specialRegisters is struct kvm_sregs.
type specialRegisters struct {
	CS, DS, ES, FS, GS, SS, TR, LDT         segment
	GDT, IDT                                table
	CR0, CR2, CR3, CR4, CR8, EFER, APICBase uint64
	Interrupts                              [4]uint64
}

// registers is struct kvm_regs.
type registers struct {
	RAX, RBX, RCX, RDX, RSI, RDI, RSP, RBP uint64
	R8, R9, R10, R11, R12, R13, R14, R15   uint64
	RIP, RFLAGS                            uint64
}

// ioctl calls the kernel. KVM_RUN's EINTR is the caller's.
func ioctl(fd int, request, arg uintptr) (int, error) {
	for {
		r, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), request, arg)
		switch {
		case errno == unix.EINTR && request != runCPU:
			continue
		case errno != 0:
			return int(r), errno
		}
		return int(r), nil
	}
}
