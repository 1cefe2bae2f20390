package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"cloison/sandbox"
	"cloison/sandbox/link"
	"cloison/sandbox/vm"
	"cloison/sandbox/vm/held"
)

// newVM is the family of verbs about the throw-away VM itself.
func newVM(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use: "vm",
		Short: g.say("Start, use, reset and stop a throw-away VM by hand",
			"Lancer, utiliser, renouveler et arrêter une VM jetable à la main"),
		Long: g.say(`A Debian with Docker in a VM of its own: no root and no port on this computer,
no network out of the VM, and nothing kept. Lessons start their own; these
verbs are for you.`,
			`Une Debian avec Docker dans sa propre VM : ni root ni port sur cet ordinateur,
pas de réseau hors de la VM, et rien n’est gardé. Les leçons lancent les leurs ;
ces commandes-ci sont pour vous.`),
		Args: takes(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	for _, verb := range []func(*globals) *cobra.Command{
		newVMStart, newVMShell, newVMRun, newVMReset, newVMStatus, newVMStop, newVMHold,
	} {
		cmd.AddCommand(verb(g))
	}
	return cmd
}

// selinuxFlag lets a verb choose the kind of guest.
func (g *globals) selinuxFlag(cmd *cobra.Command) (variant func() vm.Variant) {
	selinux := cmd.Flags().Bool("selinux", false, g.say("a guest with SELinux instead of AppArmor", "une VM avec SELinux au lieu d’AppArmor"))
	return func() vm.Variant {
		switch {
		case *selinux:
			return vm.SELinux
		case cmd.Flags().Changed("selinux"):
			return vm.AppArmor
		}
		return ""
	}
}

// interrupted ends when somebody wants us to.
func interrupted(cmd *cobra.Command) (context.Context, context.CancelFunc) {
	return signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
}

// vmError is an error of a VM with the exit code it deserves, in the learner's
// language.
func (g *globals) vmError(err error) error {
	lack, told := lackOf(err)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled):
		return g.interruptedError()
	case errors.Is(err, held.ErrNone):
		return codeError{exitFailed, sandbox.Errorf("no VM is running; start one: cloison vm start",
			"aucune VM ne tourne ; lancez-en une : cloison vm start")}
	case errors.Is(err, link.ErrGone) && told:
		return codeError{exitNotMade, g.lackError(lack)}
	case told:
		return codeError{exitUnable, g.lackError(lack)}
	}
	return codeError{exitFailed, err}
}

// withGuest links to the VM that was started, or else to one that lives as
// long as the call.
func (g *globals) withGuest(ctx context.Context, stderr io.Writer, v vm.Variant, use func(*link.Client) error) error {
	client, err := held.Guest(ctx, held.Place())
	if err == nil {
		defer func() { _ = client.Close() }()
		return use(client)
	}
	if !errors.Is(err, held.ErrNone) {
		return err
	}
	lines := &stageLines{w: stderr, lang: g.lang()}
	yard, err := vm.NewYard(ctx, vm.Options{Told: lines.told})
	if err != nil {
		return err
	}
	guest, err := yard.Start(ctx, v)
	lines.end()
	if err != nil {
		return err
	}
	return errors.Join(use(guest.Client), guest.Close())
}
