//go:build linux

package runtime

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
)

// Teller is the [Narrator] of the command line.
type Teller struct {
	out  io.Writer
	lang sandbox.Lang
	step *bufio.Reader // nil does not wait
}

// NewTeller tells to out in lang. When step is not nil, each action waits for
// a line of it; q gives up.
func NewTeller(out io.Writer, lang sandbox.Lang, step io.Reader) *Teller {
	t := &Teller{out: out, lang: lang}
	if step != nil {
		t.step = bufio.NewReader(step)
	}
	return t
}

// Tell writes what will be done, why, and the shell command that does the
// same.
func (t *Teller) Tell(n int, a sandbox.Action) error {
	fmt.Fprint(t.out, Sentence(n, a, t.lang))
	if t.step == nil {
		return nil
	}
	fmt.Fprint(t.out, sandbox.Text{EN: "            [Enter to do it, q to give up] ", FR: "            [Entrée pour le faire, q pour abandonner] "}.In(t.lang))
	line, err := t.step.ReadString('\n')
	if err != nil {
		return fmt.Errorf("wait for Enter: %w", err)
	}
	if strings.TrimSpace(line) == "q" {
		return errors.New("given up")
	}
	return nil
}

// Told writes only of refusals.
func (t *Teller) Told(_ sandbox.Action, err error, passed bool) {
	if err == nil {
		return
	}
	name := err.Error()
	var errno syscall.Errno
	if errors.As(err, &errno) {
		name = fmt.Sprintf("%s (%s)", unix.ErrnoName(errno), errno)
	}
	text := sandbox.Text{EN: "refused: ", FR: "refusé : "}
	if passed {
		text = sandbox.Text{EN: "refused, and done without: ", FR: "refusé, et l'on s'en passe : "}
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
