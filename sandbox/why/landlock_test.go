package why

import (
	"context"
	"slices"
	"testing"
)

func TestRulesetsAreSpelled(t *testing.T) {
	for want, r := range map[string]ruleset{
		"":                          {},
		"fs:execute,read-file":      {1 | 1<<2},
		"fs:ioctl-dev net:bind-tcp": {1 << 15, 1},
		"net:connect-tcp scope:abstract-unix-socket,signal": {0, 2, 3},
		"fs:bit-40": {1 << 40},
	} {
		if got := r.String(); got != want {
			t.Errorf("%v is spelled %q, want %q", [3]uint64(r), got, want)
		}
		if got := bits(names(closedBy([]Evidence{lockedBy("x", r, nil)}))); got != r && want != "fs:bit-40" {
			t.Errorf("%q is read as %v, want %v", want, got, r)
		}
	}
}

func TestWhatRulesCloseIsReadFromEvidence(t *testing.T) {
	list := []Evidence{
		{Source: "/proc/7/status", Says: "fs:execute", Layers: Set{Seccomp}},
		lockedBy("setpriv", ruleset{1 << 2}, []string{"path-beneath:read-file,execute:/usr"}),
		lockedBy("setpriv", ruleset{1<<2 | 1<<1, 1}, []string{"net-port:connect-tcp:80"}),
	}
	if got, want := closedBy(list), (Set{"fs:read-file", "fs:write-file", "net:bind-tcp"}); !slices.Equal(got, want) {
		t.Errorf("closed %v, want %v", got, want)
	}
	if got := (Outcome{Evidence: list}).laid(); !slices.Equal(got, Set{Landlock}) {
		t.Errorf("laid %v", got)
	}
	if got := (Outcome{Evidence: list[:1]}).laid(); got != nil {
		t.Errorf("laid %v without a rule", got)
	}
}

func TestLocks(t *testing.T) {
	for _, c := range []struct {
		l    locks
		asks bool
	}{
		{locks{}, false},
		{locks{Watched: true}, true},
		{locks{Off: true, Watched: true}, false},
		{locks{Open: []string{"fs:execute"}}, true},
	} {
		if c.l.asks() != c.asks {
			t.Errorf("%+v: asks is %v", c.l, !c.asks)
		}
	}
}

// TestSearchFindsALayerThatTheCommandLays, which nobody knew of before the first
// run.
func TestSearchFindsALayerThatTheCommandLays(t *testing.T) {
	runs := 0
	inner := world(&runs, Set{Landlock, DAC})
	try := func(laid bool) Try {
		return func(ctx context.Context, relaxed Set) (Outcome, error) {
			o, err := inner(ctx, relaxed)
			if laid && len(relaxed) == 0 {
				o.Evidence = []Evidence{lockedBy("x", ruleset{1}, nil)}
			}
			return o, err
		}
	}
	f, err := Search(t.Context(), all, false, try(true))
	if err != nil || len(f.Sets) != 1 || f.Sets[0].String() != "dac+landlock" {
		t.Errorf("found %v, %v", f.Sets, err)
	}
	if f, err = Search(t.Context(), all, false, try(false)); err != nil || len(f.Sets) != 0 {
		t.Errorf("found %v, %v for a command that lays none", f.Sets, err)
	}
}
