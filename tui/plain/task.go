package plain

import (
	"context"

	"cloison/lessons"
	"cloison/lessons/play"
	"cloison/lessons/progress"
)

// noTask says that a word needs a task.
func (s *session) noTask() {
	s.tell(s.voice.sentence("There is no task here.", "Il n’y a pas d’exercice ici."))
}

// hint gives one more hint for the task.
func (s *session) hint() {
	b, ok := s.page.task()
	given := s.page.states[b.ID].hints
	switch {
	case !ok:
		s.noTask()
	case len(b.Hints) == 0:
		s.tell(s.voice.sentence("This task has no hints.", "Cet exercice n’a pas d’indices."))
	case given >= len(b.Hints):
		s.tell(s.voice.sentence("That was the last hint. “solution” shows one after two checks.",
			"C’était le dernier indice. « solution » en montre une après deux vérifications."))
	default:
		s.page.change(b.ID, func(s *state) { s.hints++ })
		lead := s.voice.say("Hint %d of %d: ", "Indice %d sur %d : ", given+1, len(b.Hints))
		s.tell(s.voice.prose(lead + b.Hints[given]))
	}
}

// solution shows the task's solution once it may be looked at.
func (s *session) solution() {
	b, ok := s.page.task()
	switch {
	case !ok:
		s.noTask()
		return
	case !s.page.mayLook(b.ID):
		s.tell(s.voice.sentence("The solution opens after two checks that do not pass, or when the task is passed.",
			"La solution s’ouvre après deux vérifications sans succès, ou une fois l’exercice réussi."))
		return
	}
	s.tell(s.voice.say("A solution:", "Une solution :") + "\n" + indent(s.player.Solution(b), "  "))
	if !s.page.passed(b.ID) {
		s.mark(play.Verdict{Block: b.ID, Status: progress.Shown})
	}
}

// handIn checks the task because the learner asked for it, and tells all that
// the check found.
func (s *session) handIn(ctx context.Context) {
	b, ok := s.page.task()
	if !ok {
		s.noTask()
		return
	}
	v, err := s.player.Check(ctx, b)
	if err != nil {
		s.doubt(ctx, err)
		return
	}
	v.Lesson, v.Block = s.lesson.ID, b.ID
	s.page.checked(b, v, true)
	s.mark(v)
	s.tell(s.voice.checked(v))
	switch {
	case v.Status == play.Unwell:
		s.doubt(ctx, nil)
	case v.Status == play.Failed && s.page.states[b.ID].tries == enoughTries:
		s.tell(s.voice.sentence("“hint” helps; “solution” shows one.", "« indice » aide ; « solution » en montre une."))
	}
	s.wrong = s.voice.reason(v)
}

// watch checks the task that the learner is at by itself. A pass is told, and
// what goes wrong once; news says whether anything was.
func (s *session) watch(ctx context.Context) (passed bool) {
	b, ok := s.page.watched()
	if !ok || s.gone != nil {
		return false
	}
	v, err := s.player.Check(ctx, b)
	if err != nil {
		s.doubt(ctx, err)
		return false
	}
	v.Lesson, v.Block = s.lesson.ID, b.ID
	s.page.checked(b, v, false)
	wrong := s.voice.reason(v)
	switch {
	case v.Status == play.Passed:
		s.mark(v)
		s.line(s.voice.checked(v))
		return true
	case wrong != "" && wrong != s.wrong:
		s.line(s.voice.sentence("The task: ", "L’exercice : ") + wrong)
	}
	s.wrong = wrong
	return false
}

// terminal is the one that words such as xray mean: that of the block that the
// learner is at, else of the last one before.
func (s *session) terminal() string {
	for stop := min(s.page.at, len(s.page.stops)-1); stop >= 0; stop-- {
		b := s.page.blocks[s.page.stops[stop]]
		if b.Run != nil || b.Shell != "" {
			return terminalOf(b)
		}
	}
	return "a"
}

// reset asks what is to be begun afresh.
func (s *session) reset(ctx context.Context) ending {
	if s.gone != nil {
		return afresh
	}
	s.tell(s.voice.sentence("What is to begin afresh?", "Que faut-il reprendre à zéro ?") + "\n" +
		s.voice.sentence("1. This step alone: what you did in it is forgotten; a task gets a fresh machine.", "1. Cette étape seule : ce que vous y avez fait est oublié ; un exercice reçoit une machine neuve.") + "\n" +
		s.voice.sentence("2. The machine: you stay where you are, what runs in the terminals is thrown away.", "2. La machine : vous restez où vous en êtes, ce qui tourne dans les terminaux est jeté.") + "\n" +
		s.voice.sentence("3. The whole lesson, on a fresh machine: what you did in it is forgotten.", "3. Toute la leçon, sur une machine neuve : ce que vous y avez fait est oublié."))
	event, line := s.ask(ctx, s.voice.say("1, 2 or 3; Enter for nothing> ", "1, 2 ou 3 ; Entrée pour rien> "), wait{})
	switch {
	case event != aLine:
		return leaving
	case line == "1":
		return s.resetStep()
	case line == "2":
		return afresh
	case line == "3":
		s.keep(func(p progress.Book) error { return p.Reset(s.lesson.ID) })
		return afresh
	}
	return goingOn
}

// resetStep forgets the block that the learner is at. A task would pass again
// at once where it was done: it gets a fresh machine.
func (s *session) resetStep() ending {
	b, ok := s.page.stop()
	if ok && b.ID != "" {
		s.page.forget(b.ID)
		s.keep(func(p progress.Book) error { return p.ResetBlock(s.lesson.ID, b.ID) })
	}
	if b.Kind == lessons.Task {
		return afresh
	}
	s.read()
	return goingOn
}
