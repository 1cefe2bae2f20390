package why

import (
	"context"
	"strings"

	"cloison/sandbox"
)

// Try runs the command in a fresh container in which some layers are relaxed.
// An error is what kept it from being run at all.
type Try func(ctx context.Context, relaxed Set) (Outcome, error)

// Outcome is how a run of the command ended.
type Outcome struct {
	Exit   int    // 128+n when signal n ended it
	Output string // both streams, the last part of a long one
	// Running says that the command was still running when its time was over,
	// as one does that nobody refuses anything.
	Running bool
	// Evidence is what the kernel said of the process that ran.
	Evidence []Evidence
}

// Works says whether the command does what it is for.
func (o Outcome) Works() bool { return o.Exit == 0 || o.Running }

// symptom is how the run ended, in the kernel's words.
func (o Outcome) symptom() string {
	if o.Works() {
		return ""
	}
	return sandbox.Outcome{Exit: o.Exit, Output: o.Output}.Symptom()
}

// Finding is what a search has found.
type Finding struct {
	Refused Outcome // with nothing relaxed
	Free    Outcome // with everything relaxed
	// Sets are the smallest sets of layers with which the command works: take
	// one layer out of a set and it is refused again. More than one means that
	// there is a choice. None means that no layer refused it.
	Sets []Set
	// End is how the command ends with each of Sets: "" is that it works, else
	// it fails then in a way that no layer is to blame for.
	End string
	// Alone is how the command ends when a layer is the only one that is not
	// relaxed, for every layer of a set: the error that this layer gives. A
	// layer with which the command works then refuses together with others only.
	Alone map[Layer]Outcome
	Runs  int // how often the command was run
	// Once says that the command worked once and cannot be repeated: there is
	// one set, and nothing is known of its layers alone.
	Once bool
}

// ErrNotRefused says that the command works as it is.
var ErrNotRefused = sandbox.Errorf("nothing refused the command: it works here", "rien n’a refusé la commande : elle marche ici")

// notMade is what docker run ends with when there is no container.
const notMade = 125

// maxSets bounds how many ways out are looked for.
const maxSets = 4

// Search looks for the smallest sets among layers that have to be relaxed for
// the command to work. It takes relaxing for harmless: what works with a set
// works with more. For one set of k among n layers it runs the command about
// k·log(n) times, and 2·k times more to look for others and at each layer alone.
//
// When the command fails with everything relaxed too, but in another way, then
// something refused it before it came to that: Search looks for the smallest
// sets with which it comes as far.
//
// lasting says that what a run does stays for the next one; see once. Layers
// that the command was seen to lay on itself in the first run are among layers,
// too.
func Search(ctx context.Context, layers Set, lasting bool, try Try) (Finding, error) {
	s := newSearch(try, "")
	f := Finding{Alone: map[Layer]Outcome{}}
	var err error
	if f.Refused, err = s.run(ctx, nil); err != nil {
		return f, err
	}
	if f.Refused.Works() {
		return f, ErrNotRefused
	}
	layers = layers.With(f.Refused.laid()...)
	known := false
	if lasting {
		known, err = s.once(ctx, layers, &f)
	}
	if err == nil && !known {
		err = s.ways(ctx, layers, lasting, &f)
	}
	f.Runs = len(s.known)
	return f, err
}

// ways finds the sets, and what each of their layers answers.
func (s *search) ways(ctx context.Context, layers Set, lasting bool, f *Finding) (err error) {
	if f.Free, err = s.run(ctx, layers); err != nil {
		return err
	}
	s.end = end(f.Refused, f.Free)
	if !s.reached(f.Free) {
		return nil
	}
	if s.end != "" && lasting {
		if steady, err := s.steady(ctx, f.Refused); err != nil || !steady {
			return err
		}
	}
	f.End = s.end
	if err = s.sets(ctx, layers, layers, f); err != nil {
		return err
	}
	return s.alone(ctx, layers, f)
}

// end is how far a command comes that is refused, and ends as free with
// everything relaxed. A mere exit status says too little to tell two ends apart,
// and a run that was not made says nothing of the command.
func end(refused, free Outcome) string {
	if free.Works() || refused.Exit == notMade || free.Exit == notMade || strings.HasPrefix(refused.symptom(), "exit ") || free.symptom() == refused.symptom() {
		return ""
	}
	return free.symptom()
}

