// Package lessons is the course: what a lesson is made of, how it is read from
// Markdown files, and what is wrong with one that cannot be read. The
// built-in course is embedded.
//
// It knows no kernel, no terminal and no shell: package play runs what is read
// here.
package lessons

import (
	"io/fs"
	"slices"
	"time"
)

// Lang is the language of a text, as a two-letter ISO 639-1 code: "en" is the
// base that every lesson has, "fr" a translation.
type Lang = string

// The languages of the course.
const (
	English Lang = "en"
	French  Lang = "fr"
)

// Course is a folder of chapters.
type Course struct {
	Chapters []*Chapter
}

// Chapter is a folder of lessons with a title and a short introduction.
type Chapter struct {
	ID      string
	Title   map[Lang]string
	Intro   map[Lang]string // Markdown
	Lessons []*Lesson
}

// Lesson is one idea: prose and blocks, in every language that it has.
type Lesson struct {
	ID      string
	Chapter string // the chapter's id
	Title   map[Lang]string
	Source  []string // headings of the source document that it covers
	Minutes int
	Needs   []string // what the machine must offer
	After   []string // ids of lessons to do first
	Vars    []Var
	Setup   string // shell, run before, not shown
	Cleanup string // shell, run after, not shown
	Tasks   map[string]TaskCheck
	See     []string         // further reading
	Files   fs.FS            // what is copied to ~/files; nil for none
	Blocks  map[Lang][]Block // in reading order
}

// IDs are the ids of the lesson's blocks of those kinds, in reading order.
func (l *Lesson) IDs(kinds ...Kind) []string {
	var ids []string
	for _, b := range l.Blocks[English] {
		if b.ID != "" && slices.Contains(kinds, b.Kind) {
			ids = append(ids, b.ID)
		}
	}
	return ids
}

// Var is a name whose value is picked per learner from Values; {{NAME}} is
// replaced by it everywhere.
type Var struct {
	Name   string
	Values []string
}

// TaskCheck is how a task is judged. All fields are shell scripts.
type TaskCheck struct {
	// Check passes with exit 0. A line "source: PATH" of its output says where
	// it was read, all else what was observed.
	Check  string
	Solve  string // the reference solution
	FailIf string // exit 0 says what went wrong; "" for none
}

// Kind says what a block is.
type Kind int

// The kinds of block: see the lesson format in CONTRIBUTING.md.
const (
	Prose Kind = iota // Markdown to read, plain code fences included
	Run               // a command for the live shell
	Task              // work for the learner, judged by a check
	Quiz              // a question
	Xray              // opens the X-ray on some facts
	Note              // for the trainer
)

// Block is one piece of a lesson. Which fields are set depends on Kind.
type Block struct {
	Kind Kind
	ID   string // Run, Task and Quiz
	Line int    // of its first line in its file, from 1
	Text string // Markdown: Prose, Task's and Quiz's question, Note

	Run      *RunBlock
	Hints    []string // Task
	Expected string   // Task: what its check wants, in plain words; "" where it isn't said
	Shell    string   // Task: the terminal that its solution belongs to; "a" unless said
	Needs    []string // Task: what it alone needs of the machine
	Quiz     *QuizBlock
	Show     []string // Xray: namespaces, maps, capabilities, cgroup, memory, …
	Follow   bool     // Xray: of the container that was started last, not of the terminal
}

// RunBlock is a command that is typed into a live shell, and what must come back.
type RunBlock struct {
	Command  string
	Shell    string        // which of the lesson's terminals; "a" unless said
	Expect   []string      // RE2, multi-line, each must match the output
	Reject   []string      // RE2, multi-line, none may match
	Exit     int           // AnyExit for any
	Timeout  time.Duration // 10 s unless said
	DeniedBy string        // the layer that is meant to refuse; "" for none
	Needs    []string      // what this block alone needs of the machine
	Until    string        // RE2, multi-line: the block ends when the output matches; "" at the next prompt
}

// AnyExit in RunBlock.Exit accepts every exit status.
const AnyExit = -1

// QuizBlock is a question's choices and what settles it.
type QuizBlock struct {
	Choices     []Choice
	Explanation string // Markdown
	Prove       string // id of the run block that shows the answer; "" for none
}

// Choice is one answer.
type Choice struct {
	Text  string // Markdown
	Right bool
}

// Lesson returns the lesson with that id.
func (c *Course) Lesson(id string) (*Lesson, bool) {
	for _, l := range c.Lessons() {
		if l.ID == id {
			return l, true
		}
	}
	return nil, false
}

// Lessons returns every lesson in course order.
func (c *Course) Lessons() []*Lesson {
	var all []*Lesson
	for _, ch := range c.Chapters {
		all = append(all, ch.Lessons...)
	}
	return all
}
