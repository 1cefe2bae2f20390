package plain

import (
	"context"
	"errors"
	"strings"

	"cloison/sandbox"
)

// facts tells the X-ray of what runs in the terminal, or of the container that
// was started last: what show names, or everything.
func (s *session) facts(ctx context.Context, show []string, container bool) {
	seen, err := s.xray(ctx, container)
	if errors.Is(err, errNoContainer) {
		s.tell(s.voice.sentence("No container runs in this lesson now.", "Aucun conteneur ne tourne dans cette leçon en ce moment."))
		return
	}
	if err != nil {
		s.doubt(ctx, err)
		return
	}
	s.tell(strings.TrimRight(s.o.Facts(seen, show, s.voice.lang), "\n"))
}

var errNoContainer = errors.New("no container runs")

// xray takes one X-ray.
func (s *session) xray(ctx context.Context, container bool) (sandbox.Xray, error) {
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
	subjects := sandbox.NewLatest[sandbox.Subject]()
	all, err := lab.Watch(ctx, e.shell.PID(), subjects.C())
	if err != nil {
		return sandbox.Xray{}, err
	}
	seen, err := next(ctx, all)
	if err != nil || !container {
		return seen, err
	}
	running := seen.Containers(e.shell.PID())
	if len(running) == 0 {
		return seen, errNoContainer
	}
	subjects.Put(running[0].Subject())
	for err == nil && !seen.Follows() {
		if seen, err = next(ctx, all); seen.Lost {
			err = errNoContainer // it has just ended
		}
	}
	return seen, err
}

// next waits for an X-ray.
func next(ctx context.Context, all <-chan sandbox.Xray) (sandbox.Xray, error) {
	select {
	case seen, ok := <-all:
		if ok {
			return seen, nil
		}
	case <-ctx.Done():
	}
	return sandbox.Xray{}, errors.New("take an X-ray: the lab does not answer")
}
