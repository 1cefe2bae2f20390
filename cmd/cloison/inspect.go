package main

import (
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"cloison/sandbox"
	"cloison/sandbox/inspect"
)

func newInspect(g *globals) *cobra.Command {
	var watch, asJSON bool
	cmd := &cobra.Command{
		Use: "inspect [PID...]",
		Short: g.say("Show what the kernel says of a process: the X-ray as text",
			"Montrer ce que le noyau dit d’un processus : la radio en texte"),
		Long: g.say(`Show what the kernel says of processes: namespaces, ids, capabilities, seccomp,
cgroup and limits. Exits with 1 when there is no such process.

Without a PID it is the process that called cloison, normally your shell, and
the first lines answer: am I in a container, whose is it, and what may I do?
That works from inside, by what can be seen there, and names its evidence.`,
			`Montrer ce que le noyau dit d’un ou de plusieurs processus : espaces de noms,
utilisateurs, capabilities, seccomp, cgroup et limites. Se termine avec 1 quand
le processus n’existe pas.

Sans PID, c’est le processus qui a appelé cloison, d’ordinaire votre shell, et
les premières lignes répondent : suis-je dans un conteneur, celui de qui, et
qu’ai-je le droit de faire ? Cela marche de l’intérieur, avec ce que l’on y
voit, et les indices sont nommés.`),
		RunE: func(cmd *cobra.Command, args []string) error {
			pids, err := parsePIDs(args)
			if err != nil {
				return err
			}
			i := inspection{
				reader: inspect.New(inspect.Root()),
				lang:   g.lang(), out: cmd.OutOrStdout(), asJSON: asJSON,
			}
			if len(args) == 0 {
				pids = []int{i.caller()}
			}
			switch {
			case watch:
				return i.watch(cmd.Context(), pids)
			case len(args) == 0:
				return i.place(pids[0])
			}
			return i.show(pids)
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	cmd.Flags().BoolVar(&watch, "watch", false, g.say("go on telling what changes, until the process ends or Ctrl-C",
		"dire ce qui change, jusqu’à la fin du processus ou Ctrl-C"))
	cmd.Flags().BoolVar(&asJSON, "json", false, g.say("print JSON, an object a process; with --watch one line a change",
		"en JSON : un objet par processus, ou par changement avec --watch"))
	return cmd
}

// parsePIDs reads the arguments.
func parsePIDs(args []string) ([]int, error) {
	var pids []int
	for _, arg := range args {
		pid, err := strconv.Atoi(arg)
		if err != nil || pid < 1 {
			return nil, codeError{exitUsage, sandbox.Errorf("inspect: %q is no PID; ps -e lists them", "inspect : %q n’est pas un PID ; ps -e en donne la liste", arg)}
		}
		pids = append(pids, pid)
	}
	return pids, nil
}

// inspection is one call of the verb.
type inspection struct {
	reader *inspect.Reader
	lang   sandbox.Lang
	out    io.Writer
	asJSON bool
}

// show prints every process that is there, then complains of the first that is
// not.
func (i inspection) show(pids []int) error {
	var first error
	for n, pid := range pids {
		facts, err := i.reader.Read(pid)
		if err != nil {
			first = errors.Join(first, i.explain(pid, err))
			continue
		}
		if i.asJSON {
			err = printJSON(i.out, facts)
		} else {
			if n > 0 {
				fmt.Fprintln(i.out)
			}
			err = writeXray(i.out, facts, i.lang)
		}
		if err != nil {
			return codeError{exitFailed, err}
		}
	}
	if first != nil {
		return codeError{exitFailed, first}
	}
	return nil
}

// explain says what a reading that did not work means.
func (i inspection) explain(pid int, err error) error {
	if !errors.Is(err, inspect.ErrGone) {
		return err
	}
	return sandbox.Errorf("there is no process %d (or no longer); ps -e lists those that there are",
		"il n’y a pas (ou plus) de processus %d ; ps -e montre ceux qui existent", pid)
}
