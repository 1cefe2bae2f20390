package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"cloison/sandbox"
	"cloison/sandbox/capability"
	"cloison/sandbox/local"
	"cloison/sandbox/vm"
	"cloison/tui"
)

// opensCourse makes the root command itself open the course in the terminal.
func (g *globals) opensCourse(root *cobra.Command) {
	root.Use = g.say("cloison [LESSON]", "cloison [LEÇON]")
	root.Args = takes(0, 1)
	root.ValidArgsFunction = g.completeLesson
	root.Flags().BoolVar(&g.trainer, "trainer", false, g.say("show the notes for trainers too", "montrer aussi les notes pour le formateur"))
	root.Flags().BoolVar(&g.plain, "plain", false, g.say("line by line, for screen readers and simple terminals (by itself where TERM is dumb)",
		"ligne par ligne, pour les lecteurs d’écran et les terminaux simples (d’office si TERM vaut dumb)"))
	root.RunE = func(cmd *cobra.Command, args []string) error {
		if !cmd.Flags().Changed("plain") && isDumb(os.Getenv("TERM")) && onTerminal() {
			g.plain = true
			fmt.Fprintln(cmd.ErrOrStderr(), g.say("cloison: this terminal can’t move a cursor (TERM), so the course comes line by line, as with --plain",
				"cloison\u00a0: ce terminal ne sait pas déplacer de curseur (TERM)\u00a0: le cours vient ligne par ligne, comme avec --plain"))
		}
		if g.plain {
			return g.readCourse(cmd, args)
		}
		return g.openCourse(cmd.Context(), args)
	}
}

// openCourse shows the screen, at a lesson when one is named.
func (g *globals) openCourse(ctx context.Context, args []string) error {
	course, err := g.loadChosen()
	if err != nil {
		return err
	}
	store, err := g.openProgress(os.Stderr)
	if err != nil {
		return err
	}
	stages := make(chan sandbox.Stage)
	o := tui.Options{
		Course: course, Lang: g.lang(), Capabilities: capabilityNames(), Trainer: g.trainer,
		Progress: store, Seed: store.State().Seed,
		Machine: g.machineToShow(stages), Stages: stages, Refused: isRefusal, Explain: lackOf,
	}
	if err := g.checkMachine(); err != nil {
		return err
	}
	if len(args) == 1 {
		if _, err := findLesson(course, args[0]); err != nil {
			return err
		}
		o.Lesson = args[0]
	}
	if !onTerminal() {
		return codeError{exitUsage, errors.New(g.say(
			"the course needs a terminal; without one, take it line by line: cloison --plain",
			"le cours demande un terminal\u00a0; sans terminal, suivez-le ligne par ligne\u00a0: cloison --plain"))}
	}
	switch err := tui.Run(ctx, o); {
	case err == nil:
		return nil
	case isRefusal(err):
		return codeError{exitUnable, g.inLanguage(err)}
	default:
		return codeError{exitFailed, sandbox.Errorf("show the course: %w", "montrer le cours : %w", err)}
	}
}

// onTerminal says whether somebody types and reads at a terminal.
func onTerminal() bool { return term.IsTerminal(os.Stdin.Fd()) && term.IsTerminal(os.Stdout.Fd()) }

// machineToShow is openMachine with the cause of an error left in it: the
// screen can change the language later. The screen shows the stages.
func (g *globals) machineToShow(stages chan<- sandbox.Stage) func(context.Context) (sandbox.Machine, error) {
	return func(ctx context.Context) (sandbox.Machine, error) {
		return g.machineFor(ctx, vm.Options{Spare: true, Told: func(s sandbox.Stage) {
			select {
			case stages <- s:
			case <-ctx.Done():
			}
		}})
	}
}

// isRefusal says whether cloison must not go on at all on this computer.
func isRefusal(err error) bool {
	var refusal *local.NotDisposable
	return errors.As(err, &refusal)
}

// capabilityNames are the names of all capabilities that the kernel knows, by
// number.
func capabilityNames() []string {
	names := make([]string, capability.Last()+1)
	for n := range names {
		names[n] = capability.Name(n)
	}
	return names
}
