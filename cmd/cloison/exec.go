package main

import (
	"os"
	"strconv"

	"github.com/spf13/cobra"

	"cloison/sandbox"
	"cloison/sandbox/runtime"
)

// execFlags are the flags of exec.
type execFlags struct {
	telling
	spec   sandbox.Spec
	env    []string
	cgroup bool
}

func newExec(g *globals) *cobra.Command {
	f := &execFlags{}
	c := &cobra.Command{
		Use: g.say("exec [flags] PID [--] COMMAND [ARG...]", "exec [flags] PID [--] COMMANDE [ARG...]"),
		Short: g.say("Run a command in the namespaces of a process, as nsenter does, and tell how",
			"Lancer une commande dans les espaces de noms d’un processus"),
		Long: g.say(`Run a command in the namespaces of a process, given by its number on this
computer. As with nsenter(1), the namespaces are all that is joined: the
command keeps the caller's capabilities and cgroup, and gets no seccomp filter.

Ends with the command's own exit status, 128+N when signal N killed it, 125 when
the namespaces could not be joined, 126 when the command cannot be run, 127 when
it is not there.`,
			`Lancer une commande dans les espaces de noms d’un processus, donné par son
numéro sur cet ordinateur, et dire comment. Comme avec nsenter(1), on ne rejoint
que les espaces de noms : la commande garde les capabilities et le cgroup de qui
l’appelle, et ne reçoit pas de filtre seccomp.

Se termine avec le code de retour de la commande, 128+N quand le signal N l’a
tuée, 125 quand les espaces de noms n’ont pas pu être rejoints, 126 quand la
commande ne peut pas être lancée, 127 quand elle n’existe pas.`),
		Example: `  cloison exec 4242 -- sh
  cloison exec --explain --cgroup 4242 -- ps`,
		Args: atLeast(2, sandbox.Errorf("give a process and a command: cloison exec 4242 -- sh", "donnez un processus et une commande : cloison exec 4242 -- sh")),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(g, cmd, args) },
	}
	asDockerDoes(c)
	f.telling.register(g, c)
	c.Flags().StringVarP(&f.spec.User, "user", "u", "", g.say("user in the joined namespaces, by number: UID[:GID]",
		"utilisateur dans ces espaces de noms : UID[:GID]"))
	c.Flags().StringArrayVarP(&f.env, "env", "e", nil, environmentFlag.In(g.lang()))
	c.Flags().StringVarP(&f.spec.Dir, "workdir", "w", "", workdirFlag.In(g.lang()))
	c.Flags().BoolVar(&f.cgroup, "cgroup", false, g.say("also enter the process's cgroup, which nsenter does not",
		"entrer aussi dans le cgroup du processus, ce que nsenter ne fait pas"))
	return c
}

func (f *execFlags) run(g *globals, cmd *cobra.Command, args []string) error {
	pid, err := strconv.Atoi(args[0])
	if err != nil || pid < 1 {
		return notMade(sandbox.Errorf("%q is not the number of a process; cloison inspect lists some",
			"%q n’est pas le numéro d’un processus ; ps -e montre ceux qui existent", args[0]))
	}
	f.spec.Args = args[1:]
	if len(f.spec.Args) > 1 && f.spec.Args[0] == "--" {
		f.spec.Args = f.spec.Args[1:]
	}
	f.spec.Env = environment(f.env, os.LookupEnv)
	target, err := runtime.Find(pid, f.cgroup)
	if err != nil {
		return notMade(err)
	}
	defer target.Close()
	plan, err := runtime.NewJoin(target, f.spec)
	if err != nil {
		return notMade(err)
	}
	return f.carryOut(g, cmd, plan)
}
