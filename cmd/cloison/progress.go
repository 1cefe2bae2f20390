package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"cloison/lessons"
	"cloison/lessons/progress"
	"cloison/sandbox"
)

func newProgress(g *globals) *cobra.Command {
	var asJSON, reset, yes bool
	cmd := &cobra.Command{
		Use: g.say("progress [--reset [LESSON]]", "progress [--reset [LEÇON]]"),
		Short: g.say("Show which lessons you have done, what is left, and where to go on",
			"Montrer les leçons faites, ce qui reste, et où reprendre"),
		Long: g.say(`Show which lessons are done, begun, open or locked, how many minutes are left,
and where to go on. With --path FILE only the lessons that the file names, with
a report on them at the end. --reset forgets a lesson, or all of them (with
--path, those of the path). The progress is one file:
$XDG_STATE_HOME/cloison/progress.json.`,
			`Montrer quelles leçons sont terminées, commencées, ouvertes ou verrouillées,
combien de minutes il reste, et où reprendre. Avec --path FICHIER, seulement les
leçons que nomme le fichier, avec un bilan à la fin. --reset oublie une leçon,
ou toutes (avec --path, celles du parcours). La progression tient en un seul
fichier : $XDG_STATE_HOME/cloison/progress.json.`),
		Args:              takes(0, 1),
		ValidArgsFunction: g.completeLesson,
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case reset && asJSON:
				return codeError{exitUsage, sandbox.Errorf("--json does not go with --reset", "--json ne va pas avec --reset")}
			case reset:
				return g.resetProgress(cmd, args, yes)
			case len(args) > 0:
				return codeError{exitUsage, sandbox.Errorf("a lesson is named only with --reset", "on ne nomme une leçon qu’avec --reset")}
			}
			return g.showProgress(cmd, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, printsJSON.In(g.lang()))
	cmd.Flags().BoolVar(&reset, "reset", false, g.say("forget what was done", "oublier ce qui a été fait"))
	cmd.Flags().BoolVar(&yes, "yes", false, g.say("do not ask before --reset", "ne rien demander avant --reset"))
	return cmd
}

// openProgress opens the learner's progress; its warnings go to w.
func (g *globals) openProgress(w io.Writer) (*progress.Store, error) {
	store, warnings, err := progress.OpenIn(progress.Dir(), string(g.lang()))
	if err != nil {
		return nil, g.progressError(err)
	}
	for _, warning := range warnings {
		fmt.Fprintln(w, "cloison: "+warning)
	}
	return store, nil
}

// progressError tells the trouble with the progress file in the learner's language.
func (g *globals) progressError(err error) error {
	var trouble *progress.Trouble
	if errors.As(err, &trouble) {
		err = errors.New(trouble.In(string(g.lang())))
	}
	return codeError{exitFailed, err}
}

// toldProgress is what progress prints, and its JSON.
type toldProgress struct {
	Path string `json:"path,omitempty"` // the path's name
	progress.Report
	Lessons []toldLesson `json:"lessons"` // instead of the report's
}

type toldLesson struct {
	progress.LessonReport
	Why    string `json:"why,omitempty"` // it is locked
	Remedy string `json:"remedy,omitempty"`

	chapter string // title
}

