package kvm

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
)

// ProbeVerb is the first argument of the program that is a probe: main has to
// call [BeProbe] and nothing else then.
const ProbeVerb = "kvm-probe"

// Device is what guests are run with.
const Device = "/dev/kvm"

// Limit is how long a probe may take on a computer of today; where KVM works, it
// takes a millisecond.
const Limit = 300 * time.Millisecond

// Verdict says whether KVM can be used and, if not, why not.
type Verdict struct {
	Usable bool         `json:"usable"`
	Lack   sandbox.Lack `json:"lack"` // where it is not
}

// works is what a probe prints.
const works = "KVM runs guests"

// BeProbe is the life of a probe that may take as long as the first argument says, if
// there is one. It returns the process's exit status.
func BeProbe(args []string) int {
	limit := Limit
	if len(args) > 0 {
		if given, err := time.ParseDuration(args[0]); err == nil {
			limit = given
		}
	}
	if err := Probe(limit); err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println(works)
	return 0
}

// Ask has exe, which is this program, probe KVM. It is given the pace of this computer:
// how many times longer things take than on one of today.
func Ask(ctx context.Context, exe string, pace int) Verdict {
	limit := sandbox.AtPace(pace, Limit)
	if err := unix.Access(Device, unix.R_OK|unix.W_OK); err != nil {
		return closed(err)
	}
	ctx, cancel := context.WithTimeout(ctx, 2*limit)
	defer cancel()
	probe := exec.CommandContext(ctx, exe, ProbeVerb, limit.String())
	probe.Args[0] = "cloison"
	probe.WaitDelay = Limit / 3
	probe.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	out := make(chan Verdict, 1)
	go func() { // a process that hangs in the kernel can't be waited for
		said, err := probe.Output()
		out <- judge(strings.TrimSpace(string(said)), err)
	}()
	select {
	case v := <-out:
		return v
	case <-ctx.Done():
		return broken(sandbox.Text{EN: "it does not come back from running one", FR: "il n’en finit pas d’en faire tourner un"})
	}
}

// judge reads what a probe has printed.
func judge(said string, err error) Verdict {
	switch {
	case err == nil && said == works:
		return Verdict{Usable: true}
	case said != "":
		return broken(sandbox.Text{EN: said, FR: said})
	case err != nil:
		return broken(sandbox.Said(err))
	}
	return broken(sandbox.Text{EN: "the probe says nothing", FR: "l’essai ne dit rien"})
}

// closed is the verdict on a device that is missing or not for us.
func closed(err error) Verdict {
	if !errors.Is(err, fs.ErrPermission) {
		return Verdict{Lack: sandbox.Lack{
			Why: sandbox.Text{
				EN: "There is no " + Device + ": the processor's virtualization is off, or we are in a virtual machine that does not pass it on.",
				FR: "Il n’y a pas de " + Device + "\u00a0: la virtualisation du processeur est désactivée, ou nous sommes dans une machine virtuelle qui ne la transmet pas.",
			},
			Remedy: sandbox.Text{
				EN: "Turn on VT-x or AMD-V in the firmware, or nested virtualization in the outer machine. Without it everything works, only slower.",
				FR: "Activez VT-x ou AMD-V dans le micrologiciel, ou la virtualisation imbriquée dans la machine extérieure. Sans elle tout marche, mais plus lentement.",
			},
		}}
	}
	return Verdict{Lack: sandbox.Lack{
		Why: sandbox.Text{
			EN: "You may not open " + Device + ".",
			FR: "Vous n’avez pas le droit d’ouvrir " + Device + ".",
		},
		Remedy: sandbox.Text{
			EN: "Join the group kvm: sudo adduser $USER kvm, then log in again. Without it everything works, only slower.",
			FR: "Rejoignez le groupe kvm\u00a0: sudo adduser $USER kvm, puis reconnectez-vous. Sans cela tout marche, mais plus lentement.",
		},
	}}
}

// broken is the verdict on a KVM that does not run guests.
func broken(how sandbox.Text) Verdict {
	return Verdict{Lack: sandbox.Lack{
		Why: sandbox.Text{
			EN: Device + " is there but does not run a guest: " + how.EN + ".",
			FR: Device + " est là mais ne fait pas tourner d’invité\u00a0: " + how.FR + ".",
		},
		Remedy: sandbox.Text{
			EN: "Nothing has to be done: the guest's code is translated instead (TCG), which is slower.",
			FR: "Il n’y a rien à faire\u00a0: le code de l’invité est traduit à la place (TCG), ce qui est plus lent.",
		},
	}}
}

// NoBoot is the verdict on a KVM that passed the probe but did not boot the
// real guest.
func NoBoot(cause error) Verdict {
	why := sandbox.Said(cause)
	return broken(sandbox.Text{EN: "it passed the probe, but " + why.EN, FR: "il a réussi l’essai, mais " + why.FR})
}

// bootID changes with every boot (random(4)).
func bootID() string {
	id, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(id))
}
