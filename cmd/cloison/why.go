package main

import (
	"errors"
	"os"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"cloison/sandbox"
	"cloison/sandbox/local"
	"cloison/sandbox/runtime"
	"cloison/sandbox/why"
)

// whyFlags are those of run, and whose context the command was refused in.
type whyFlags struct {
	runFlags
	pid    int
	asJSON bool
}

// whyLong is what why says of itself.
var whyLong = sandbox.Text{
	EN: `Run a command that was refused again and again, in fresh containers that differ
in what is relaxed: capabilities, the user namespace, the seccomp filter, and so
on. Say which layers refuse it, one behind the other where there are several,
what each answers by itself, and the least that would have to be allowed.

With --pid, the command runs in the context of a process instead: its
namespaces, root and folder, user and groups, capabilities, no_new_privs,
seccomp filter and cgroups. Its mounts and its host name are copied, so that
they stay as they are; files and network are not. Where the command makes a
context for another, as setpriv, unshare, nsenter and chroot do, the question
is about the other. Rules of Landlock that a process has made for itself before
can't be copied, as nobody can read them; those that the command makes are a
layer.

With a command line of docker run, the containers are made as Docker would make
this one, of the image's files; what could not be translated is said.

With everything relaxed the command really does what it is for: so this runs
only on a computer that may be broken (it has the file /etc/cloison-disposable),
in a lesson, or with --on-this-machine.`,
	FR: `Relancer maintes fois une commande qui a été refusée, dans des conteneurs neufs
qui diffèrent par ce qui y est relâché : les capabilities, l’espace de noms
utilisateur, le filtre seccomp, et ainsi de suite. Dire quelles couches la
refusent, l’une derrière l’autre s’il y en a plusieurs, ce que chacune répond à
elle seule, et le minimum qu’il faudrait permettre.

Avec --pid, la commande s’exécute plutôt dans le contexte d’un processus : ses
espaces de noms, sa racine et son dossier, son utilisateur et ses groupes, ses
capabilities, no_new_privs, son filtre seccomp et ses cgroups. Ses montages et
son nom d’hôte sont copiés, pour rester tels qu’ils sont ; les fichiers et le
réseau ne le sont pas. Quand la commande prépare un contexte pour une autre,
comme le font setpriv, unshare, nsenter et chroot, la question porte sur cette
autre. Les règles Landlock qu’un processus s’est données auparavant ne peuvent
pas être copiées, puisque personne ne peut les lire ; celles que la commande se
donne sont une couche.

Avec une ligne de docker run, les conteneurs sont faits comme Docker ferait
celui-là, avec les fichiers de l’image ; ce qui n’a pas pu être traduit est dit.

Quand tout est relâché, la commande fait vraiment ce qu’elle doit faire : cela
ne se lance donc que sur un ordinateur que l’on peut casser (il a le fichier
/etc/cloison-disposable), dans une leçon, ou avec --on-this-machine.`,
}

func newWhy(g *globals) *cobra.Command {
	f := &whyFlags{}
	c := &cobra.Command{
		Use: g.say("why [flags of run | --pid PID] [--] COMMAND [ARG...] | docker run …",
			"why [options de run | --pid PID] [--] COMMANDE [ARG...] | docker run …"),
		Short: g.say("Find out by experiment which layer refused a command",
			"Trouver par l’expérience quelle couche a refusé une commande"),
		Long: whyLong.In(g.lang()),
		Example: `  cloison why -- unshare --user true
  cloison why --user 1000 -- chown 0 /tmp
  cloison why --cap-add SYS_ADMIN --read-only -- touch /file
  cloison why --pid 4242 -- hostname x
  cloison why -- docker run --cap-drop ALL alpine chown 1 /tmp`,
		Args: atLeast(1, sandbox.Errorf("there is no command to ask about: cloison why -- mount -t tmpfs none /mnt", "il n’y a pas de commande à examiner : cloison why -- mount -t tmpfs none /mnt")),
		RunE: func(cmd *cobra.Command, args []string) error { return f.why(g, cmd, args) },
	}
	c.Flags().SetInterspersed(false)
	f.register(g, c)
	c.Flags().IntVar(&f.pid, "pid", 0, g.say("ask in the context of this process, by its number on this computer",
		"demander dans le contexte de ce processus, par son numéro sur cet ordinateur"))
	c.Flags().BoolVar(&f.asJSON, "json", false, printsJSON.In(g.lang()))
	return c
}

func (f *whyFlags) why(g *globals, cmd *cobra.Command, args []string) error {
	if !g.anyway && !local.Disposable() {
		return codeError{exitUnable, errors.New(g.say(
			"with everything relaxed, the command really does what it is for, and nothing says that this computer may be broken (there is no /etc/cloison-disposable); ask in a lesson or in the VM, or accept the risk with --on-this-machine",
			"quand tout est permis, la commande fait vraiment ce qu’elle doit faire, et rien n’indique que l’on peut casser cette machine (il n’y a pas de /etc/cloison-disposable)\u00a0; demandez dans une leçon ou dans la VM, ou acceptez le risque avec --on-this-machine"))}
	}
	f.spec.Args, f.spec.Lang = args, g.lang()
	subject, closing, err := f.subject(cmd)
	if err != nil {
		return codeError{exitUsage, err}
	}
	defer closing()
	answer, err := why.Ask(cmd.Context(), subject)
	if errors.Is(err, why.ErrNotRefused) {
		return codeError{exitFailed, errors.New(g.notRefused(answer))}
	} else if err != nil {
		return codeError{exitUnable, err}
	}
	if f.asJSON {
		return printJSON(cmd.OutOrStdout(), answer)
	}
	g.printAnswer(cmd.OutOrStdout(), answer, f.pid == 0)
	return nil
}

// subject is what is asked about; closing is due in the end.
func (f *whyFlags) subject(cmd *cobra.Command) (s why.Subject, closing func(), err error) {
	if f.pid != 0 {
		return f.process(cmd)
	}
	if words, ok := dockerRun(f.spec.Args); ok {
		return f.docker(cmd.Context(), words)
	}
	f.clocks = cmd.Flags().Changed("time-offset")
	if err := f.complete(); err != nil {
		return nil, nil, err
	}
	container, err := why.NewContainer(f.spec, "")
	return container, func() {}, err
}

// withPID are the flags that go with --pid: a process has its own context.
var withPID = []string{"pid", "json", "env", "on-this-machine", "lang"}

func (f *whyFlags) process(cmd *cobra.Command) (why.Subject, func(), error) {
	var other error
	cmd.Flags().Visit(func(flag *pflag.Flag) {
		if !slices.Contains(withPID, flag.Name) {
			other = sandbox.Errorf("--%s: the process has a context of its own; leave this out, or leave out --pid",
				"--%s : le processus a son propre contexte ; retirez cette option, ou retirez --pid", flag.Name)
		}
	})
	if other != nil {
		return nil, nil, other
	}
	p, err := why.NewProcess(cmd.Context(), f.pid, f.spec.Args, environment(f.env, os.LookupEnv), "")
	if err != nil {
		return nil, nil, err
	}
	return p, p.Close, nil
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
