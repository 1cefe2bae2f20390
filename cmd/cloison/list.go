package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"cloison/lessons"
	"cloison/lessons/play"
	"cloison/sandbox"
)

// listedChapter and listedLesson are what list prints, and its JSON.
type listedChapter struct {
	ID      string         `json:"id"`
	Title   string         `json:"title"`
	Lessons []listedLesson `json:"lessons"`
}

type listedLesson struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	Minutes int    `json:"minutes"`
	Ready   bool   `json:"ready"`
	Need    string `json:"need,omitempty"`   // the first that is lacking
	Why     string `json:"why,omitempty"`    // it is lacking
	Remedy  string `json:"remedy,omitempty"` // what would help
}

// noMachine is the need that is lacking where no lab can be opened at all.
const noMachine = "machine"

func newList(g *globals) *cobra.Command {
	var asJSON, sections bool
	cmd := &cobra.Command{
		Use: "list",
		Short: g.say("List the lessons, and say which of them this machine can play",
			"Lister les leçons, et dire lesquelles cette machine peut jouer"),
		Args: takes(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			course, err := g.loadChosen()
			if err != nil {
				return err
			}
			if sections {
				return g.listSections(cmd.OutOrStdout(), course, asJSON)
			}
			all, err := g.listOnMachine(cmd, course)
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(cmd.OutOrStdout(), all)
			}
			g.printList(cmd.OutOrStdout(), all)
			return nil
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, printsJSON.In(g.lang()))
	cmd.Flags().BoolVar(&sections, "sections", false, g.say("list the headings of the 2017 text, each with its lessons",
		"lister les titres du texte de 2017, chacun avec ses leçons"))
	return cmd
}

// listOnMachine lists the course as the machine can play it. A machine that
// refuses to start locks every lesson; the course can be read all the same.
func (g *globals) listOnMachine(cmd *cobra.Command, course *lessons.Course) ([]listedChapter, error) {
	about, err := g.aboutMachine(cmd.Context())
	var refused codeError
	if errors.As(err, &refused) && refused.code == exitUnable {
		return listed(course, g.lang(), refusal(err)), nil
	}
	if err != nil {
		return nil, err
	}
	return listed(course, g.lang(), func(l *lessons.Lesson) (string, sandbox.Lack, bool) {
		return play.Missing(l, about)
	}), nil
}

// refusal locks every lesson for the machine's reason.
func refusal(err error) func(*lessons.Lesson) (string, sandbox.Lack, bool) {
	return func(*lessons.Lesson) (string, sandbox.Lack, bool) {
		return noMachine, sandbox.Lack{Why: sandbox.Said(err)}, true
	}
}

// listed is the course in one language; missing says what a lesson lacks.
func listed(course *lessons.Course, lang sandbox.Lang, missing func(*lessons.Lesson) (string, sandbox.Lack, bool)) []listedChapter {
	all := []listedChapter{}
	for _, c := range course.Chapters {
		chapter := listedChapter{ID: c.ID, Title: c.Title[string(lang)], Lessons: []listedLesson{}}
		for _, l := range c.Lessons {
			need, lack, locked := missing(l)
			chapter.Lessons = append(chapter.Lessons, listedLesson{
				ID: l.ID, Title: l.Title[string(lang)], Minutes: l.Minutes, Ready: !locked,
				Need: need, Why: lack.Why.In(lang), Remedy: lack.Remedy.In(lang),
			})
		}
		all = append(all, chapter)
	}
	return all
}

func (g *globals) printList(w io.Writer, all []listedChapter) {
	width := 0
	for _, c := range all {
		for _, l := range c.Lessons {
			width = max(width, len(l.ID))
		}
	}
	refused := ""
	for i, c := range all {
		if i > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintln(w, c.Title)
		for _, l := range c.Lessons {
			if l.Need == noMachine { // said once for all
				refused, l.Why = l.Why, ""
			}
			g.printListed(w, l, width)
		}
	}
	if refused != "" {
		fmt.Fprintln(w, "\n"+refused)
	}
}

func (g *globals) printListed(w io.Writer, l listedLesson, width int) {
	state := g.say("ready ", "prête      ")
	if !l.Ready {
		state = g.say("locked", "verrouillée")
	}
	fmt.Fprintf(w, "  %-*s  %3d min  %s  %s\n", width, l.ID, l.Minutes, state, l.Title)
	for _, more := range []string{l.Why, l.Remedy} {
		if more != "" {
			fmt.Fprintln(w, indent(more, "      "))
		}
	}
}

// indent puts a margin before every line.
func indent(text, margin string) string {
	return margin + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n"+margin)
}

// printJSON writes a value for programs, indented for people.
func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
