//go:build linux

package runtime

import (
	"errors"
	"fmt"
	"io"
	"syscall"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
)

// Teller is the [Narrator] of the command line.
type Teller struct {
	out  io.Writer
	lang sandbox.Lang
}

// NewTeller tells to out in lang.
func NewTeller(out io.Writer, lang sandbox.Lang) *Teller {
	return &Teller{out: out, lang: lang}
}

// Tell writes what will be done, why, and the shell command that does the
// same.
func (t *Teller) Tell(n int, a sandbox.Action) error {
	_, err := fmt.Fprint(t.out, Sentence(n, a, t.lang))
	return err
}

// Told writes only of refusals.
func (t *Teller) Told(_ sandbox.Action, err error, passed bool) {
	if err == nil {
		return
	}
	name := sandbox.Say(err, t.lang)
	var errno syscall.Errno
	if errors.As(err, &errno) {
		name = fmt.Sprintf("%s (%s)", unix.ErrnoName(errno), errno)
	}
	text := sandbox.Text{EN: "refused: ", FR: "refusé : "}
	if passed {
		text = sandbox.Text{EN: "refused, and done without: ", FR: "refusé, et l’on s’en passe : "}
	}
	fmt.Fprintf(t.out, "            %s%s\n", text.In(t.lang), name)
}

// Sentence is one action as it is told: three lines at most.
func Sentence(n int, a sandbox.Action, lang sandbox.Lang) string {
	who := map[sandbox.Process]sandbox.Text{
		sandbox.Parent: {EN: "parent", FR: "parent"},
		sandbox.Child:  {EN: "child", FR: "enfant"},
	}[a.Process].In(lang)
	text := fmt.Sprintf("%3d %-7s %s\n            %s\n", n, who, a.Call, a.Why.In(lang))
	if a.Shell != "" {
		text += "            $ " + a.Shell + "\n"
	}
	return text
}
