package vm

import (
	"errors"
	"fmt"

	"cloison/sandbox"
	"cloison/sandbox/vm/qemu"
	"cloison/sandbox/vm/template"
)

// Lacking says what this computer lacks for a VM.
type Lacking struct{ lack sandbox.Lack }

func (e *Lacking) Error() string { return e.lack.Why.EN + " " + e.lack.Remedy.EN }

// Lack says it to the learner.
func (e *Lacking) Lack() sandbox.Lack { return e.lack }

var noProcessor = sandbox.Lack{
	Why: sandbox.Text{
		EN: "The VM is for x86-64 processors, and this one is another.",
		FR: "La VM est faite pour les processeurs x86-64, et celui-ci n’en est pas un.",
	},
	Remedy: sandbox.Text{
		EN: "Run cloison on a PC, or in a virtual machine of this computer that may be broken.",
		FR: "Lancez cloison sur un PC, ou dans une machine virtuelle de cet ordinateur que l’on peut casser.",
	},
}

// emulatedHost is the reason of a VM that works, but slowly.
var emulatedHost = sandbox.Lack{
	Why: sandbox.Text{
		EN: "This computer's processor is emulated by a program, and everything in it is slow: the VM takes half an hour, maybe, to get ready for the first time.",
		FR: "Le processeur de cette machine est émulé par un programme, et tout y est lent\u00a0: il faut une demi-heure, peut-être, pour préparer la VM la première fois.",
	},
	Remedy: sandbox.Text{
		EN: "Run this machine where KVM, or another hypervisor, gives it the real processor.",
		FR: "Faites tourner cette machine là où KVM, ou un autre hyperviseur, lui donne le vrai processeur.",
	},
}

// lackOfQEMU tells why there is no QEMU to use.
func lackOfQEMU(err error) error {
	install := sandbox.Text{
		EN: "Install it: apt install --no-install-recommends qemu-system-x86",
		FR: "Installez-le\u00a0: apt install --no-install-recommends qemu-system-x86",
	}
	var old *qemu.TooOld
	switch {
	case errors.Is(err, qemu.ErrMissing):
		return &Lacking{sandbox.Lack{Why: sandbox.Text{
			EN: "The VM needs QEMU, and there is no " + qemu.Program + " here.",
			FR: "La VM a besoin de QEMU, et il n’y a pas de " + qemu.Program + " ici.",
		}, Remedy: install}}
	case errors.As(err, &old):
		return &Lacking{sandbox.Lack{Why: sandbox.Text{
			EN: fmt.Sprintf("The VM needs QEMU %s or newer, and this one is %s.", qemu.Oldest, old.Found),
			FR: fmt.Sprintf("La VM a besoin de QEMU %s ou plus récent, et celui-ci est en version %s.", qemu.Oldest, old.Found),
		}, Remedy: sandbox.Text{
			EN: "Use Debian 12, Ubuntu 24.04 or newer, or another QEMU first in PATH.",
			FR: "Utilisez Debian 12, Ubuntu 24.04 ou plus récent, ou mettez un autre QEMU en premier dans PATH.",
		}}}
	}
	return &Lacking{sandbox.Lack{Why: sandbox.Text{
		EN: "QEMU does not work here: " + sandbox.Say(err, sandbox.English) + ".",
		FR: "QEMU ne marche pas ici\u00a0: " + sandbox.Say(err, sandbox.French) + ".",
	}, Remedy: install}}
}

// dynamic is the lack of a cloison that was built with cgo.
func dynamic(exe string) sandbox.Lack {
	return sandbox.Lack{
		Why: sandbox.Text{
			EN: exe + " needs shared libraries, and it has to run alone in the guest.",
			FR: exe + " a besoin de bibliothèques partagées, or il doit tourner seul dans l’invité.",
		},
		Remedy: sandbox.Text{
			EN: "Build it with CGO_ENABLED=0, as scripts/run does.",
			FR: "Compilez-le avec CGO_ENABLED=0, comme le fait scripts/run.",
		},
	}
}

// lackOfRoom is what a full disk, or somebody else at work, means.
func lackOfRoom(err error) error {
	var full *template.NoRoom
	var busy *template.Busy
	switch {
	case errors.As(err, &full):
		return &Lacking{sandbox.Lack{Why: sandbox.Text{
			EN: fmt.Sprintf("The disk is too full for a saved VM: it takes up to %d MB in %s, and %d MB are free.", full.Need>>20, full.Dir, full.Free>>20),
			FR: fmt.Sprintf("Le disque est trop plein pour une VM sauvegardée\u00a0: il faut jusqu’à %d Mo dans %s, et %d Mo sont libres.", full.Need>>20, full.Dir, full.Free>>20),
		}, Remedy: sandbox.Text{
			EN: "Make room there, or name a folder on another disk: XDG_CACHE_HOME=/other/disk cloison",
			FR: "Faites de la place à cet endroit, ou indiquez un dossier sur un autre disque\u00a0: XDG_CACHE_HOME=/autre/disque cloison",
		}}}
	case errors.As(err, &busy):
		return &Lacking{sandbox.Lack{Why: sandbox.Text{
			EN: fmt.Sprintf("Another cloison (process %d) has been making the VM ready for too long.", busy.PID),
			FR: fmt.Sprintf("Un autre cloison (processus %d) prépare la VM depuis trop longtemps.", busy.PID),
		}, Remedy: sandbox.Text{
			EN: fmt.Sprintf("Look what it does, or end it: kill %d", busy.PID),
			FR: fmt.Sprintf("Regardez ce qu’il fait, ou arrêtez-le\u00a0: kill %d", busy.PID),
		}}}
	}
	return err
}

// lackOfMemory is a computer that is too small, or too full.
func lackOfMemory(free, need uint64) error {
	return &Lacking{sandbox.Lack{Why: sandbox.Text{
		EN: fmt.Sprintf("There is too little memory for the VM: %d MB are free, and it needs at least %d MB.", free>>20, need>>20),
		FR: fmt.Sprintf("Il n’y a pas assez de mémoire pour la VM\u00a0: %d Mo sont libres, et il lui en faut au moins %d.", free>>20, need>>20),
	}, Remedy: sandbox.Text{
		EN: "Close other programs; what takes most is seen with: ps -eo rss,args --sort=-rss | head",
		FR: "Fermez d’autres programmes\u00a0; les plus gourmands se voient avec\u00a0: ps -eo rss,args --sort=-rss | head",
	}}}
}