// narrowest is a smallest set of parts with which a command ends in this way;
// none where it does so without, or even all of them are not enough.
func narrowest(ctx context.Context, parts Set, end string, try Try) (Set, error) {
	s := newSearch(try, end)
	without, err := s.run(ctx, nil)
	if err != nil || s.reached(without) {
		return nil, err
	}
	with, err := s.run(ctx, parts)
	if err != nil || !s.reached(with) {
		return nil, err
	}
	return s.shrink(ctx, parts)
}

type search struct {
	try   Try
	known map[string]Outcome
	end   string // how far the command is to come: "" is that it works
}

func newSearch(try Try, end string) *search {
	return &search{try: try, known: map[string]Outcome{}, end: end}
}

// reached says whether a run came as far as it is to come.
func (s *search) reached(o Outcome) bool {
	if s.end == "" {
		return o.Works()
	}
	return o.symptom() == s.end
}

// run is try, once for each set.
func (s *search) run(ctx context.Context, relaxed Set) (Outcome, error) {
	key := relaxed.sorted().String()
	if o, ok := s.known[key]; ok {
		return o, nil
	}
	o, err := s.try(ctx, relaxed)
	if err != nil {
		return o, sandbox.Errorf("run the command with %q relaxed: %w", "lancer la commande sans %q : %w", relaxed.String(), err)
	}
	s.known[key] = o
	return o, nil
}

// sets finds a smallest set within enough, which is known to work, and then
// others that do without one of its layers. Each minimal set hits every other
// way of working, so this walk (Reiter's hitting-set tree) misses none.
func (s *search) sets(ctx context.Context, layers, enough Set, f *Finding) error {
	found, ok := knownWithin(f.Sets, enough)
	if !ok {
		var err error
		if found, err = s.shrink(ctx, enough); err != nil {
			return err
		}
		f.Sets = append(f.Sets, found)
	}
	for _, l := range found {
		rest := enough.Without(l)
		if len(f.Sets) >= maxSets {
			return nil
		}
		o, err := s.run(ctx, rest)
		if err != nil {
			return err
		}
		if !s.reached(o) {
			continue
		}
		if err := s.sets(ctx, layers, rest, f); err != nil {
			return err
		}
	}
	return nil
}

// knownWithin finds a set that is known already and lies in enough.
func knownWithin(known []Set, enough Set) (Set, bool) {
	for _, set := range known {
		if enough.Covers(set) {
			return set, true
		}
	}
	return nil, false
}

// shrink finds a smallest set within one that works, by halves (Junker's
// QuickXplain): k needed layers among n cost about k·log(n) runs, not n.
func (s *search) shrink(ctx context.Context, set Set) (Set, error) {
	needed, err := s.needed(ctx, nil, false, set)
	if err != nil {
		return nil, err
	}
	return set.Without(set.Without(needed...)...), nil // in the order of set
}

// needed finds what of set is needed besides base; base and set together work.
// grown says that base has grown since it was known not to be enough.
func (s *search) needed(ctx context.Context, base Set, grown bool, set Set) (Set, error) {
	if grown {
		switch o, err := s.run(ctx, base); {
		case err != nil:
			return nil, err
		case s.reached(o):
			return nil, nil
		}
	}
	if len(set) == 1 {
		return set, nil
	}
	left, right := set[:len(set)/2], set[len(set)/2:]
	fromRight, err := s.needed(ctx, base.With(left...), true, right)
	if err != nil {
		return nil, err
	}
	fromLeft, err := s.needed(ctx, base.With(fromRight...), len(fromRight) > 0, left)
	if err != nil {
		return nil, err
	}
	return fromLeft.With(fromRight...), nil
}

// alone relaxes everything but one layer, for each that was found.
func (s *search) alone(ctx context.Context, layers Set, f *Finding) error {
	for _, set := range f.Sets {
		for _, l := range set {
			o, err := s.run(ctx, layers.Without(l))
			if err != nil {
				return err
			}
			f.Alone[l] = o
		}
	}
	return nil
}
