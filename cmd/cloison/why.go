package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"cloison/sandbox/local"
	"cloison/sandbox/runtime"
	"cloison/sandbox/why"
)

func newWhy(g *globals) *cobra.Command {
	f, asJSON := &runFlags{}, false
	c := &cobra.Command{
		Use:   "why [flags of run] [--] COMMAND [ARG...]",
		Short: "Find out by experiment which layer refused a command",
		Long: `Run a command that was refused again and again, in fresh containers that differ
in what is relaxed: capabilities, the user namespace, the seccomp filter, and so
on. Say which layers refuse it, one behind the other where there are several,
what each answers by itself, and the least that would have to be allowed.

With everything relaxed the command really does what it is for: so this runs
only on a computer that may be broken (it has the file /etc/cloison-disposable),
in a lesson, or with --on-this-machine.`,
		Example: `cloison why -- unshare --user true
cloison why --user 1000 -- chown 0 /tmp
cloison why --cap-add SYS_ADMIN --read-only -- touch /file`,
		Args: atLeast(1, "there is no command to ask about: cloison why -- mount -t tmpfs none /mnt"),
		RunE: func(cmd *cobra.Command, args []string) error { return f.why(g, cmd, args, asJSON) },
	}
	c.Flags().SetInterspersed(false)
	f.register(c)
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func (f *runFlags) why(g *globals, cmd *cobra.Command, args []string, asJSON bool) error {
	if !g.anyway && !local.Disposable() {
		return codeError{exitUnable, errors.New(g.say(
			"with everything relaxed, the command really does what it is for, and nothing says that this computer may be broken (there is no /etc/cloison-disposable); ask in a lesson or in the VM, or accept the risk with --on-this-machine",
			"quand tout est permis, la commande fait vraiment ce qu’elle doit faire, et rien n’indique que l’on peut casser cette machine (il n’y a pas de /etc/cloison-disposable)\u00a0; demandez dans une leçon ou dans la VM, ou acceptez le risque avec --on-this-machine"))}
	}
	f.spec.Args = args
	f.clocks = cmd.Flags().Changed("time-offset")
	if err := f.complete(); err != nil {
		return codeError{exitUsage, inLanguage(g, err)}
	}
	answer, err := why.Ask(cmd.Context(), f.spec, "")
	switch {
	case errors.Is(err, why.ErrNotRefused):
		return codeError{exitFailed, errors.New(g.say(
			"nothing refused the command: it works in such a container", "rien n’a refusé la commande\u00a0: elle fonctionne dans un tel conteneur"))}
	case err != nil:
		return codeError{exitUnable, inLanguage(g, err)}
	}
	if asJSON {
		return printJSON(cmd.OutOrStdout(), answer)
	}
	g.printAnswer(cmd.OutOrStdout(), answer)
	return nil
}

// complete reads the flags and what the surroundings add to them.
func (f *runFlags) complete() error {
	if err := f.fill(); err != nil {
		return err
	}
	s, err := runtime.Look(f.spec)
	if err != nil {
		return err
	}
	return f.namespaces(s)
}

// printAnswer tells what was found.
func (g *globals) printAnswer(w io.Writer, a why.Answer) {
	fmt.Fprintf(w, "%s%s\n", g.say("refused with   ", "refusé avec    "), a.Refused)
	if len(a.Ways) == 0 {
		fmt.Fprintln(w, g.say(
			"refused by     none of the layers: with everything relaxed it ends with "+a.Free+" too",
			"refusé par     aucune des couches\u00a0: même quand tout est permis, elle se termine par "+a.Free))
	}
	for i, way := range a.Ways {
		if i > 0 {
			fmt.Fprintln(w, g.say("or, instead:", "ou bien, à la place\u00a0:"))
		}
		for j, r := range way {
			lead := g.say("refused by     ", "refusé par     ")
			if j > 0 {
				lead = g.say("and behind it  ", "et derrière    ")
			}
			fmt.Fprintln(w, lead+g.layer(r.Layer))
			g.printRefusal(w, r)
		}
	}
	fmt.Fprintf(w, g.say("(found by running it %d times)\n", "(trouvé en la lançant %d fois)\n"), a.Runs)
}
