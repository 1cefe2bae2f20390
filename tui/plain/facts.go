package plain

import (
	"context"
	"errors"
	"strings"

	"cloison/sandbox"
)

// facts tells the X-ray of what runs in the terminal: what show names, or
// everything.
func (s *session) facts(ctx context.Context, show []string) {
	seen, err := s.xray(ctx)
	if err != nil {
		s.doubt(ctx, err)
		return
	}
	s.tell(strings.TrimRight(s.o.Facts(seen, show, s.voice.lang), "\n"))
}

// xray takes one X-ray.
func (s *session) xray(ctx context.Context) (sandbox.Xray, error) {
	e, err := s.ear(ctx, s.terminal())
	if err != nil {
		return sandbox.Xray{}, err
	}
	lab := s.player.Lab()
	if lab == nil {
		return sandbox.Xray{}, errors.New("take an X-ray: the lesson is closed")
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	all, err := lab.Watch(ctx, e.shell.PID(), nil)
	if err != nil {
		return sandbox.Xray{}, err
	}
	select {
	case seen, ok := <-all:
		if ok {
			return seen, nil
		}
	case <-ctx.Done():
	}
	return sandbox.Xray{}, errors.New("take an X-ray: the lab does not answer")
}
