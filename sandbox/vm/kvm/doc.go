// Package kvm finds out quickly whether /dev/kvm really runs a guest.
//
// That the device is there says little: inside of another virtual machine, or
// under some hypervisors, KVM starts and then hangs or fails as soon as a
// guest turns on paging. So [Probe] runs a guest of 356 bytes (guest/payload.s) that
// does what a kernel does first: long mode, an exception, an edit of its page
// table, ring 3 and back. A guest in real mode would say yes too often.
//
// A broken KVM can hang in the kernel, where no signal helps; that is why
// [Ask] runs the probe in a process of its own that it can leave behind. The
// answer is remembered until the next boot or another QEMU (see [Memory]).
//
// The ioctls and structures are in the kernel's Documentation/virt/kvm/api.rst.
package kvm
