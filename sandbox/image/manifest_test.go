package image

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
)

// sum is a SHA-256 by its looks.
var sum = strings.Repeat("0a", 32)

func whole() Manifest {
	return Manifest{
		Format: Format, Suite: "trixie", Arch: "amd64", Release: "6.12.1-cloud-amd64",
		Built: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Packages: sum, Recipe: sum,
		Files: map[string]File{Kernel: {1, sum}, Initrd: {2, sum}, Root: {3, sum}},
	}
}

func TestManifestIsReadAsWritten(t *testing.T) {
	want := whole()
	b, err := want.encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := Parse(strings.NewReader(string(b)))
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("read %+v, %v; want %+v", got, err, want)
	}
}

func TestParseRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		spoil func(*Manifest)
		want  string
	}{
		"another format":      {func(m *Manifest) { m.Format = Format + 1 }, "format 2"},
		"no kernel's name":    {func(m *Manifest) { m.Release = "" }, "no kernel"},
		"a missing file":      {func(m *Manifest) { delete(m.Files, Root) }, "lacks the file root"},
		"a file too many":     {func(m *Manifest) { m.Files["../x"] = File{1, sum} }, "4 files"},
		"a size that is none": {func(m *Manifest) { m.Files[Root] = File{-1, sum} }, "-1 bytes"},
		"an empty file":       {func(m *Manifest) { m.Files[Root] = File{0, sum} }, "0 bytes"},
		"a sum that is none":  {func(m *Manifest) { m.Files[Root] = File{1, "zz"} }, "SHA-256 of root"},
	} {
		t.Run(name, func(t *testing.T) {
			m := whole()
			test.spoil(&m)
			b, err := m.encode()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := Parse(strings.NewReader(string(b))); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error with %q", err, test.want)
			}
		})
	}
}

func TestParseRefusesWhatIsNoManifest(t *testing.T) {
	for _, text := range []string{"", "{", "[]", strings.Repeat(" ", manifestLimit+1)} {
		if _, err := Parse(strings.NewReader(text)); err == nil {
			t.Errorf("%.10q: no error", text)
		}
	}
}

func TestDigestFollowsTheBytesAlone(t *testing.T) {
	later := whole()
	later.Built = later.Built.Add(time.Hour)
	if later.Digest() != whole().Digest() {
		t.Error("the date of the build changes the digest")
	}
	other := whole()
	other.Files[Root] = File{3, strings.Repeat("0b", 32)}
	if other.Digest() == whole().Digest() {
		t.Error("another root file system has the same digest")
	}
}

func FuzzParse(f *testing.F) {
	b, err := json.Marshal(whole())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(b))
	f.Add(`{"format":1,"files":{"root":{"size":1e99}}}`)
	f.Fuzz(func(t *testing.T, text string) {
		m, err := Parse(strings.NewReader(text))
		if err != nil {
			return
		}
		for _, name := range names {
			if m.Files[name].Size <= 0 {
				t.Errorf("%s of %d bytes was let through", name, m.Files[name].Size)
			}
		}
		b, err := m.encode()
		if err != nil {
			t.Fatalf("encode what was parsed: %v", err)
		}
		again, err := Parse(strings.NewReader(string(b)))
		if err != nil || again.Digest() != m.Digest() {
			t.Errorf("written and read again: %+v, %v; want %+v", again, err, m)
		}
	})
}
