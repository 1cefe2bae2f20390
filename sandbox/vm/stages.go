package vm

import (
	"fmt"

	"cloison/sandbox"
	"cloison/sandbox/link"
)

// step is one of those that make a saved guest, or start one.
type step struct {
	name string
	what sandbox.Text
}

// The steps in their order; starting a saved guest is too quick to be told.
const (
	stepWait   = "wait"
	stepImage  = "image"
	stepBoot   = "boot"
	stepDocker = "docker" // several, which the guest tells
	stepSave   = "save"
	stepStart  = "start"
)

// parts is how far the making of a saved guest is when a step begins: about
// the share of the time that has gone, as measured under emulation.
var parts = map[string]float64{
	stepWait: -1, stepImage: 0, stepBoot: 0.05,
	string(link.StageContainerd): 0.25, string(link.StageDockerd): 0.3,
	string(link.StageImages): 0.6, string(link.StageWarmUp): 0.75,
	stepSave: 0.9,
}

// stage is the step as it is told.
func (s step) stage() sandbox.Stage {
	part, known := parts[s.name]
	if !known {
		part = -1
	}
	return sandbox.Stage{Name: s.what, Part: part}
}

func newStep(name, en, fr string) step { return step{name, sandbox.Text{EN: en, FR: fr}} }

func waiting(pid int) step {
	return newStep(stepWait,
		fmt.Sprintf("waiting for another cloison (process %d), which makes the same VM ready", pid),
		fmt.Sprintf("attente d’un autre cloison (processus %d), qui prépare la même VM", pid))
}

func checking() step {
	return newStep(stepImage, "checking the image of the VM", "vérification de l’image de la VM")
}

func booting(how string) step {
	return newStep(stepBoot, "booting the VM ("+how+")", "démarrage de la VM ("+how+")")
}

func saving() step {
	return newStep(stepSave, "saving the VM, so that later starts take no time", "sauvegarde de la VM, pour que les prochains démarrages soient immédiats")
}

func starting() step {
	return newStep(stepStart, "starting a fresh VM", "lancement d’une VM neuve")
}

// dockerSteps are those of link.Client.Prepare.
var dockerSteps = map[link.Stage]sandbox.Text{
	link.StageContainerd: {EN: "starting containerd", FR: "démarrage de containerd"},
	link.StageDockerd:    {EN: "starting the Docker daemon", FR: "démarrage du démon Docker"},
	link.StageImages:     {EN: "loading container images", FR: "chargement des images de conteneurs"},
	link.StageWarmUp:     {EN: "running a first container", FR: "lancement d’un premier conteneur"},
}

func docker(s link.Stage) step {
	what, known := dockerSteps[s]
	if !known {
		return newStep(stepDocker, "preparing the VM", "préparation de la VM")
	}
	return step{string(s), what}
}
