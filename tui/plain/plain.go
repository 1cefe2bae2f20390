// Package plain is the course line by line, for screen readers, for terminals
// that can't move a cursor, and for pipes: it prints text, and asks for lines.
// It knows everything that the screen knows (package tui): commands, questions,
// tasks, hints, solutions, the learner's own terminal, the X-ray, progress. A
// learner may change between the two at any time: both keep the same places and
// marks.
//
// Nothing that it prints moves the cursor, colours or rings, whatever a program
// in the lesson's terminal writes. What is said is made by pure functions
// (voice, list, page); conversation and session say it.
package plain

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	"cloison/lessons"
	"cloison/lessons/progress"
	"cloison/sandbox"
)

// patience is how long closing a lesson or the machine may take.
const patience = 10 * time.Second

// Options are what the course is read with.
type Options struct {
	Course *lessons.Course
	// Machine opens the machine; it is called once, and Run closes it.
	Machine func(context.Context) (sandbox.Machine, error)
	// Explain says in the learner's languages why an error came about and what
	// would help, where that is known.
	Explain func(error) (sandbox.Lack, bool)
	// Facts tells an X-ray as lines of text: what show names (see
	// lessons.XrayFacts), or everything.
	Facts    func(seen sandbox.Xray, show []string, lang sandbox.Lang) string
	Progress progress.Book
	Seed     uint64 // picks the learner's values of lessons' variables
	Lang     sandbox.Lang
	Lesson   string // id of the lesson to open at once; "" for the list
	Trainer  bool   // the notes for trainers are read too

	In         io.Reader
	Out        io.Writer
	Typed      bool             // a person types at a terminal, which shows what is typed
	Width      int              // of the lines, in cells; code may be wider
	Interrupts <-chan os.Signal // Ctrl-C; nil for none
}

// Run holds the conversation until the learner leaves, no more lines come or
// ctx ends; then it closes what was opened. An error is that of the machine,
// which has not been told yet.
func Run(ctx context.Context, o Options) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	machine, err := o.Machine(ctx)
	if err != nil {
		return err
	}
	c := &conversation{
		console: &console{out: o.Out, in: readLines(ctx, o.In), interrupts: o.Interrupts, typed: o.Typed},
		o:       o,
		machine: machine,
		voice:   voice{lang: o.Lang, width: max(20, o.Width)},
	}
	c.course(ctx)
	return machine.Close()
}

// conversation is what is known all the time. Its methods tell the learner what
// came of what they do.
type conversation struct {
	*console
	o         Options
	machine   sandbox.Machine
	voice     voice
	unsaved   bool // that something could not be kept has been told
	completed bool // every lesson has just been done: to be told on the list
}

// ending is how a lesson was left.
type ending int

const (
	goingOn ending = iota // it was not
	toList
	afresh // to be opened again, on a fresh machine
	leaving
)

// course is the list of lessons, and whatever is opened from there.
func (c *conversation) course(ctx context.Context) {
	c.tell(c.voice.greeting())
	if l, ok := c.o.Course.Lesson(c.o.Lesson); ok && c.open(ctx, l) == leaving {
		return
	}
	c.tellList(false)
	for {
		event, line := c.ask(ctx, c.voice.say("course> ", "cours> "), wait{})
		if event != aLine {
			return
		}
		o := understand(line, false)
		if o.verb == wordQuit || c.onList(ctx, o) == leaving {
			return
		}
	}
}

// onList does what is asked for on the list of lessons.
func (c *conversation) onList(ctx context.Context, o order) ending {
	l := c.list()
	switch o.verb {
	case wordHelp:
		c.tell(c.voice.help(false))
	case wordMap, wordText:
		c.tellList(true)
	case wordLang:
		c.otherLanguage()
		c.tellList(false)
	case wordGoOn:
		return c.openFrom(ctx, l, l.next)
	case wordTyped, wordNumbers:
		return c.openFrom(ctx, l, o.arg)
	default:
		c.tell(c.voice.sentence("That works in a lesson. A lesson’s number opens one.",
			"Cela marche dans une leçon. Le numéro d’une leçon l’ouvre."))
	}
	return goingOn
}

// openFrom opens the lesson that is meant, and lists them again afterwards.
func (c *conversation) openFrom(ctx context.Context, l list, said string) ending {
	lesson, ok := l.find(said)
	switch {
	case said == "":
		c.tell(l.goOn(c.voice))
		return goingOn
	case !ok:
		c.tell(c.voice.sentence("There is no lesson “%s” here. “map” lists them, ? the words.",
			"Il n’y a pas de leçon « %s » ici. « carte » les énumère, ? énumère les mots.", said))
		return goingOn
	}
	end := c.open(ctx, lesson)
	if end != leaving {
		c.tellList(false)
	}
	return end
}

func (c *conversation) list() list {
	return newList(c.o.Course, c.machine.About(), c.o.Progress.State())
}

// tellList tells how far the learner is, and every lesson where that is asked
// for or they are few.
func (c *conversation) tellList(whole bool) {
	l := c.list()
	text := l.short(c.voice)
	if whole {
		text = l.text(c.voice)
	}
	c.tell(text)
	if c.completed {
		c.completed = false
		c.tell(l.completion(c.voice))
	}
	c.tell(l.goOn(c.voice))
}

// otherLanguage changes between English and French.
func (c *conversation) otherLanguage() {
	if c.voice.lang == sandbox.French {
		c.voice.lang = sandbox.English
		return
	}
	c.voice.lang = sandbox.French
}

// keep makes a change to the learner's progress; that it can't be saved is told
// once.
func (c *conversation) keep(change func(progress.Book) error) {
	err := change(c.o.Progress)
	if err == nil || c.unsaved {
		return
	}
	c.unsaved = true
	c.tell(c.voice.sentence("Your progress could not be saved: %s", "Votre progression n’a pas pu être enregistrée : %s", c.cause(err)))
}

// cause says an error, in the learner's language where it knows one.
func (c *conversation) cause(err error) string {
	if lack, known := c.explain(err); known {
		return lack.Why.In(c.voice.lang)
	}
	var both interface{ In(lang string) string }
	if errors.As(err, &both) {
		return both.In(string(c.voice.lang))
	}
	return sandbox.Say(err, c.voice.lang)
}

func (c *conversation) explain(err error) (sandbox.Lack, bool) {
	if c.o.Explain == nil {
		return sandbox.Lack{}, false
	}
	return c.o.Explain(err)
}

// trouble tells of an error and what to try.
func (c *conversation) trouble(err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	text := c.voice.sentence("That did not work: %s", "Cela n’a pas marché : %s", c.cause(err))
	if lack, known := c.explain(err); known {
		text += "\n" + c.voice.wrap(lack.Remedy.In(c.voice.lang))
	}
	c.tell(text)
}
