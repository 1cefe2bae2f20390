package seccomp

import (
	"slices"
	"testing"

	"golang.org/x/net/bpf"
)

// rawOf is a profile's filter as the kernel has it.
func rawOf(t testing.TB, p *Profile) Raw {
	t.Helper()
	kept, err := p.For(usual)
	if err != nil {
		t.Fatal(err)
	}
	filter, err := Compile(kept)
	if err != nil {
		t.Fatal(err)
	}
	list, err := bpf.Assemble(filter.Program)
	if err != nil {
		t.Fatal(err)
	}
	return sockFilters(list)
}

func TestRawTellsWhatItDenies(t *testing.T) {
	raw := rawOf(t, Default())
	denied, err := raw.Denied("amd64")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(denied, "unshare") || !slices.Contains(denied, "mount") || slices.Contains(denied, "openat") || !slices.IsSorted(denied) {
		t.Errorf("denied are %v", denied)
	}
	open, err := raw.Allowing("amd64", "unshare", "no_such_call").Denied("amd64")
	if err != nil {
		t.Fatal(err)
	}
	if want := slices.DeleteFunc(slices.Clone(denied), func(name string) bool { return name == "unshare" }); !slices.Equal(open, want) {
		t.Errorf("with unshare allowed, denied are %v", open)
	}
	if load, err := raw.Load(); err != nil || !load.Filters {
		t.Errorf("load: %+v, %v", load, err)
	}
}

func TestRawRefusesWhatIsNoFilter(t *testing.T) {
	for name, raw := range map[string]Raw{
		"nothing":        nil,
		"half":           make(Raw, 12),
		"too long":       make(Raw, 8*(mostInstructions+1)),
		"without an end": make(Raw, 8), // ld #0, and no return
	} {
		if _, err := raw.Denied("amd64"); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := rawOf(t, Default()).Denied("s390x"); err == nil {
		t.Error("an unknown processor: no error")
	}
}

func FuzzRaw(f *testing.F) {
	f.Add([]byte(rawOf(f, Default())))
	f.Add([]byte{6, 0, 0, 0, 0, 0, 0, 0})
	f.Fuzz(func(_ *testing.T, text []byte) {
		if len(text) > 80 {
			text = text[:80]
		}
		_, _ = Raw(text).Denied("amd64")
		_, _ = Raw(text).Load()
	})
}
