package vm

import (
	"fmt"
	"io/fs"
	"os"
	"time"

	"cloison/sandbox"
	"cloison/sandbox/inspect"
	"cloison/sandbox/vm/qemu"
)

// host is this computer, as far as it says how long things take.
type host struct {
	emulated bool // another program plays its processor
	pace     int  // how many times longer they take than on a computer of today
}

// hostOf reads what costs no time to know; root is the host's file system.
func hostOf(root fs.FS) host {
	if inspect.Emulated(root) {
		return host{true, sandbox.EmulatedPace}
	}
	return host{false, 1}
}

// measured is the host with its pace of this moment, which may be worse than what is
// known of it.
func (h host) measured(pace func() int) host {
	now := pace()
	if h.emulated {
		now *= unmeasured
	}
	h.pace = max(h.pace, now)
	return h
}

// unmeasured is how many times more emulation costs than shows in what is measured: in
// a small loop, which an emulator does well, about half of it.
const unmeasured = 2

// now is that pace. It takes a twentieth of a second to know, and longer on a slow one.
func (h host) now() int { return h.measured(inspect.Pace).pace }

// within is the time that something may take here which may take d on a computer of
// today.
func (h host) within(d time.Duration) time.Duration { return sandbox.AtPace(h.pace, d) }

// bootLimit is how long the guest may take that becomes the saved one. A KVM that
// works boots it soon; if not, TCG does as well. On an emulated computer nothing is
// soon, and TCG, where the guest's code is translated twice and not once, takes many
// times longer still: there KVM gets all the time.
func (b basis) bootLimit() time.Duration {
	if b.accel == qemu.KVM && !b.host.emulated {
		return b.host.within(kvmBootLimit)
	}
	return b.host.within(bootLimit)
}

// Silence is how long a guest may say nothing on this computer, see link.Options.
func Silence() time.Duration { return hostOf(os.DirFS("/")).within(silence) }

// slowFrom is the pace from which on a learner is told why it takes long.
const slowFrom = 3

// slow is what a learner is told.
func (b basis) slow() (why sandbox.Text) {
	switch {
	case b.host.emulated && b.accel == qemu.TCG:
		return sandbox.Text{
			EN: "This takes long, half an hour maybe: this computer's processor is emulated by a program, and here that program has to emulate another emulator.",
			FR: "C’est long, une demi-heure peut-être\u00a0: le processeur de cette machine est émulé par un programme, qui doit ici émuler un autre émulateur.",
		}
	case b.host.emulated:
		return sandbox.Text{
			EN: "This takes long, half an hour maybe: this computer's processor is emulated by a program.",
			FR: "C’est long, une demi-heure peut-être\u00a0: le processeur de cette machine est émulé par un programme.",
		}
	case b.host.pace >= slowFrom:
		return sandbox.Text{
			EN: fmt.Sprintf("This takes long: this computer is some %d times slower now than one of today. Others use it, or it may use little of its processor.", b.host.pace),
			FR: fmt.Sprintf("C’est long\u00a0: cette machine est en ce moment environ %d fois plus lente qu’un ordinateur actuel. D’autres s’en servent, ou son processeur lui est compté.", b.host.pace),
		}
	}
	return sandbox.Text{}
}
