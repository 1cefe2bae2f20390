package main

import (
	"encoding/json"
	"io"

	"github.com/spf13/cobra"

	"cloison/sandbox"
	"cloison/sandbox/runtime"
)

// telling are the flags of run and exec that say how much is told.
type telling struct {
	explain, step, dryRun, asJSON bool
}

func (t *telling) register(g *globals, c *cobra.Command) {
	c.Flags().BoolVar(&t.explain, "explain", false, g.say("tell each system call on standard error before it is made",
		"raconter sur l’erreur standard chaque appel système avant de le faire"))
	c.Flags().BoolVar(&t.step, "step", false, g.say("as --explain, and wait before each: Enter does it, c all the rest, q leaves; tells what each has changed",
		"comme --explain, en attendant avant chacun : Entrée le fait, c fait tous les autres, q arrête ; dit ce que chacun a changé"))
	c.Flags().BoolVar(&t.dryRun, "dry-run", false, g.say("only print what would be done; needs no privileges",
		"afficher seulement ce qui serait fait, sans privilège"))
	c.Flags().BoolVar(&t.asJSON, "json", false, g.say("with --dry-run: print it as JSON", "avec --dry-run : l’afficher en JSON"))
}

// carryOut prints the plan, or runs it, told or not.
func (t *telling) carryOut(g *globals, cmd *cobra.Command, plan *runtime.Plan) error {
	if t.asJSON && !t.dryRun {
		return notMade(sandbox.Errorf("--json goes with --dry-run", "--json va avec --dry-run"))
	}
	if t.dryRun {
		return t.print(g, cmd.OutOrStdout(), plan)
	}
	var narrator runtime.Narrator
	switch {
	case t.step:
		keys, done := openKeys()
		defer done()
		narrator = runtime.NewStepper(plan, runtime.NewLineTeller(cmd.ErrOrStderr(), g.lang(), keys))
	case t.explain:
		narrator = runtime.NewTeller(cmd.ErrOrStderr(), g.lang())
	}
	code, err := plan.Run(narrator)
	if err != nil {
		return codeError{code, err}
	}
	if code != 0 {
		return codeError{code: code}
	}
	return nil
}

func (t *telling) print(g *globals, w io.Writer, plan *runtime.Plan) error {
	if t.asJSON {
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(plan.Actions())
	}
	for i, a := range plan.Actions() {
		if _, err := io.WriteString(w, runtime.Sentence(i+1, a, g.lang())); err != nil {
			return err
		}
	}
	return nil
}

// notMade is an error before there is a container.
func notMade(err error) error { return codeError{exitNotMade, err} }
