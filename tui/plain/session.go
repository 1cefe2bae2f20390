package plain

import (
	"context"
	"errors"

	"cloison/lessons"
	"cloison/lessons/play"
	"cloison/lessons/progress"
)

// session is one lesson that is open.
type session struct {
	*conversation
	lesson *lessons.Lesson
	player *play.Player
	page   *page
	ears   map[string]*ear // by terminal
	kept   string          // the block that is kept as the learner's place
	wrong  string          // what a check said last of why it fails
	// refused is the command that was played last, if it looks refused.
	refused *lessons.Block
	gone    error // why the machine is gone; nil while it is there
}

// open opens a lesson, and again as long as the learner wants it afresh.
func (c *conversation) open(ctx context.Context, l *lessons.Lesson) ending {
	if _, lack, locked := play.Missing(l, c.machine.About()); locked {
		c.tell(c.voice.sentence("This lesson is locked here.", "Cette leçon est verrouillée ici.") + "\n" + c.voice.lack(lack, ""))
		return toList
	}
	for {
		if end := c.learn(ctx, l, c.o.Progress.State().Lessons[l.ID]); end != afresh {
			return end
		}
	}
}

// learn has the learner work through a lesson, on a fresh machine, from where
// they were.
func (c *conversation) learn(ctx context.Context, l *lessons.Lesson, was progress.Lesson) ending {
	player := play.New(l, c.machine, play.Pick(l.Vars, c.o.Seed), c.voice.lang)
	s := &session{
		conversation: c, lesson: l, player: player, ears: map[string]*ear{},
		page: newPage(l, c.voice.lang, c.o.Trainer),
	}
	c.voice.fill = player.Fill
	defer func() { c.voice.fill = nil }()
	if err := player.Start(ctx); err != nil {
		c.trouble(err)
		return toList
	}
	defer s.close(ctx)
	c.tell(c.voice.sentence("Lesson: %s", "Leçon : %s", titleIn(l.Title, c.voice.lang)))
	if s.page.resume(was) {
		c.tell(c.voice.sentence("You stopped here. The terminals are fresh ones: what ran in them is gone. “back” goes back, “reset” starts afresh.",
			"Vous en étiez ici. Les terminaux sont neufs : ce qui y tournait n’est plus là. « retour » revient en arrière, « recommencer » reprend à zéro."))
	}
	s.kept = was.At
	return s.work(ctx)
}

// close closes the lab, also when ctx is over.
func (s *session) close(ctx context.Context) {
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if err := s.player.Close(closing); err != nil && s.gone == nil {
		s.trouble(err)
	}
}

// work reads on and does what is asked for, until the lesson is left.
func (s *session) work(ctx context.Context) ending {
	s.read()
	for {
		event, line := s.ask(ctx, s.prompts(), wait{})
		if event != aLine {
			return leaving
		}
		if end := s.do(ctx, understand(line, false)); end != goingOn {
			return end
		}
	}
}

func (s *session) prompts() string {
	if b, ok := s.page.stop(); ok {
		return s.voice.prompt(b, s.page.states[b.ID])
	}
	return s.voice.say("Enter goes to the list of lessons> ", "Entrée va à la liste des leçons> ")
}

// read tells the lesson up to the next thing to do, and keeps that place.
func (s *session) read() {
	for _, b := range s.page.stretch() {
		s.tell(s.voice.block(b, s.page.states[b.ID]))
	}
	if _, more := s.page.stop(); !more {
		s.tell(s.voice.further(s.lesson), s.voice.lessonEnd(s.page.undone()))
	}
	if at := s.page.place(); at != s.kept {
		s.kept = at
		s.keep(func(p progress.Book) error { return p.At(s.lesson.ID, at) })
	}
}

// do does what a line in the lesson asks for.
func (s *session) do(ctx context.Context, o order) ending {
	switch o.verb {
	case wordGoOn:
		return s.goOn(ctx)
	case wordTyped:
		s.tell(s.voice.sentence("That is none of my words; ? lists them. !%s types it into the terminal.",
			"Ce mot n’est pas des miens ; ? les énumère. !%s le tape dans le terminal.", o.arg))
	case wordNumbers:
		s.answer(o.arg)
	case wordShell:
		return s.shellWord(ctx, o.arg)
	case wordText:
		s.read()
	case wordNext, wordBack:
		s.move(o.verb)
	default:
		return s.anywhere(ctx, o)
	}
	return goingOn
}

// anywhere does what may be asked for in the lesson and in its terminals.
func (s *session) anywhere(ctx context.Context, o order) ending {
	switch o.verb {
	case wordHint:
		s.hint()
	case wordSolution:
		s.solution()
	case wordCheck:
		s.handIn(ctx)
	case wordFacts:
		s.facts(ctx, nil, o.arg == "container")
	case wordStop:
		s.stop()
	case wordWhy:
		s.why(ctx)
	case wordReset:
		return s.reset(ctx)
	case wordMap:
		return toList
	case wordLang:
		s.otherLanguage()
		s.page.setLang(s.voice.lang, s.o.Trainer)
		s.read()
	case wordHelp:
		s.tell(s.voice.help(false))
	case wordQuit:
		return leaving
	}
	return goingOn
}

// goOn does what Enter means at the block that the learner is at.
func (s *session) goOn(ctx context.Context) ending {
	b, more := s.page.stop()
	switch {
	case !more:
		return toList
	case s.gone != nil && b.Kind != lessons.Quiz:
		s.tell(s.voice.machineGone(s.cause(s.gone)))
	case b.Kind == lessons.Run:
		s.play(ctx, b)
	case b.Kind == lessons.Task && s.page.passed(b.ID):
		s.move(wordNext)
	case b.Kind == lessons.Task:
		return s.inShell(ctx, terminalOf(b))
	case b.Kind == lessons.Quiz:
		s.unanswered(b)
	case b.Kind == lessons.Xray:
		s.facts(ctx, b.Show, b.Follow)
		s.move(wordNext)
	}
	return goingOn
}

func (s *session) move(way verb) {
	step := 1
	if way == wordBack {
		step = -1
	}
	if !s.page.move(step) {
		s.tell(s.voice.sentence("There is nothing that way.", "Il n’y a rien de ce côté."))
		return
	}
	s.read()
}

// mark keeps how a block ended, and that the lesson is done when it is.
func (s *session) mark(v play.Verdict) {
	if v.Status == play.Unwell {
		return
	}
	before := s.list().report
	s.keep(func(p progress.Book) error { return p.Mark(s.lesson.ID, v.Block, string(v.Status)) })
	if s.page.done() {
		s.keep(func(p progress.Book) error { return p.Finish(s.lesson.ID) })
	}
	if after := s.list().report; after.Done > before.Done && after.Done == len(after.Lessons) {
		s.completed = true
	}
}

// doubt asks the lab whether it is still there after something else has gone
// wrong, and tells.
func (s *session) doubt(ctx context.Context, cause error) {
	if errors.Is(cause, context.Canceled) {
		return
	}
	lab := s.player.Lab()
	if lab == nil {
		s.trouble(cause)
		return
	}
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if _, err := lab.Exec(limited, "exit 0", nil); err != nil {
		s.gone = err
		s.tell(s.voice.machineGone(s.cause(err)))
		return
	}
	if cause != nil {
		s.trouble(cause)
	}
}
