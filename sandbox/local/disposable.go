package local

import (
	"os"

	"cloison/sandbox"
)

// marker is the file of a computer that may be thrown away: the Vagrant
// machine and our own image have it.
const marker = "/etc/cloison-disposable"

// NotDisposable is the refusal to run lessons as root on a computer that may
// matter to somebody.
type NotDisposable struct{ Lack sandbox.Lack }

func (e *NotDisposable) Error() string { return e.Lack.Why.EN + " " + e.Lack.Remedy.EN }

// Lacking is a need of every lab that this computer does not meet.
type Lacking struct {
	Need string
	Lack sandbox.Lack
}

func (e *Lacking) Error() string { return e.Lack.Why.EN + " " + e.Lack.Remedy.EN }

// mayBreak is the rule: root needs a computer that says it is disposable, or
// somebody who takes the risk.
func mayBreak(root, anyway, disposable bool) error {
	if !root || anyway || disposable {
		return nil
	}
	return &NotDisposable{Lack: sandbox.Lack{
		Why: sandbox.Text{
			EN: "You are root, and nothing says that this computer may be broken (there is no " + marker + "). " +
				"Lessons run real commands: mounts, cgroups, network rules, files under /etc or /run and settings under /proc/sys " +
				"are cleaned up where cloison made them, but what a command changes beyond its lab stays.",
			FR: "Vous êtes root, et rien n’indique que l’on peut casser cette machine (il n’y a pas de " + marker + "). " +
				"Les leçons lancent de vraies commandes\u00a0: montages, cgroups, règles réseau, fichiers sous /etc ou /run et réglages sous /proc/sys " +
				"sont nettoyés là où cloison les a créés, mais ce qu’une commande change hors de son labo reste.",
		},
		Remedy: sandbox.Text{
			EN: "Run cloison as an ordinary user, or in a virtual machine that carries this file; or accept the risk with --on-this-machine.",
			FR: "Lancez cloison en simple utilisateur ou dans une machine virtuelle qui porte ce fichier\u00a0; ou acceptez le risque avec --on-this-machine.",
		},
	}}
}

// Disposable says whether commands may be run here that break things: the
// computer says so, or we are in a lesson, for which somebody has.
func Disposable() bool { return marked(marker) || os.Getenv(labVariable) != "" }

func marked(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}
