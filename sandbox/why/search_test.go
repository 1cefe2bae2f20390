package why

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var all = Set{DAC, Capabilities, UserNS, NoNewPrivs, Seccomp, AppArmor, SELinux, Cgroup, ReadOnly, Masked}

// world is a command that works only when one of the sets is relaxed.
func world(runs *int, ways ...Set) Try {
	return func(_ context.Context, relaxed Set) (Outcome, error) {
		*runs++
		for _, way := range ways {
			if relaxed.Covers(way) {
				return Outcome{}, nil
			}
		}
		return Outcome{Exit: 1, Output: "Operation not permitted"}, nil
	}
}

func TestSearchFindsEveryWay(t *testing.T) {
	for name, ways := range map[string][]Set{
		"one layer":              {{Seccomp}},
		"two in a row":           {{Capabilities, AppArmor}},
		"three in a row":         {{Capabilities, Seccomp, SELinux}},
		"one or the other":       {{DAC}, {Capabilities}},
		"one, or two in a row":   {{ReadOnly}, {Capabilities, Seccomp}},
		"two ways that share":    {{Capabilities, Seccomp}, {Capabilities, UserNS}},
		"three ways, overlapped": {{DAC, Masked}, {Masked, UserNS}, {DAC, UserNS}},
	} {
		t.Run(name, func(t *testing.T) {
			runs := 0
			f, err := Search(t.Context(), all, false, world(&runs, ways...))
			if err != nil {
				t.Fatal(err)
			}
			want, got := inOrder(ways), inOrder(f.Sets)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("sets differ (-want +got):\n%s", diff)
			}
			if runs != f.Runs || runs > len(all)*(len(ways)+2) {
				t.Errorf("%d runs, %d counted", runs, f.Runs)
			}
		})
	}
}

func inOrder(sets []Set) []string {
	var all []string
	for _, s := range sets {
		all = append(all, s.sorted().String())
	}
	slices.Sort(all)
	return all
}

func TestSearchSaysWhatEachLayerAnswersAlone(t *testing.T) {
	try := func(_ context.Context, relaxed Set) (Outcome, error) {
		switch {
		case !relaxed.Has(Capabilities):
			return Outcome{Exit: 1, Output: "EPERM"}, nil
		case !relaxed.Has(AppArmor):
			return Outcome{Exit: 1, Output: "EACCES"}, nil
		}
		return Outcome{}, nil
	}
	f, err := Search(t.Context(), all, false, try)
	if err != nil {
		t.Fatal(err)
	}
	if f.Refused.Output != "EPERM" || f.Alone[Capabilities].Output != "EPERM" || f.Alone[AppArmor].Output != "EACCES" {
		t.Errorf("refused %+v, alone %+v", f.Refused, f.Alone)
	}
}

func TestSearchOfWhatNoLayerRefuses(t *testing.T) {
	runs := 0
	f, err := Search(t.Context(), all, false, world(&runs))
	if err != nil || len(f.Sets) != 0 || runs != 2 {
		t.Errorf("got %+v, %v after %d runs", f, err, runs)
	}
	runs = 0
	if _, err := Search(t.Context(), all, false, world(&runs, Set{})); !errors.Is(err, ErrNotRefused) || runs != 1 {
		t.Errorf("a command that works: %v after %d runs", err, runs)
	}
}

// TestSearchOfWhatFailsInTheEnd looks for who refused a command that fails for
// a reason of its own as soon as it is let.
func TestSearchOfWhatFailsInTheEnd(t *testing.T) {
	for name, c := range map[string]struct {
		refused, free string
		lasting       bool
		forgets       bool // it ends otherwise from the second time on
		want          string
	}{
		"another error":               {"Operation not permitted", "No such file or directory", false, false, "capabilities+seccomp"},
		"the same":                    {"Operation not permitted", "Operation not permitted", false, false, ""},
		"words that say little":       {"it does not work", "No such file or directory", false, false, ""},
		"what stays, and changes not": {"Operation not permitted", "No such file or directory", true, false, "capabilities+seccomp"},
		"what stays, and changes all": {"Operation not permitted", "No such file or directory", true, true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			bare := 0
			f, err := Search(t.Context(), all, c.lasting, func(_ context.Context, relaxed Set) (Outcome, error) {
				if len(relaxed) == 0 {
					bare++
				}
				if relaxed.Covers(Set{Capabilities, Seccomp}) || c.forgets && bare > 1 {
					return Outcome{Exit: 2, Output: c.free}, nil
				}
				return Outcome{Exit: 1, Output: c.refused}, nil
			})
			if got := strings.Join(inOrder(f.Sets), " "); err != nil || got != c.want || (f.End != "") != (c.want != "") {
				t.Errorf("found %q up to %q, %v; want %q", got, f.End, err, c.want)
			}
		})
	}
}

func TestSearchStopsAtAnError(t *testing.T) {
	broken := errors.New("no container")
	n := 0
	_, err := Search(t.Context(), all, false, func(context.Context, Set) (Outcome, error) {
		if n++; n == 4 {
			return Outcome{}, broken
		}
		return Outcome{Exit: n % 2}, nil
	})
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

// TestSearchAmongManyCostsLittle: one needed call among 300 is found by halves.
func TestSearchAmongManyCostsLittle(t *testing.T) {
	var many Set
	for i := range 300 {
		many = append(many, Layer(fmt.Sprintf("call%03d", i)))
	}
	runs := 0
	f, err := Search(t.Context(), many, false, world(&runs, Set{"call007", "call250"}))
	if err != nil || len(f.Sets) != 1 || f.Sets[0].String() != "call007+call250" || runs > 60 {
		t.Errorf("found %v, %v after %d runs", f.Sets, err, runs)
	}
}
