package inspect

import (
	"errors"
	"fmt"
	"io/fs"
	"os/exec"

	"cloison/sandbox"
)

// errRemoteDocker is a DOCKER_HOST that is not a socket of this computer.
var errRemoteDocker = errors.New("DOCKER_HOST names another computer")

func lacksDocker(h Host) (sandbox.Lack, bool) {
	switch {
	case h.Docker == nil:
		return met()
	case errors.Is(h.Docker, exec.ErrNotFound):
		return missing(sandbox.Text{
			EN: "The command docker is not installed.",
			FR: "La commande docker n’est pas installée.",
		}, sandbox.Text{
			EN: "Install it: apt install docker.io",
			FR: "Installez-la : apt install docker.io",
		})
	case errors.Is(h.Docker, fs.ErrPermission):
		return missing(sandbox.Text{
			EN: "The Docker daemon runs, but this user may not talk to it.",
			FR: "Le démon Docker tourne, mais cet utilisateur n’a pas le droit de lui parler.",
		}, sandbox.Text{
			EN: "Start cloison as root. The group docker would do too, but its members are as good as root.",
			FR: "Lancez cloison en root. Le groupe docker suffirait aussi, mais ses membres valent root.",
		})
	case errors.Is(h.Docker, errRemoteDocker):
		return missing(sandbox.Text{
			EN: "DOCKER_HOST names the daemon of another computer, whose processes cannot be seen from here.",
			FR: "DOCKER_HOST désigne le démon d’une autre machine, dont les processus ne se voient pas d’ici.",
		}, sandbox.Text{
			EN: "Unset DOCKER_HOST: unset DOCKER_HOST",
			FR: "Retirez DOCKER_HOST : unset DOCKER_HOST",
		})
	}
	return missing(sandbox.Text{
		EN: fmt.Sprintf("The Docker daemon does not answer (%v).", h.Docker),
		FR: fmt.Sprintf("Le démon Docker ne répond pas (%v).", h.Docker),
	}, sandbox.Text{
		EN: "Start it: sudo systemctl start docker",
		FR: "Démarrez-le : sudo systemctl start docker",
	})
}
