package main

import (
	"fmt"
	"io"
	"strings"

	"cloison/lessons"
)

// listedSection is a heading of the source document and its lessons, as
// list --sections prints them.
type listedSection struct {
	Level   int      `json:"level"`
	Heading string   `json:"heading"`
	Part    string   `json:"part"` // of the course: "one" or "two"; "none" where there is nothing to teach
	Lessons []string `json:"lessons"`
}

// listedSections joins the headings with the course's lessons on them.
func listedSections(course *lessons.Course) []listedSection {
	all := []listedSection{}
	for _, s := range lessons.Sections() {
		listed := listedSection{Level: s.Level, Heading: s.Title, Part: s.Part, Lessons: []string{}}
		for _, l := range course.Covering(s.Title) {
			listed.Lessons = append(listed.Lessons, l.ID)
		}
		all = append(all, listed)
	}
	return all
}

// listSections prints the headings and their lessons; it needs no machine.
func (g *globals) listSections(w io.Writer, course *lessons.Course, asJSON bool) error {
	all := listedSections(course)
	if asJSON {
		return printJSON(w, all)
	}
	g.printSections(w, all)
	return nil
}

// printSections prints each heading, its level shown by its margin, and below
// it its lessons. It says so of a heading without any, unless those below it
// have what there is to teach.
func (g *globals) printSections(w io.Writer, all []listedSection) {
	for i, s := range all {
		margin := strings.Repeat("  ", s.Level-1)
		fmt.Fprintln(w, margin+s.Heading)
		switch {
		case len(s.Lessons) > 0:
			fmt.Fprintln(w, wrapIDs(s.Lessons, margin+"    "))
		case s.Part != "none" && !hasSubsection(all, i):
			fmt.Fprintln(w, margin+"    "+g.say("no lesson", "pas de leçon"))
		}
	}
}

// hasSubsection says whether the heading after the i-th is below it.
func hasSubsection(all []listedSection, i int) bool {
	return i+1 < len(all) && all[i+1].Level > all[i].Level
}

// wrapIDs joins ids into lines of no more than 80 cells, each with the margin.
func wrapIDs(ids []string, margin string) string {
	text, line := "", margin
	for i, id := range ids {
		if i < len(ids)-1 {
			id += ","
		}
		if line != margin && len(line)+1+len(id) > 80 {
			text, line = text+line+"\n", margin
		}
		if line != margin {
			line += " "
		}
		line += id
	}
	return text + line
}
