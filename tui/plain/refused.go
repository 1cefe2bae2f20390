package plain

import (
	"context"
	"errors"
	"time"

	"cloison/lessons"
	"cloison/lessons/play"
	"cloison/sandbox"
)

// refusal remembers the command that was played last, if it looks refused. After
// another command the terminal may be elsewhere, and nobody could find out.
func (s *session) refusal(b lessons.Block, v play.Verdict) {
	s.refused = nil
	if v.Refused {
		s.refused = &b
		s.tell(s.voice.sentence("It was refused. “why” finds out who refused it.", "Elle a été refusée. « pourquoi » cherche qui l’a refusée."))
	}
}

// why has the lab find out which layer refused the last command. Ctrl-C gives up.
func (s *session) why(ctx context.Context) {
	if s.refused == nil {
		s.tell(s.voice.sentence("The last command was not refused.", "La dernière commande n’a pas été refusée."))
		return
	}
	b := *s.refused
	limited, cancel := context.WithCancel(ctx)
	defer cancel()
	var o sandbox.Outcome
	var err error
	done := make(chan struct{})
	go func() {
		defer close(done)
		o, err = s.player.Why(limited, b, s.voice.lang)
	}()
	slow := time.After(patienceWithCommand)
	for {
		switch event, _ := s.wait(ctx, wait{deaf: true, wake: slow, ended: done}); event {
		case interrupted:
			cancel()
		case woken:
			s.line(s.voice.sentence("Finding out: it is run again and again. Ctrl-C gives up.", "Recherche en cours : elle est relancée plusieurs fois. Ctrl-C abandonne."))
		case over:
			<-done
			return
		case ended:
			if err != nil && !errors.Is(err, context.Canceled) {
				s.doubt(ctx, err)
			} else if err == nil {
				s.line(s.voice.output(o.Output))
			}
			return
		}
	}
}
