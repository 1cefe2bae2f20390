// Package vm is the machine that can be thrown away: a QEMU with a Debian guest
// that is started from a saved state for every lesson and killed afterwards.
// It needs no root, opens no port and gives the guest no network.
//
// It joins what its rooms know: qemu starts and saves, kvm says how guest code
// is run, template keeps what was saved, sandbox/image is what is booted, and
// sandbox/link is how the guest is talked to. What runs in the guest is this
// same program: a second initramfs with it as /init is made for each boot.
//
// A life: [New] finds or makes the saved state. Open starts a guest from it and
// opens a lab of the guest's own inside. Closing the lab kills QEMU; nothing is
// left, since the guest's writes went to private memory. When a guest is lost
// (its kernel panics, somebody kills QEMU, a fork bomb takes everything), calls
// end with a [*Gone] that says why, and the next Open gives a fresh one.
package vm
