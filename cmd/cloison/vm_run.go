package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"cloison/sandbox"
	"cloison/sandbox/link"
	"cloison/sandbox/vm"
)

func newVMShell(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use: "shell",
		Short: g.say("Open a shell as root in the VM: the one that was started, or else a fresh one",
			"Ouvrir un shell root dans la VM lancée, ou dans une neuve"),
		Args: takes(0, 0),
	}
	variant := g.selinuxFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return g.inGuest(cmd, variant(), link.Command{}, true)
	}
	return cmd
}

func newVMRun(g *globals) *cobra.Command {
	var tty bool
	cmd := &cobra.Command{
		Use: g.say("run [flags] [--] COMMAND [ARG...]", "run [flags] [--] COMMANDE [ARG...]"),
		Short: g.say("Run a command as root in the VM: the one that was started, or else a fresh one",
			"Lancer une commande en root dans la VM lancée, ou dans une neuve"),
		Long: g.say(`Run a command as root in the VM that was started, or else in a fresh one that
is gone afterwards. Ends with the command's own exit status, 128+N when signal N
killed it, 125 when the VM was lost meanwhile.`,
			`Lancer une commande en root dans la VM qui a été lancée, ou sinon dans une neuve
qui disparaît ensuite. Se termine avec le code de retour de la commande, 128+N
quand le signal N l’a tuée, 125 quand la VM a été perdue entre-temps.`),
		Example: `  cloison vm run -- docker run --rm mini:1 echo hi
  echo hello | cloison vm run -- wc -c`,
		Args: atLeast(1, sandbox.Errorf("there is no command to run: cloison vm run -- uname -a", "il n’y a pas de commande à lancer : cloison vm run -- uname -a")),
	}
	cmd.Flags().SetInterspersed(false)
	cmd.Flags().BoolVarP(&tty, "tty", "t", false, g.say("give the command a terminal", "donner un terminal à la commande"))
	variant := g.selinuxFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return g.inGuest(cmd, variant(), link.Command{Args: args}, tty)
	}
	return cmd
}

// inGuest runs a command in a guest and ends as it does. Until the guest is
// there, Ctrl-C is for us; from then on it is for the command.
func (g *globals) inGuest(cmd *cobra.Command, v vm.Variant, command link.Command, tty bool) error {
	ctx, stop := interrupted(cmd)
	defer stop()
	exit := 0
	err := g.withGuest(ctx, cmd.ErrOrStderr(), v, func(c *link.Client) (err error) {
		stop()
		exit, err = connected(context.WithoutCancel(ctx), c, command, tty)
		return err
	})
	if err != nil {
		return g.vmError(err)
	}
	if exit != 0 {
		return codeError{code: exit}
	}
	return nil
}

// connected runs a command with our standard streams, or on a terminal of its
// own where we have one.
func connected(ctx context.Context, c *link.Client, command link.Command, tty bool) (int, error) {
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	if tty && term.IsTerminal(os.Stdin.Fd()) && term.IsTerminal(os.Stdout.Fd()) {
		return onOurTerminal(ctx, c, command)
	}
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	defer signal.Stop(signals)
	command.Signals = signals
	return c.Run(ctx, command)
}

// onOurTerminal hands our terminal over: every key goes to the guest's.
func onOurTerminal(ctx context.Context, c *link.Client, command link.Command) (exit int, err error) {
	fd := os.Stdin.Fd()
	before, err := term.MakeRaw(fd)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, term.Restore(fd, before)) }()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cols, rows, _ := term.GetSize(fd)
	command.Terminal = &link.Terminal{Term: os.Getenv("TERM"), Cols: cols, Rows: rows, Resize: sizes(ctx, fd)}
	return c.Run(ctx, command)
}

// sizes are the terminal's new sizes (SIGWINCH, signal(7)) until ctx ends.
func sizes(ctx context.Context, fd uintptr) <-chan link.Size {
	changes, all := make(chan os.Signal, 1), make(chan link.Size)
	signal.Notify(changes, syscall.SIGWINCH)
	go func() {
		defer signal.Stop(changes)
		for {
			select {
			case <-ctx.Done():
				return
			case <-changes:
			}
			cols, rows, err := term.GetSize(fd)
			if err != nil {
				return
			}
			select {
			case <-ctx.Done():
				return
			case all <- link.Size{Cols: cols, Rows: rows}:
			}
		}
	}()
	return all
}
