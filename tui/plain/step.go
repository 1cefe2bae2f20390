package plain

import (
	"context"
	"time"

	"cloison/lessons"
	"cloison/lessons/play"
)

// answer takes choices for the question that the learner is at.
func (s *session) answer(said string) {
	b, ok := s.page.stop()
	if !ok || b.Kind != lessons.Quiz {
		s.tell(s.voice.sentence("There is no question here to be answered.", "Il n’y a pas de question à laquelle répondre ici."))
		return
	}
	chosen, ok := choices(said, len(b.Quiz.Choices))
	switch {
	case !ok:
		s.tell(s.voice.sentence("The answers are 1 to %d.", "Les réponses vont de 1 à %d.", len(b.Quiz.Choices)))
	case len(chosen) > 1 && rightOnes(b) == 1:
		s.tell(s.voice.sentence("Only one of them is right: choose one.", "Une seule est juste : choisissez-en une."))
	default:
		s.judge(b, chosen)
	}
}

// unanswered asks once whether a question is to be passed by.
func (s *session) unanswered(b lessons.Block) {
	if s.page.states[b.ID].status != "" {
		s.move(wordNext)
		return
	}
	if s.page.states[b.ID].asked {
		s.judge(b, nil)
		return
	}
	s.page.change(b.ID, func(s *state) { s.asked = true })
	s.tell(s.voice.sentence("Make up your mind first: a figure from 1 to %d. Enter once more goes on without an answer.",
		"Faites d’abord votre choix : un chiffre de 1 à %d. Encore Entrée pour continuer sans répondre.", len(b.Quiz.Choices)))
}

// judge judges the answer to a question, and reads on.
func (s *session) judge(b lessons.Block, chosen []int) {
	v := s.page.answer(b, chosen)
	s.mark(v)
	s.tell(s.voice.answered(b, s.page.states[b.ID]))
	s.read()
}

// play plays a command and tells what came of it, with the questions that it
// settles.
func (s *session) play(ctx context.Context, b lessons.Block) {
	v, err := s.played(ctx, b)
	if err != nil {
		s.doubt(ctx, err)
		return
	}
	if v.Status == play.Failed {
		if s.doubt(ctx, nil); s.gone != nil {
			return
		}
	}
	was := s.page.at
	s.page.judged(b, v)
	s.mark(v)
	if v.Status != play.Skipped {
		s.line(s.voice.output(v.Observed))
	}
	s.tell(s.voice.verdict(v))
	s.refusal(b, v)
	for _, settled := range s.page.settled(b.ID) {
		s.tell(s.voice.explained(settled, s.page.states[settled.ID]))
	}
	if s.page.at != was {
		s.read()
		return
	}
	s.tell(s.voice.sentence("Enter plays it again, “next” goes on without it.", "Entrée la rejoue, « suite » continue sans elle."))
}

// patienceWithCommand is after how long it is said that a command still runs.
const patienceWithCommand = 3 * time.Second

// played types a command into its terminal while Ctrl-C can reach it.
func (s *session) played(ctx context.Context, b lessons.Block) (v play.Verdict, err error) {
	e, err := s.ear(ctx, terminalOf(b))
	if err != nil {
		return play.Verdict{}, err
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		v, err = s.player.Play(ctx, b)
	}()
	slow := time.After(patienceWithCommand)
	for {
		switch event, _ := s.wait(ctx, wait{deaf: true, wake: slow, ended: done}); event {
		case interrupted:
			_, _ = e.shell.Write([]byte{ctrlC}) // the verdict says the rest
		case woken:
			s.line(s.voice.sentence("It still runs. Ctrl-C stops it.", "Elle tourne encore. Ctrl-C l’arrête."))
		case over:
			<-done
			return v, err
		case ended:
			e.forgetHeard()
			return v, err
		}
	}
}
