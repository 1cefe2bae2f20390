package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"cloison/lessons"
	"cloison/sandbox"
)

func newLint(g *globals) *cobra.Command {
	var bless bool
	cmd := &cobra.Command{
		Use:   g.say("lint [DIR]", "lint [DOSSIER]"),
		Short: g.say("Check the files of a course", "Vérifier les fichiers d’un cours"),
		Long: g.say(`Check the files of a course: the built-in one, or that in DIR. Every problem is
one line, file:line: message. Exits with 1 when there are any.`,
			`Vérifier les fichiers d’un cours : celui du programme, ou celui de DOSSIER.
Chaque problème tient en une ligne, fichier:ligne: message. Se termine avec 1
s’il y en a.`),
		Args: takes(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := g.course
			if len(args) > 0 {
				dir = args[0]
			}
			if bless {
				if err := blessCourse(cmd.OutOrStdout(), dir); err != nil {
					return err
				}
			}
			return lintCourse(cmd.OutOrStdout(), dir)
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
	}
	cmd.Flags().BoolVar(&bless, "bless", false, g.say("first write into every translation that it is up to date with its base",
		"noter d’abord dans chaque traduction qu’elle est à jour"))
	return cmd
}

func blessCourse(w io.Writer, dir string) error {
	if dir == "" {
		return codeError{exitUsage, sandbox.Errorf("--bless changes files: name their folder, for example: cloison lint --bless lessons/course",
			"--bless modifie des fichiers : nommez leur dossier, par exemple : cloison lint --bless lessons/course")}
	}
	if _, _, err := courseFolder(dir); err != nil {
		return err
	}
	changed, err := lessons.Bless(dir)
	for _, file := range changed {
		fmt.Fprintln(w, "blessed "+file)
	}
	if err != nil {
		return codeError{exitFailed, err}
	}
	return nil
}

func lintCourse(w io.Writer, dir string) error {
	fsys, name, err := courseFolder(dir)
	if err != nil {
		return err
	}
	course, problems := lessons.Load(fsys)
	printProblems(w, name, problems)
	if n := len(problems); n > 0 {
		fmt.Fprintf(w, "%s, %s\n", count(len(course.Lessons()), "lesson"), count(n, "problem"))
		return codeError{code: exitFailed}
	}
	fmt.Fprintf(w, "%s, no problems\n", count(len(course.Lessons()), "lesson"))
	return nil
}

// count says "1 lesson" or "2 lessons".
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
