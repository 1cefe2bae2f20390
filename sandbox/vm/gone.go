package vm

import (
	"fmt"

	"cloison/sandbox"
	"cloison/sandbox/vm/qemu"
)

// Gone says why a guest that was there is lost. It is in the error of every
// call that this made fail, together with link.ErrGone.
type Gone struct {
	End    qemu.End
	Silent bool // QEMU still ran, but nothing in the guest answered
}

func (e *Gone) Error() string { return e.Lack().Why.EN }

// Lack says to the learner what happened, and that it is no accident.
func (e *Gone) Lack() sandbox.Lack {
	return sandbox.Lack{Why: e.why(), Remedy: sandbox.Text{
		EN: "A fresh VM is there in a moment. What you have done is kept; what ran in this one is lost.",
		FR: "Une VM neuve est prête en un instant. Ce que vous avez fait est gardé\u00a0; ce qui tournait dans celle-ci est perdu.",
	}}
}

func (e *Gone) why() sandbox.Text {
	if e.Silent {
		return sandbox.Text{
			EN: "Nothing in the VM answers any more, though QEMU still runs: a fork bomb, for instance, or memory that is full.",
			FR: "Plus rien ne répond dans la VM, alors que QEMU tourne encore\u00a0: une fork bomb, par exemple, ou une mémoire pleine.",
		}
	}
	switch e.End.Cause {
	case qemu.Panicked:
		return sandbox.Text{
			EN: fmt.Sprintf("The VM's kernel panicked (%s): everything in it has stopped. "+
				"Your computer's kernel is another one and did not notice; containers would have shared it.", e.End.Detail),
			FR: fmt.Sprintf("Le noyau de la VM a paniqué (%s)\u00a0: tout s’y est arrêté. "+
				"Celui de votre machine est un autre et n’a rien remarqué\u00a0; des conteneurs l’auraient partagé.", e.End.Detail),
		}
	case qemu.Rebooted:
		return sandbox.Text{
			EN: "The VM rebooted, and a VM of cloison lives for one boot only.",
			FR: "La VM a redémarré, et une VM de cloison ne vit que le temps d’un démarrage.",
		}
	case qemu.PoweredOff:
		return sandbox.Text{
			EN: "The VM powered itself off.",
			FR: "La VM s’est éteinte.",
		}
	case qemu.Killed:
		return sandbox.Text{
			EN: fmt.Sprintf("QEMU, the process that is the VM, was ended by a signal (%s): by somebody, or by this computer's kernel for want of memory.", e.End.Detail),
			FR: fmt.Sprintf("QEMU, le processus qui est la VM, a été arrêté par un signal (%s)\u00a0: par quelqu’un, ou par le noyau de cette machine faute de mémoire.", e.End.Detail),
		}
	case qemu.Closed:
		return sandbox.Text{EN: "The VM was closed.", FR: "La VM a été fermée."}
	}
	return sandbox.Text{
		EN: fmt.Sprintf("QEMU, the process that is the VM, has ended: %s.", e.End.Detail),
		FR: fmt.Sprintf("QEMU, le processus qui est la VM, s’est terminé\u00a0: %s.", e.End.Detail),
	}
}
