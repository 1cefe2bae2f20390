package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"cloison/lessons"
	"cloison/sandbox"
)

// learningPath is a choice of lessons in an order of its own, for newcomers of
// a team for instance. Its file has one lesson id a line; # begins a comment,
// and the first comment line is the path's name.
type learningPath struct {
	name    string
	lessons []pathLine
}

// pathLine is a lesson of a path, and where it stands, from 1.
type pathLine struct {
	lesson string
	line   int
}

func (p learningPath) ids() []string {
	ids := []string{}
	for _, l := range p.lessons {
		ids = append(ids, l.lesson)
	}
	return ids
}

// loadPath reads the lesson ids of a path's file. What is wrong with it is one
// error, with a line for every problem.
func loadPath(course *lessons.Course, file string) ([]string, error) {
	p, err := readPath(course, file)
	return p.ids(), err
}

// readPath reads a path with its name, which is the file's when it says none.
func readPath(course *lessons.Course, file string) (learningPath, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return learningPath{}, codeError{exitUsage, sandbox.Errorf("read the path: %w", "lire le parcours : %w", err)}
	}
	p := parsePath(string(text))
	if problems := errors.Join(pathProblems(p, file, lessonIDs(course))...); problems != nil {
		return learningPath{}, codeError{exitUsage, sandbox.Errorf("the path can't be used:\n%w", "le parcours ne peut pas être utilisé :\n%w", problems)}
	}
	if p.name == "" {
		p.name = strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
	}
	return p, nil
}

func parsePath(text string) learningPath {
	var p learningPath
	for i, line := range strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n") {
		id, comment, _ := strings.Cut(line, "#")
		id, comment = strings.TrimSpace(id), strings.TrimSpace(strings.TrimLeft(comment, "#"))
		switch {
		case id != "":
			p.lessons = append(p.lessons, pathLine{id, i + 1})
		case p.name == "":
			p.name = comment
		}
	}
	return p
}

// pathProblems are lessons that are not there or there twice, as editors find
// them: file:line: message.
func pathProblems(p learningPath, file string, known []string) []error {
	var problems []error
	seen := map[string]int{}
	for _, l := range p.lessons {
		var problem error
		switch first, twice := seen[l.lesson]; {
		case twice:
			problem = sandbox.Errorf("%s stands on line %d already", "%s est déjà à la ligne %d", l.lesson, first)
		case !slices.Contains(known, l.lesson):
			problem = noSuchLesson(l.lesson, known)
		}
		if problem != nil {
			problems = append(problems, fmt.Errorf("%s:%d: %w", file, l.line, problem))
		}
		seen[l.lesson] = l.line
	}
	if len(p.lessons) == 0 {
		problems = append(problems, sandbox.Errorf("%s:1: it names no lesson; write one id a line (see: cloison list)",
			"%s:1: il ne nomme aucune leçon ; écrivez un identifiant par ligne (voyez : cloison list)", file))
	}
	return problems
}

// loadChosen is the course, or of it the lessons of --path in their order. A
// chapter is there once for each run of its lessons.
func (g *globals) loadChosen() (*lessons.Course, error) {
	course, err := g.loadCourse()
	if err != nil || g.path == "" {
		return course, err
	}
	ids, err := loadPath(course, g.path)
	if err != nil {
		return nil, err
	}
	return narrowed(course, ids), nil
}

func narrowed(course *lessons.Course, ids []string) *lessons.Course {
	chosen := &lessons.Course{}
	for _, id := range ids {
		l, ok := course.Lesson(id)
		if !ok {
			continue
		}
		last := len(chosen.Chapters) - 1
		if last < 0 || chosen.Chapters[last].ID != l.Chapter {
			chosen.Chapters = append(chosen.Chapters, emptyChapter(course, l.Chapter))
			last++
		}
		chosen.Chapters[last].Lessons = append(chosen.Chapters[last].Lessons, l)
	}
	return chosen
}

// emptyChapter is a copy of a chapter without its lessons.
func emptyChapter(course *lessons.Course, id string) *lessons.Chapter {
	for _, c := range course.Chapters {
		if c.ID == id {
			empty := *c
			empty.Lessons = nil
			return &empty
		}
	}
	return &lessons.Chapter{ID: id}
}
