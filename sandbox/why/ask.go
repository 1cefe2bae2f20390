package why

import (
	"context"

	"cloison/sandbox"
)

// Answer is what was found about one refused command.
type Answer struct {
	Refused string `json:"refused"` // the error as the C library says it, or the end: EPERM, EACCES, SIGKILL, exit 1
	Exit    int    `json:"exit"`
	Output  string `json:"output"`
	// Ways are the smallest sets of layers with which the command works; none
	// when it fails with everything relaxed too.
	Ways []Way  `json:"ways"`
	Free string `json:"free"` // how it ends with everything relaxed
	// End is how it ends with any of Ways, where it does not work even then:
	// something fails behind the layers that is no layer's doing.
	End  string `json:"end,omitempty"`
	Runs int    `json:"runs"` // of the command
	// Unsure says that the experiments are without something that may refuse.
	Unsure bool `json:"unsure,omitempty"`
	// Notes are what the experiments could not reproduce or try.
	Notes []sandbox.Text `json:"notes,omitempty"`
}

// Way is one set of layers that said no, one behind the other.
type Way []Refusal

// Refusal is one layer's.
type Refusal struct {
	Layer Layer `json:"layer"`
	// Error is what this layer answers by itself; "" where it refuses only
	// together with others.
	Error string `json:"error,omitempty"`
	// Narrowest is the least to allow: names of capabilities or of system
	// calls; none where the layer has no parts.
	Narrowest []string `json:"narrowest,omitempty"`
	// Follows says that the filter opens by itself with the capabilities that
	// the way allows: its profile depends on them.
	Follows bool `json:"follows,omitempty"`
	// Evidence is what the kernel said of this layer when the command was refused.
	Evidence []Evidence `json:"evidence,omitempty"`
}

// Subject is that in which a command is refused, and can be run again.
type Subject interface {
	// Layers are those that can have refused something.
	Layers() Set
	// Run runs the command with some layers relaxed.
	Run(ctx context.Context, relaxed Set) (Outcome, error)
	// Parts are what a layer can be relaxed in, and a run with some of them
	// allowed and the layers of relaxed relaxed. No parts: it has none.
	Parts(l Layer, relaxed Set) (Set, Try, error)
	// Follows lets the capabilities that a way allows open the filter too, where
	// it may; set are the layers of the way.
	Follows(ctx context.Context, set Set, capabilities []string) (o Outcome, may bool, err error)
	// Lasting says that what a run does stays for the next one.
	Lasting() bool
	// Notes are what the runs do not reproduce, and unless a way was found, what
	// could not be relaxed.
	Notes(found bool) []sandbox.Text
	// Unsure says that the runs are without something that may refuse, so that a
	// command that works in them may be refused all the same.
	Unsure() bool
}

// Ask runs a subject's command again and again, and finds which layers refuse
// it. The error is [ErrNotRefused] when none does; the answer then has the
// notes still.
func Ask(ctx context.Context, s Subject) (Answer, error) {
	q := question{Subject: s}
	f, err := Search(ctx, q.Layers(), q.Lasting(), q.try)
	a := Answer{
		Refused: f.Refused.symptom(), Exit: f.Refused.Exit, Output: f.Refused.Output,
		Free: f.Free.symptom(), End: f.End, Ways: []Way{}, Unsure: s.Unsure(), Notes: s.Notes(len(f.Sets) > 0),
	}
	if err != nil {
		return a, err
	}
	if f.Once {
		a.Notes = append(a.Notes, onlyOnce)
	}
	for _, set := range f.Sets {
		way, err := q.way(ctx, set, f)
		if err != nil {
			return a, err
		}
		a.Ways = append(a.Ways, way)
		if set.Has(DAC) && (set.Has(SELinux) || set.Has(AppArmor)) {
			a.Notes = append(a.Notes, byPowers)
		}
	}
	a.Runs = q.runs
	return a, nil
}

var onlyOnce = sandbox.Text{
	EN: "it can be done once only, or goes on for ever: so neither what each layer answers alone, nor other ways, nor the least to allow could be tried",
	FR: "elle ne peut être faite qu’une fois, ou ne s’arrête pas : ni ce que chaque couche répond seule, ni d’autres voies, ni le minimum à permettre n’ont pu être essayés",
}

// byPowers is a doubt: SELinux and AppArmor rule over capabilities, too, and no
// owner or mode was changed for the sake of an experiment.
var byPowers = sandbox.Text{
	EN: "file permissions were relaxed by capabilities, and the security module may refuse those only: with another owner or mode it may let the command pass",
	FR: "les droits du fichier ont été levés par des capabilities, et le module de sécurité refuse peut-être celles-ci seulement\u00a0: avec un autre propriétaire ou un autre mode, il laisserait peut-être passer la commande",
}

// question counts the runs.
type question struct {
	Subject
	runs int
}

func (q *question) try(ctx context.Context, relaxed Set) (Outcome, error) {
	q.runs++
	return q.Run(ctx, relaxed)
}

// way says of each layer of a set what it answers, and what is the least to
// allow there.
func (q *question) way(ctx context.Context, set Set, f Finding) (Way, error) {
	var way Way
	var granted []string
	for _, l := range set {
		r := Refusal{Layer: l, Evidence: evidenceOf(l, f.Refused.Evidence)}
		if o, tried := f.Alone[l]; tried && (!o.Works() && o.symptom() != f.End) {
			r.Error = o.symptom()
		} else if f.Once && len(set) == 1 {
			r.Error = f.Refused.symptom()
		}
		var err error
		if r.Narrowest, err = q.narrow(ctx, set, l, f); err != nil {
			return nil, err
		}
		if l == Capabilities {
			granted = r.Narrowest
		}
		if l == Seccomp && len(granted) > 0 {
			q.runs++
			o, may, err := q.Follows(ctx, set, granted)
			if err != nil {
				return nil, err
			}
			r.Follows = may && (o.Works() || o.symptom() == f.End)
		}
		way = append(way, r)
	}
	return way, nil
}

// narrow finds the least of a layer to allow, with the other layers of the set
// relaxed.
func (q *question) narrow(ctx context.Context, set Set, l Layer, f Finding) ([]string, error) {
	if f.Once {
		return nil, nil
	}
	parts, with, err := q.Parts(l, set.Without(l))
	if err != nil || len(parts) == 0 {
		return nil, err
	}
	least, err := narrowest(ctx, parts, f.End, func(ctx context.Context, some Set) (Outcome, error) {
		q.runs++
		return with(ctx, some)
	})
	return names(least), err
}

func set(names []string) Set {
	s := make(Set, len(names))
	for i, name := range names {
		s[i] = Layer(name)
	}
	return s
}

func names(s Set) []string {
	list := make([]string, len(s))
	for i, l := range s {
		list[i] = string(l)
	}
	return list
}
