//go:build linux

package why

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"cloison/sandbox"
	"cloison/sandbox/capability"
	"cloison/sandbox/runtime"
	"cloison/sandbox/seccomp"
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
	Runs int    `json:"runs"` // of the command
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
}

// Ask runs spec's command again and again in fresh containers, and finds which
// layers refuse it. The error is [ErrNotRefused] when none does. exe is the
// program whose main calls [BeTrial]; "" is the running one.
func Ask(ctx context.Context, spec sandbox.Spec, exe string) (Answer, error) {
	q, err := newQuestion(spec, exe)
	if err != nil {
		return Answer{}, err
	}
	if err := q.settle(); err != nil {
		return Answer{}, err
	}
	f, err := Search(ctx, q.layers, q.relaxed)
	a := Answer{Refused: Symptom(f.Refused), Exit: f.Refused.Exit, Output: f.Refused.Output, Free: Symptom(f.Free), Ways: []Way{}}
	if err != nil {
		return a, err
	}
	for _, set := range f.Sets {
		way, err := q.way(ctx, set, f)
		if err != nil {
			return a, err
		}
		a.Ways = append(a.Ways, way)
	}
	a.Runs = q.runs
	return a, nil
}

// question is a command and what can be changed about its container.
type question struct {
	asked  sandbox.Spec // as it was asked
	spec   sandbox.Spec // the same with a settled filter
	layers Set
	may    sandbox.CapSet
	here   seccomp.Container
	trials trials
	runs   int
}

func newQuestion(spec sandbox.Spec, exe string) (*question, error) {
	if exe == "" {
		var err error
		if exe, err = os.Executable(); err != nil {
			return nil, fmt.Errorf("find cloison: %w", err)
		}
	}
	s, err := runtime.Look(spec)
	if err != nil {
		return nil, err
	}
	if spec.Namespaces == nil {
		spec.Namespaces = runtime.DefaultNamespaces(s.Privileged())
	}
	may := s.Permitted
	if !s.Privileged() {
		may = capability.All(s.LastCap) // of the container's own user namespace
	}
	return &question{
		spec: spec, layers: Layers(spec, s.Privileged()), may: may, trials: trials{exe},
		here: seccomp.Container{Arch: s.Arch, Kernel: s.Kernel},
	}, nil
}

// settle keeps the filter as it is when capabilities are added: otherwise they
// would open it on the way, and one experiment would relax two layers.
func (q *question) settle() error {
	q.asked = q.spec
	if q.spec.Seccomp.Off {
		return nil
	}
	profile, here, err := q.profile(q.spec)
	if err == nil {
		profile, err = profile.Settled(here)
	}
	if err != nil {
		return err
	}
	q.spec.Seccomp.JSON = string(profile.JSON())
	return nil
}

// profile is a container's profile, and what its rules depend on.
func (q *question) profile(spec sandbox.Spec) (*seccomp.Profile, seccomp.Container, error) {
	here := q.here
	var err error
	if here.Caps, err = capability.Apply(capability.DockerDefault, spec.CapDrop, spec.CapAdd); err != nil {
		return nil, here, err
	}
	if spec.Seccomp.JSON == "" {
		return seccomp.Default(), here, nil
	}
	profile, err := seccomp.Parse([]byte(spec.Seccomp.JSON))
	return profile, here, err
}

func (q *question) run(ctx context.Context, spec sandbox.Spec) (Outcome, error) {
	q.runs++
	return q.trials.run(ctx, spec)
}

// relaxed is the [Try] of the layers.
func (q *question) relaxed(ctx context.Context, set Set) (Outcome, error) {
	return q.run(ctx, Relax(q.spec, set, q.may))
}

// way says of each layer of a set what it answers, and what is the least to
// allow there.
func (q *question) way(ctx context.Context, set Set, f Finding) (Way, error) {
	var way Way
	for _, l := range set {
		r := Refusal{Layer: l}
		if o := f.Alone[l]; !o.Works() {
			r.Error = Symptom(o)
		}
		var err error
		if r.Narrowest, err = q.narrow(ctx, set, l); err != nil {
			return nil, err
		}
		if l == Seccomp {
			if r.Follows, err = q.follows(ctx, set, way); err != nil {
				return nil, err
			}
		}
		way = append(way, r)
	}
	return way, nil
}

// narrow finds the least of a layer to allow, with the other layers of the set
// relaxed.
func (q *question) narrow(ctx context.Context, set Set, l Layer) ([]string, error) {
	base := Relax(q.spec, set.Without(l), q.may)
	parts, with, err := q.parts(base, l)
	if err != nil || len(parts) == 0 {
		return nil, err
	}
	f, err := Search(ctx, parts, func(ctx context.Context, some Set) (Outcome, error) { return q.run(ctx, with(some)) })
	if errors.Is(err, ErrNotRefused) || err == nil && len(f.Sets) == 0 {
		return nil, nil // no part of it helps by itself
	}
	if err != nil {
		return nil, err
	}
	return names(f.Sets[0]), nil
}

// parts are what a layer can be relaxed in, and how.
func (q *question) parts(base sandbox.Spec, l Layer) (Set, func(Set) sandbox.Spec, error) {
	adding := func(some Set) sandbox.Spec { return withCapabilities(base, names(some)) }
	switch l {
	case DAC:
		return set(pastFiles), adding, nil
	case Capabilities:
		return set(grantable(q.spec, q.may)), adding, nil
	case Seccomp:
		return q.calls(base)
	}
	return nil, nil, nil
}

// calls are the system calls that the filter refuses.
func (q *question) calls(base sandbox.Spec) (Set, func(Set) sandbox.Spec, error) {
	profile, here, err := q.profile(base)
	if err != nil {
		return nil, nil, err
	}
	denied, err := profile.Denied(here)
	if err != nil {
		return nil, nil, err
	}
	return set(denied), func(some Set) sandbox.Spec {
		spec := base
		spec.Seccomp.JSON = string(profile.Allowing(names(some)...).JSON())
		return spec
	}, nil
}

// follows says whether the capabilities that a way allows open the filter too.
func (q *question) follows(ctx context.Context, set Set, way Way) (bool, error) {
	i := slices.IndexFunc(way, func(r Refusal) bool { return r.Layer == Capabilities })
	if i < 0 || len(way[i].Narrowest) == 0 {
		return false, nil
	}
	spec := withCapabilities(Relax(q.asked, set.Without(Capabilities, Seccomp), q.may), way[i].Narrowest)
	o, err := q.run(ctx, spec)
	return o.Works(), err
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
