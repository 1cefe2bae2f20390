package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"cloison/sandbox"
	"cloison/sandbox/vm"
	"cloison/sandbox/vm/held"
)

func newVMStart(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "start",
		Short: g.say("Start a VM that stays until it is stopped", "Lancer une VM qui reste jusqu’à ce qu’on l’arrête"),
		Args:  takes(0, 0),
	}
	variant := g.selinuxFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		ctx, stop := interrupted(cmd)
		defer stop()
		exe, err := os.Executable()
		if err != nil {
			return codeError{exitFailed, fmt.Errorf("find this program: %w", err)}
		}
		if s, err := held.Ask(ctx, held.Place()); err == nil && s.Running {
			return g.alreadyThere(s)
		} else if err == nil && s.Making != nil {
			return codeError{exitFailed, sandbox.Errorf("a VM is on its way already; see how it goes: cloison vm status",
				"une VM arrive déjà ; pour voir où elle en est : cloison vm status")}
		} else if err == nil { // its guest is gone: a fresh one is what is wanted
			return g.renewHeld(cmd, variant())
		}
		args := []string{"vm", "hold"}
		if variant() == vm.SELinux {
			args = append(args, "--selinux")
		}
		lines := &stageLines{w: cmd.ErrOrStderr(), lang: g.lang()}
		s, err := held.Start(ctx, exe, args, lines.told)
		lines.end()
		if err != nil {
			return g.vmError(err)
		}
		g.printHeld(cmd.ErrOrStderr(), s)
		return nil
	}
	return cmd
}

// alreadyThere refuses to start a second one.
func (g *globals) alreadyThere(s held.Status) error {
	return codeError{exitFailed, sandbox.Errorf("a VM is running already (%s); for a fresh one: cloison vm reset",
		"une VM tourne déjà (%s) ; pour une neuve : cloison vm reset", s.Made)}
}

// newVMHold is what start leaves running; it is not for people.
func newVMHold(g *globals) *cobra.Command {
	cmd := &cobra.Command{Use: "hold", Hidden: true, Args: takes(0, 0)}
	variant := g.selinuxFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		ctx, stop := interrupted(cmd)
		defer stop()
		tell := os.NewFile(held.TellFD, "tell")
		if _, err := tell.Stat(); err != nil {
			return codeError{exitUsage, sandbox.Errorf("vm hold is started by: cloison vm start", "vm hold est lancé par : cloison vm start")}
		}
		v := variant()
		if v == "" {
			v = vm.AppArmor
		}
		if err := held.Hold(ctx, held.Place(), vm.Options{}, v, tell); err != nil {
			return codeError{exitFailed, err}
		}
		return nil
	}
	return cmd
}

func newVMReset(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "reset",
		Short: g.say("Put a fresh VM in the place of the one that was started", "Mettre une VM neuve à la place de celle qui a été lancée"),
		Args:  takes(0, 0),
	}
	variant := g.selinuxFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return g.renewHeld(cmd, variant()) }
	return cmd
}

func (g *globals) renewHeld(cmd *cobra.Command, v vm.Variant) error {
	ctx, stop := interrupted(cmd)
	defer stop()
	lines := &stageLines{w: cmd.ErrOrStderr(), lang: g.lang()}
	s, err := held.Reset(ctx, held.Place(), v, lines.told)
	lines.end()
	if err != nil {
		return g.vmError(err)
	}
	g.printHeld(cmd.ErrOrStderr(), s)
	return nil
}

func newVMStop(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "stop",
		Short: g.say("Stop the VM that was started; nothing of it is kept", "Arrêter la VM qui a été lancée ; rien n’en est gardé"),
		Args:  takes(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := interrupted(cmd)
			defer stop()
			return g.vmError(held.Stop(ctx, held.Place()))
		},
	}
}

func newVMStatus(g *globals) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "status",
		Short: g.say("Say whether a VM was started, and how it is", "Dire si une VM a été lancée, et comment elle va"),
		Args:  takes(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := held.Ask(cmd.Context(), held.Place())
			if err != nil && !errors.Is(err, held.ErrNone) {
				return g.vmError(err)
			}
			if asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(s)
			}
			g.printHeld(cmd.OutOrStdout(), s)
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, printsJSON.In(g.lang()))
	return cmd
}

// printMaking tells of a VM that is on its way.
func (g *globals) printMaking(w io.Writer, m held.Making) {
	what := g.say("A VM is being started", "Une VM est en cours de lancement")
	if m.Again {
		what = g.say("The VM is being reset", "La VM est en cours de renouvellement")
	}
	stage := m.Stage.In(g.lang())
	if stage != "" {
		stage = " (" + stage + ")"
	}
	fmt.Fprintf(w, g.say("%s, for %s%s.\n", "%s, depuis %s%s.\n"), what, time.Since(m.Since).Round(time.Second), stage)
	fmt.Fprintln(w, g.say("Give it up: cloison vm stop", "Pour y renoncer\u00a0: cloison vm stop"))
}

// printHeld tells how the VM is that is held.
func (g *globals) printHeld(w io.Writer, s held.Status) {
	switch {
	case s.Gone != nil:
		fmt.Fprintln(w, s.Gone.Why.In(g.lang()))
		fmt.Fprintln(w, g.say("For a fresh one: cloison vm reset", "Pour une VM neuve\u00a0: cloison vm reset"))
	case s.Making != nil:
		g.printMaking(w, *s.Making)
	case !s.Running:
		fmt.Fprintln(w, g.say("No VM is running. Start one: cloison vm start", "Aucune VM ne tourne. Lancez-en une\u00a0: cloison vm start"))
	default:
		fmt.Fprintf(w, g.say("A VM is running: Linux %s, %s; %d MB of its own, for %s.\n", "Une VM tourne\u00a0: Linux %s, %s\u00a0; %d Mo à elle seule, depuis %s.\n"),
			s.Kernel, s.Made, s.Memory>>20, time.Since(s.Since).Round(time.Second))
		fmt.Fprintln(w, g.say("Get in: cloison vm shell", "Pour y entrer\u00a0: cloison vm shell"))
	}
	if s.Stopped {
		fmt.Fprintf(w, g.say("It stands still: somebody has stopped process %d. Go on: kill -CONT %[1]d\n",
			"Elle est à l’arrêt\u00a0: le processus %d a été suspendu. Pour reprendre\u00a0: kill -CONT %[1]d\n"), s.QEMU)
	}
}