func (g *globals) showProgress(cmd *cobra.Command, asJSON bool) error {
	course, err := g.loadCourse()
	if err != nil {
		return err
	}
	var path *learningPath // nil is the whole course
	if g.path != "" {
		p, err := readPath(course, g.path)
		if err != nil {
			return err
		}
		path = &p
	}
	store, err := g.openProgress(cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	all, err := g.listOnMachine(cmd, course)
	if err != nil {
		return err
	}
	told := tellProgress(course, all, store.State(), path)
	if asJSON {
		return printJSON(cmd.OutOrStdout(), told)
	}
	g.printProgress(cmd.OutOrStdout(), told)
	return nil
}

// tellProgress puts together what was done and what this machine can play.
func tellProgress(course *lessons.Course, all []listedChapter, s progress.State, path *learningPath) toldProgress {
	var outline []progress.Outline
	var ids []string
	told := toldProgress{Lessons: []toldLesson{}}
	listed, chapters := map[string]listedLesson{}, map[string]string{}
	for _, c := range all {
		chapters[c.ID] = c.Title
		for _, l := range c.Lessons {
			listed[l.ID] = l
		}
	}
	for _, l := range course.Lessons() {
		outline = append(outline, outlineOf(l, listed[l.ID]))
	}
	if path != nil {
		told.Path, ids = path.name, path.ids()
	}
	told.Report = progress.Summarise(outline, s, ids)
	for _, r := range told.Report.Lessons {
		t := toldLesson{LessonReport: r, chapter: chapters[r.Chapter]}
		if r.Status == progress.Locked {
			t.Why, t.Remedy = listed[r.Lesson].Why, listed[r.Lesson].Remedy
		}
		told.Lessons = append(told.Lessons, t)
	}
	return told
}

// outlineOf is a lesson as progress knows it. A machine that is refused as a
// whole locks nothing here: cloison says so when the lesson is opened.
func outlineOf(l *lessons.Lesson, listed listedLesson) progress.Outline {
	return progress.Outline{
		Chapter: l.Chapter, Lesson: l.ID, Title: listed.Title, Minutes: l.Minutes,
		Locked: !listed.Ready && listed.Need != noMachine,
		Blocks: l.IDs(lessons.Run, lessons.Task, lessons.Quiz), Tasks: l.IDs(lessons.Task), Quizzes: l.IDs(lessons.Quiz),
	}
}

// resetProgress forgets lessons, after a question.
func (g *globals) resetProgress(cmd *cobra.Command, args []string, yes bool) error {
	ids, err := g.toReset(args)
	if err != nil {
		return err
	}
	store, err := g.openProgress(cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	what := strings.Join(ids, ", ")
	if what == "" {
		what = g.say("all lessons", "toutes les leçons")
	}
	if !yes {
		if !term.IsTerminal(os.Stdin.Fd()) {
			return codeError{exitUsage, errors.New(g.say(
				"nobody can be asked here; to forget the progress all the same, add --yes",
				"il n’y a personne à qui demander\u00a0; pour oublier quand même la progression, ajoutez --yes"))}
		}
		question := fmt.Sprintf(g.say("Forget what you did in %s? [y/N] ", "Oublier ce que vous avez fait dans %s\u00a0? [o/N] "), what)
		if !confirmed(cmd.InOrStdin(), cmd.OutOrStdout(), question) {
			return codeError{exitFailed, errors.New(g.say("nothing was forgotten", "rien n’a été oublié"))}
		}
	}
	for _, id := range ids {
		if err := store.Reset(id); err != nil {
			return g.progressError(err)
		}
	}
	fmt.Fprintf(cmd.OutOrStdout(), g.say("Forgotten: %s.\n", "Oublié\u00a0: %s.\n"), what)
	return nil
}

// toReset are the lessons that a call of --reset means; "" is every one.
func (g *globals) toReset(args []string) ([]string, error) {
	if len(args) == 0 && g.path == "" {
		return []string{""}, nil
	}
	course, err := g.loadChosen()
	if err != nil {
		return nil, err
	}
	if len(args) == 0 {
		return lessonIDs(course), nil
	}
	if _, err := findLesson(course, args[0]); err != nil {
		return nil, err
	}
	return args, nil
}

// confirmed asks, and takes y, yes, o and oui for a yes.
func confirmed(in io.Reader, out io.Writer, question string) bool {
	fmt.Fprint(out, question)
	line, err := bufio.NewReader(in).ReadString('\n')
	if err != nil {
		fmt.Fprintln(out)
	}
	switch strings.ToLower(strings.TrimSpace(line)) {
	case "y", "yes", "o", "oui":
		return true
	}
	return false
}
