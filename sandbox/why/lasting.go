package why

import (
	"context"
	"errors"
)

// most is how many layers are taken for standing one behind the other where
// each success costs something.
const most = 3

// A command whose effects stay is asked about with care: what was made once is
// there already when it is made again. A refusal leaves nothing behind, so once
// goes through the sets of layers from the small ones up, and the first with
// which the command works is a smallest one. When the command then still works
// with it and is refused still with less, it may be repeated, and everything
// else can be found out; known says that this is not so.
func (s *search) once(ctx context.Context, layers Set, f *Finding) (known bool, err error) {
	found, o, err := s.upward(ctx, layers)
	if err != nil || found == nil {
		return false, err
	}
	repeatable, err := s.repeatable(ctx, found, o)
	if err != nil || repeatable {
		return false, err
	}
	f.Free, f.Once = o, true
	if len(found) <= most {
		f.Sets = []Set{found}
	} // else some of all the layers, and nobody knows which
	return true, nil
}

// steady says whether the command is refused once more as it was: what it did
// before it failed has not changed that.
func (s *search) steady(ctx context.Context, refused Outcome) (bool, error) {
	again, err := s.try(ctx, nil)
	return again.symptom() == refused.symptom(), err
}

// repeatable says whether a success has left everything as it was: the command
// works once more, and is refused still without any layer of the set.
func (s *search) repeatable(ctx context.Context, found Set, o Outcome) (bool, error) {
	if o.Running {
		return false, nil
	}
	again, err := s.try(ctx, found)
	if err != nil || !again.Works() {
		return false, err
	}
	if len(found) > most {
		return true, nil
	}
	for _, l := range found {
		o, err := s.try(ctx, found.Without(l))
		if err != nil || o.Works() {
			return false, err
		}
	}
	return true, nil
}

// errFound ends a walk.
var errFound = errors.New("found")

// upward runs with the sets of one layer, of two, … and last with all.
func (s *search) upward(ctx context.Context, layers Set) (found Set, o Outcome, err error) {
	look := func(some Set) error {
		if o, err = s.run(ctx, some); err != nil {
			return err
		}
		if o.Works() {
			found = some
			return errFound
		}
		return nil
	}
	for n := 1; n <= min(most, len(layers)) && err == nil; n++ {
		err = subsets(layers, n, nil, look)
	}
	if err == nil {
		err = look(layers)
	}
	if errors.Is(err, errFound) {
		err = nil
	}
	return found, o, err
}

// subsets walks the subsets of n layers, in order.
func subsets(layers Set, n int, chosen Set, f func(Set) error) error {
	if n == 0 {
		return f(chosen)
	}
	for i := range layers {
		if err := subsets(layers[i+1:], n-1, chosen.With(layers[i]), f); err != nil {
			return err
		}
	}
	return nil
}
