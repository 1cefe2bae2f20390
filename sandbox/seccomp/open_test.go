package seccomp

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestAllowingOpensWhatIsDenied opens one call in profiles of each kind, by way
// of JSON, and finds that one fewer is denied and nothing else has changed.
func TestAllowingOpensWhatIsDenied(t *testing.T) {
	short := `{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["chmod", "unshare"], "action": "SCMP_ACT_ERRNO"}]}`
	here := Container{Arch: "amd64", Kernel: Version{6, 12}}
	for name, text := range map[string]string{"default": string(defaultProfile), "short": short} {
		t.Run(name, func(t *testing.T) {
			p, err := Parse([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			before, err := p.Denied(here)
			if err != nil || !slices.Contains(before, "unshare") || slices.Contains(before, "read") {
				t.Fatalf("denied %v, %v", before, err)
			}
			open, err := Parse(p.Allowing("unshare").JSON())
			if err != nil {
				t.Fatal(err)
			}
			after, err := open.Denied(here)
			if err != nil {
				t.Fatal(err)
			}
			want := slices.DeleteFunc(slices.Clone(before), func(n string) bool { return n == "unshare" })
			if diff := cmp.Diff(want, after); diff != "" {
				t.Errorf("denied afterwards (-want +got):\n%s", diff)
			}
		})
	}
}

// TestDeniedDependsOnTheContainer: the capabilities of a container open calls
// in the default profile.
func TestDeniedDependsOnTheContainer(t *testing.T) {
	all := Container{Arch: "amd64", Kernel: Version{6, 12}, Caps: 1<<41 - 1}
	for _, c := range []struct {
		in     Container
		denied bool
	}{{Container{Arch: "amd64", Kernel: Version{6, 12}}, true}, {all, false}} {
		denied, err := Default().Denied(c.in)
		if err != nil {
			t.Fatal(err)
		}
		if got := slices.Contains(denied, "mount"); got != c.denied {
			t.Errorf("mount denied with capabilities %x: %v", c.in.Caps, got)
		}
		settled, err := Default().Settled(c.in)
		if err != nil {
			t.Fatal(err)
		}
		if still, err := settled.Denied(all); err != nil || !slices.Equal(still, denied) {
			t.Errorf("settled for capabilities %x and then given all: %d calls denied, were %d, %v", c.in.Caps, len(still), len(denied), err)
		}
	}
}
