package main

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"cloison/sandbox"
	"cloison/sandbox/idmap"
	"cloison/sandbox/runtime"
)

// exitNotMade is what docker run ends with when there is no container.
const exitNotMade = 125

func newRun(g *globals) *cobra.Command {
	f := &runFlags{}
	c := &cobra.Command{
		Use: g.say("run [flags] [--] COMMAND [ARG...]", "run [flags] [--] COMMANDE [ARG...]"),
		Short: g.say("Start a container, and tell each system call that makes it",
			"Lancer un conteneur, et raconter chaque appel système qui le crée"),
		Long: g.say(`Start a container: a process in namespaces, a cgroup, a root file system and
capability sets of its own. Without --rootfs the root is made of busybox and is
gone with the container.

Ends with the command's own exit status, 128+N when signal N killed it, 125 when
the container could not be made, 126 when the command cannot be run, 127 when it
is not there. The command is number 1 of its PID namespace, so signals that it
does not handle are ignored; the third SIGINT or SIGTERM in 3 seconds kills it.`,
			`Lancer un conteneur : un processus dans des espaces de noms, un cgroup, un
système de fichiers racine et des ensembles de capabilities à lui. Sans
--rootfs, la racine est faite de busybox et disparaît avec le conteneur.

Se termine avec le code de retour de la commande, 128+N quand le signal N l’a
tuée, 125 quand le conteneur n’a pas pu être créé, 126 quand la commande ne peut
pas être lancée, 127 quand elle n’existe pas. La commande est le numéro 1 de son
espace de noms PID : les signaux qu’elle ne traite pas sont ignorés ; le
troisième SIGINT ou SIGTERM en 3 secondes la tue.`),
		Example: `  cloison run -- sh
  cloison run --explain --memory 64m --pids-limit 20 -- sh
  cloison run --dry-run --cap-drop ALL --read-only --tmpfs /run -- id`,
		Args: atLeast(1, sandbox.Errorf("there is no command to run: cloison run -- sh", "il n’y a pas de commande à lancer : cloison run -- sh")),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(g, cmd, args) },
	}
	asDockerDoes(c)
	f.telling.register(g, c)
	f.register(g, c)
	return c
}

// atLeast demands arguments, with the exit code of docker run.
func atLeast(n int, short error) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) < n {
			return notMade(short)
		}
		return nil
	}
}

// asDockerDoes makes flags end at the command, and a wrong one end with 125.
func asDockerDoes(c *cobra.Command) {
	c.Flags().SetInterspersed(false)
	c.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return notMade(wrongFlag(err)) })
}

func (f *runFlags) run(g *globals, cmd *cobra.Command, args []string) error {
	f.spec.Args, f.spec.Lang = args, g.lang()
	f.clocks = cmd.Flags().Changed("time-offset")
	if err := f.fill(); err != nil {
		return notMade(err)
	}
	s, err := runtime.Look(f.spec)
	if err != nil {
		return notMade(err)
	}
	if err := f.namespaces(s); err != nil {
		return notMade(err)
	}
	if f.oci != "" {
		return f.bundle(g, cmd, s)
	}
	plan, err := runtime.New(f.spec, s)
	if err != nil {
		return notMade(err)
	}
	return f.carryOut(g, cmd, plan)
}

// bundle writes the container down for another runtime.
func (f *runFlags) bundle(g *globals, cmd *cobra.Command, s runtime.Surroundings) error {
	if err := runtime.WriteBundle(f.oci, f.spec, s); err != nil {
		return notMade(err)
	}
	text := sandbox.Text{EN: "written; start it with: runc run --bundle %s NAME\n", FR: "écrit ; lancez-le avec : runc run --bundle %s NOM\n"}
	_, err := fmt.Fprintf(cmd.OutOrStdout(), text.In(g.lang()), f.oci)
	return err
}

// namespaces picks the namespaces and id maps.
func (f *runFlags) namespaces(s runtime.Surroundings) error {
	list := runtime.DefaultNamespaces(s.Privileged())
	if !f.ownNetwork() {
		list = slices.DeleteFunc(list, func(ns sandbox.Namespace) bool { return ns == sandbox.NetNS })
	}
	f.spec.Namespaces = f.withClocks(list)
	if f.remap == "" {
		return nil
	}
	if !s.Privileged() {
		return sandbox.Errorf("--userns-remap needs root: an ordinary user may only map himself, which happens without the flag",
			"--userns-remap demande root : un utilisateur ordinaire ne peut associer que lui-même, ce qui se fait sans l’option")
	}
	f.spec.Namespaces = append(f.spec.Namespaces, sandbox.UserNS)
	return f.remapUsers(s.UID)
}

// remapUsers reads --userns-remap with what subuid(5) and subgid(5) say of the
// caller.
func (f *runFlags) remapUsers(uid int) error {
	name := ""
	if u, err := user.LookupId(fmt.Sprint(uid)); err == nil {
		name = u.Username
	}
	for file, ranges := range map[string]*[]sandbox.IDRange{"/etc/subuid": &f.spec.UIDMap, "/etc/subgid": &f.spec.GIDMap} {
		text, err := os.ReadFile(file)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return sandbox.Errorf("--userns-remap: %w", "--userns-remap : %w", err)
		}
		if *ranges, err = idmap.Remap(f.remap, name, uid, strings.NewReader(string(text))); err != nil {
			return sandbox.Errorf("--userns-remap: %w", "--userns-remap : %w", err)
		}
	}
	return nil
}
