package image

import (
	"errors"
	"fmt"

	"cloison/sandbox"
)

// Lack is the error of an image that cannot be used: there is none, or it is
// not whole. The remedy is always to build it.
type Lack struct {
	Dir     string
	Missing bool  // there is none at all
	Err     error // what was seen
}

func (l *Lack) Error() string {
	if l.Missing {
		return fmt.Sprintf("there is no image of the VM in %s; scripts/build-image builds it", l.Dir)
	}
	return fmt.Sprintf("the image of the VM in %s cannot be used: %v; scripts/build-image builds a new one", l.Dir, l.Err)
}

func (l *Lack) Unwrap() error { return l.Err }

// Lack says it to the learner.
func (l *Lack) Lack() sandbox.Lack {
	return sandbox.Lack{Why: l.why(), Remedy: sandbox.Text{
		EN: "./scripts/build-image builds it: a few minutes, and about 1 GB on disk",
		FR: "./scripts/build-image la fabrique : quelques minutes, et environ 1 Go sur le disque",
	}}
}

func (l *Lack) why() sandbox.Text {
	var old *oldFormat
	switch {
	case l.Missing:
		return sandbox.Text{
			EN: "the VM has no image yet",
			FR: "la VM n’a pas encore d’image",
		}
	case errors.As(l.Err, &old):
		return sandbox.Text{
			EN: "the VM's image was built by another version of cloison",
			FR: "l’image de la VM a été fabriquée par une autre version de cloison",
		}
	default:
		return sandbox.Text{
			EN: fmt.Sprintf("the VM's image is damaged: %v", l.Err),
			FR: fmt.Sprintf("l’image de la VM est abîmée : %s", sandbox.Say(l.Err, sandbox.French)),
		}
	}
}
