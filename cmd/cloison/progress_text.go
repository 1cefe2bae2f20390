package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"cloison/lessons/progress"
	"cloison/sandbox"
)

// printProgress draws the course map for people, and what it adds up to.
func (g *globals) printProgress(w io.Writer, told toldProgress) {
	width := 0
	for _, l := range told.Lessons {
		width = max(width, len(l.Lesson))
	}
	chapter := ""
	for _, l := range told.Lessons {
		if l.chapter != chapter {
			if chapter != "" {
				fmt.Fprintln(w)
			}
			chapter = l.chapter
			fmt.Fprintln(w, chapter)
		}
		g.printProgressOf(w, l, width)
	}
	fmt.Fprintln(w)
	if told.Path != "" {
		g.printReport(w, told)
	} else {
		g.printTotals(w, told)
	}
	if told.Next != "" {
		fmt.Fprintln(w, g.say("Go on: cloison ", "Pour continuer\u00a0: cloison ")+told.Next)
	}
}

// standings are the words for how far a lesson is, of one width in a language.
var standings = map[string]sandbox.Text{
	progress.Done:    {EN: "done  ", FR: "finie      "},
	progress.Begun:   {EN: "begun ", FR: "commencée  "},
	progress.Unbegun: {EN: "open  ", FR: "à faire    "},
	progress.Locked:  {EN: "locked", FR: "verrouillée"},
}

func (g *globals) printProgressOf(w io.Writer, l toldLesson, width int) {
	left := "        "
	if l.Left > 0 {
		left = fmt.Sprintf("%4d min", l.Left)
	}
	fmt.Fprintf(w, "  %s  %-*s  %s  %s\n", standings[l.Status].In(g.lang()), width, l.Lesson, left, l.Title)
	if l.Status == progress.Begun && l.Blocks > 0 {
		fmt.Fprintln(w, indent(fmt.Sprintf(g.say("%d of %d steps", "%d étapes sur %d"), l.Settled, l.Blocks), "      "))
	}
	for _, more := range []string{l.Why, l.Remedy} {
		if more != "" {
			fmt.Fprintln(w, indent(more, "      "))
		}
	}
}

// printTotals adds the course up in a few lines.
func (g *globals) printTotals(w io.Writer, told toldProgress) {
	for _, line := range slices.Concat(g.toldWork(told), g.toldLeft(told.Report)) {
		fmt.Fprintln(w, line)
	}
}

// printReport is the completion report of a path, to be handed on.
func (g *globals) printReport(w io.Writer, told toldProgress) {
	lines := g.toldWork(told)
	if !told.Started.IsZero() {
		lines = append(lines, g.say("Begun on ", "Commencé le ")+g.date(told.Started))
	}
	if told.Finished.IsZero() {
		lines = append(lines, g.toldLeft(told.Report)...)
	} else {
		lines = append(lines, g.say("Finished on ", "Terminé le ")+g.date(told.Finished))
	}
	fmt.Fprintln(w, told.Path)
	for _, line := range lines {
		fmt.Fprintln(w, "  "+line)
	}
}

// What is counted: some of so many, the first for one alone.
type ofSome struct{ one, many sandbox.Text }

var (
	lessonsDone = ofSome{
		sandbox.Text{EN: "%d of %d lesson done", FR: "%d leçon finie sur %d"},
		sandbox.Text{EN: "%d of %d lessons done", FR: "%d leçons finies sur %d"},
	}
	tasksPassed = ofSome{
		sandbox.Text{EN: "%d of %d task passed", FR: "%d exercice réussi sur %d"},
		sandbox.Text{EN: "%d of %d tasks passed", FR: "%d exercices réussis sur %d"},
	}
	quizzesFirst = ofSome{
		sandbox.Text{EN: "%d of %d quiz right at first try", FR: "%d question réussie du premier coup sur %d"},
		sandbox.Text{EN: "%d of %d quizzes right at first try", FR: "%d questions réussies du premier coup sur %d"},
	}
)

// counted says how many of how many. English counts by the whole, French by
// the part, and zero and one are singular there.
func (g *globals) counted(part, whole int, words ofSome) string {
	single := whole == 1
	if g.lang() == sandbox.French {
		single = part < 2
	}
	if single {
		return fmt.Sprintf(words.one.In(g.lang()), part, whole)
	}
	return fmt.Sprintf(words.many.In(g.lang()), part, whole)
}

// toldWork says what was done; of tasks and quizzes, where there are any.
func (g *globals) toldWork(told toldProgress) []string {
	r := told.Report
	lines := []string{g.counted(r.Done, len(told.Lessons), lessonsDone)}
	if r.Tasks > 0 {
		line := g.counted(r.TasksPassed, r.Tasks, tasksPassed)
		if r.Shown > 0 {
			line += fmt.Sprintf(g.say(" (solution looked at: %d)", " (solution regardée\u00a0: %d)"), r.Shown)
		}
		lines = append(lines, line)
	}
	if r.Quizzes > 0 {
		lines = append(lines, g.counted(r.QuizzesFirst, r.Quizzes, quizzesFirst))
	}
	return lines
}

// toldLeft says how long it still takes, and what can't be done here.
func (g *globals) toldLeft(r progress.Report) []string {
	var lines []string
	if r.Left > 0 {
		lines = append(lines, fmt.Sprintf(g.say("About %d min left", "Il reste environ %d min"), r.Left))
	}
	if r.Locked > 0 {
		lines = append(lines, fmt.Sprintf(g.say("Locked on this computer: %d", "Verrouillées sur cet ordinateur\u00a0: %d"), r.Locked))
	}
	return lines
}

// months of the learner's language, by number.
var months = map[sandbox.Lang][]string{
	sandbox.French: {
		"janvier", "février", "mars", "avril", "mai", "juin",
		"juillet", "août", "septembre", "octobre", "novembre", "décembre",
	},
}

// date is a day as it is written in the learner's language.
func (g *globals) date(t time.Time) string {
	t = t.Local()
	names, ok := months[g.lang()]
	if !ok {
		return t.Format("2 January 2006")
	}
	day := strconv.Itoa(t.Day())
	if t.Day() == 1 {
		day = "1er"
	}
	return fmt.Sprintf("%s %s %d", day, names[t.Month()-1], t.Year())
}
