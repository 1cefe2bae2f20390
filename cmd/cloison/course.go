package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/spf13/cobra"

	"cloison/lessons"
	"cloison/sandbox"
)

// courseFolder is the folder that a course is read from, and what its files
// are called in messages: "" is the built-in course.
func courseFolder(dir string) (fsys fs.FS, name string, err error) {
	if dir == "" {
		return lessons.Builtin(), "lessons/course", nil
	}
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		err = sandbox.Errorf("%s is a file", "%s est un fichier", dir)
	}
	if err != nil {
		return nil, "", codeError{exitUsage, sandbox.Errorf("open the course's folder: %w", "ouvrir le dossier du cours : %w", err)}
	}
	return os.DirFS(dir), dir, nil
}

// loadCourse reads the course that the flags name. A broken one is an error
// that has every problem in it; a translation that is missing or old is none.
func (g *globals) loadCourse() (*lessons.Course, error) {
	fsys, name, err := courseFolder(g.course)
	if err != nil {
		return nil, err
	}
	course, problems := lessons.Load(fsys)
	if !lessons.Broken(problems) {
		return course, nil
	}
	var told strings.Builder
	printProblems(&told, name, problems)
	return nil, codeError{exitUsage, sandbox.Errorf("the course can't be used:\n%s", "le cours ne peut pas être utilisé :\n%s", strings.TrimSpace(told.String()))}
}

// printProblems writes one line a problem, with paths that an editor finds.
func printProblems(w io.Writer, name string, problems []lessons.Problem) {
	for _, p := range problems {
		p.File = path.Join(name, p.File)
		fmt.Fprintln(w, p)
	}
}

// findLesson gives a lesson by its id.
func findLesson(course *lessons.Course, id string) (*lessons.Lesson, error) {
	if l, ok := course.Lesson(id); ok {
		return l, nil
	}
	return nil, codeError{exitUsage, noSuchLesson(id, lessonIDs(course))}
}

// noSuchLesson says that there is no such lesson, and which may be meant.
func noSuchLesson(id string, known []string) error {
	if near := nearest(id, known); near != "" {
		return sandbox.Errorf("there is no lesson %q; did you mean %s?", "la leçon %q n’existe pas ; vouliez-vous dire %s ?", id, near)
	}
	return sandbox.Errorf("there is no lesson %q; see: cloison list", "la leçon %q n’existe pas ; voyez : cloison list", id)
}

func lessonIDs(course *lessons.Course) []string {
	var ids []string
	for _, l := range course.Lessons() {
		ids = append(ids, l.ID)
	}
	return ids
}

// nearest gives the name that is most like word, "" when none is much alike. A
// name that begins with the word is nearer than any other.
func nearest(word string, names []string) string {
	best, least := "", max(2, len(word)/3)+1
	for _, name := range names {
		if word != "" && strings.HasPrefix(name, word) {
			return name
		}
		if d := levenshtein.ComputeDistance(word, name); d < least {
			best, least = name, d
		}
	}
	return best
}

// completeLessons completes lesson ids, with their titles, in the shell.
func (g *globals) completeLessons(_ *cobra.Command, _ []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	course, err := g.loadCourse()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var all []cobra.Completion
	for _, l := range course.Lessons() {
		all = append(all, cobra.CompletionWithDesc(l.ID, l.Title[string(g.lang())]))
	}
	return all, cobra.ShellCompDirectiveNoFileComp
}

// completeLesson is completeLessons for a verb that takes one.
func (g *globals) completeLesson(cmd *cobra.Command, args []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return g.completeLessons(cmd, args, word)
}
