package lessons

import (
	_ "embed"
	"slices"
	"strings"
)

// The headings of the source document, as they stand there. A line "= PART"
// says to which part of the course those after it belong.
//
//go:embed sections.txt
var headings string

// Section is a heading of the source document, which lessons name as their
// source.
type Section struct {
	Level int    // 1 for the topmost
	Title string // without its #
	Part  string // of the course: "one" or "two"; "none" where there is nothing to teach
}

// Sections lists the headings of the source document in its order.
func Sections() []Section { return readSections(headings) }

func readSections(text string) []Section {
	var all []Section
	part := ""
	for line := range strings.Lines(text) {
		mark, title, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch {
		case mark == "=":
			part = title
		case mark != "":
			all = append(all, Section{Level: len(mark), Title: title, Part: part})
		}
	}
	return all
}

// Covering lists the lessons on a heading of the source document, in course order.
func (c *Course) Covering(title string) []*Lesson {
	return slices.DeleteFunc(c.Lessons(), func(l *Lesson) bool { return !slices.Contains(l.Source, title) })
}
