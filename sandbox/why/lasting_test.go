package why

import (
	"context"
	"errors"
	"testing"
)

// lasting is a world in which what has worked n times works no more.
func lasting(runs *int, n int, ways ...Set) Try {
	still := world(runs, ways...)
	return func(ctx context.Context, relaxed Set) (Outcome, error) {
		o, err := still(ctx, relaxed)
		if o.Works() {
			if n--; n < 0 {
				return Outcome{Exit: 1, Output: "File exists"}, nil
			}
		}
		return o, err
	}
}

func TestSearchLasting(t *testing.T) {
	for name, c := range map[string]struct {
		times int
		ways  []Set
		want  []string
		once  bool
	}{
		"one layer, once":                {1, []Set{{Seccomp}}, []string{"seccomp"}, true},
		"two in a row, once":             {1, []Set{{Capabilities, ReadOnly}}, []string{"capabilities+readonly"}, true},
		"three in a row, once":           {1, []Set{{Capabilities, Seccomp, SELinux}}, []string{"capabilities+seccomp+selinux"}, true},
		"one or the other, once":         {1, []Set{{DAC}, {Capabilities}}, []string{"dac"}, true},
		"one or the other, again":        {100, []Set{{DAC}, {Capabilities}}, []string{"capabilities", "dac"}, false},
		"no layer":                       {100, nil, nil, false},
		"more in a row than are tried":   {1, []Set{{DAC, Capabilities, Seccomp, Cgroup}}, nil, true},
		"more than are tried, and again": {100, []Set{{DAC, Capabilities, Seccomp, Cgroup}}, []string{"capabilities+cgroup+dac+seccomp"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			runs := 0
			f, err := Search(t.Context(), all, true, lasting(&runs, c.times, c.ways...))
			if err != nil {
				t.Fatal(err)
			}
			got := inOrder(f.Sets)
			if len(got) != len(c.want) || len(got) > 0 && got[0] != c.want[0] || f.Once != c.once {
				t.Errorf("found %v (once %v), want %v (%v)", got, f.Once, c.want, c.once)
			}
		})
	}
}

func TestSearchLastingOfWhatGoesOn(t *testing.T) {
	runs := 0
	f, err := Search(t.Context(), Set{DAC, Seccomp}, true, func(_ context.Context, relaxed Set) (Outcome, error) {
		runs++
		if relaxed.Has(Seccomp) {
			return Outcome{Exit: 124, Running: true}, nil
		}
		return Outcome{Exit: 1}, nil
	})
	if err != nil || !f.Once || len(f.Sets) != 1 || f.Sets[0].String() != "seccomp" || runs != 3 {
		t.Errorf("%+v, %v after %d runs", f, err, runs)
	}
}

func TestSearchLastingOfWhatWorks(t *testing.T) {
	runs := 0
	if _, err := Search(t.Context(), all, true, lasting(&runs, 1, Set{})); !errors.Is(err, ErrNotRefused) || runs != 1 {
		t.Errorf("%v after %d runs", err, runs)
	}
}
