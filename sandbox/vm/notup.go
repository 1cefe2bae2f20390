package vm

import (
	"errors"
	"fmt"
	"strings"

	"cloison/sandbox"
	"cloison/sandbox/vm/qemu"
)

// NotUp says that a guest did not get as far as to be of use.
type NotUp struct {
	at      step     // that it stood at
	End     qemu.End // of QEMU; Unknown while it still ran
	Console string   // the last lines of the guest's console
	Err     error    // what was waited for
}

func (e *NotUp) Error() string {
	return e.Lack().Why.EN
}

func (e *NotUp) Unwrap() error { return e.Err }

// Lack says it to the learner.
func (e *NotUp) Lack() sandbox.Lack {
	how := sandbox.Said(e.Err)
	if e.End.Cause != qemu.Unknown {
		how = e.End.Text()
	}
	why := sandbox.Text{
		EN: fmt.Sprintf("The VM does not get ready. It stood at: %s. Then: %s.", e.at.what.EN, how.EN),
		FR: fmt.Sprintf("La VM n’arrive pas à démarrer. Elle en était à\u00a0: %s. Ensuite\u00a0: %s.", e.at.what.FR, how.FR),
	}
	if e.Console != "" {
		why.EN += "\nIts console ends with:\n" + e.Console
		why.FR += "\nSa console finit par\u00a0:\n" + e.Console
	}
	return sandbox.Lack{Why: why, Remedy: sandbox.Text{
		EN: "Try again; if it happens again, build the image anew: scripts/build-image",
		FR: "Réessayez\u00a0; si cela se répète, refaites l’image\u00a0: scripts/build-image",
	}}
}

// notUp describes a guest that is about to be given up.
func notUp(p *qemu.Process, at step, err error) error {
	e := &NotUp{at: at, Console: lastLines(p.Console().Text(), consoleLines), Err: err}
	select {
	case <-p.Ended():
		e.End = p.End()
	default:
	}
	var gone *Gone
	if errors.As(err, &gone) {
		e.End = gone.End
	}
	return e
}

// consoleLines is how much of the guest's console is shown.
const consoleLines = 6

// lastLines are the last lines of text that are not empty.
func lastLines(text string, n int) string {
	var lines []string
	for _, line := range strings.Split(text, "\n") {
		if strings.TrimSpace(line) != "" {
			lines = append(lines, strings.TrimRight(line, " \t"))
		}
	}
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
