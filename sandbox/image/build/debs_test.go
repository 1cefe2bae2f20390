//go:build linux

package build

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const packagesList = `Package: bash
Version: 5.2.37-2+b10
Architecture: amd64
Description: a shell
 Version: of a line that goes on
SHA256: aaaa

Package: login
Architecture: amd64
Version: 1:4.16
Size: 3
SHA256: ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad
`

func TestSumsNamesFilesAsAptDoes(t *testing.T) {
	got := map[string]string{}
	if err := sums(strings.NewReader(packagesList), got); err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got["bash_5.2.37-2+b10_amd64.deb"] != "aaaa" || !strings.HasPrefix(got["login_1%3a4.16_amd64.deb"], "ba78") {
		t.Errorf("got %q", got)
	}
}

func TestWeedKeepsWhatTheListsVouchFor(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"login_1%3a4.16_amd64.deb":    "abc", // as listed
		"bash_5.2.37-2+b10_amd64.deb": "abd", // another byte
		"bash_5.2.36_amd64.deb":       "abc", // an older version
		"lock":                        "",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	list := map[string]string{}
	if err := sums(strings.NewReader(packagesList), list); err != nil {
		t.Fatal(err)
	}
	if err := weed(t.Context(), dir, list); err != nil {
		t.Fatal(err)
	}
	var left []string
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		left = append(left, e.Name())
	}
	if want := []string{"lock", "login_1%3a4.16_amd64.deb"}; !slices.Equal(left, want) {
		t.Errorf("left are %q, want %q", left, want)
	}
	if got := count(dir); got != 1 {
		t.Errorf("%d packages, want 1", got)
	}
	if err := weed(t.Context(), filepath.Join(dir, "none"), list); err != nil {
		t.Errorf("no cache yet: %v", err)
	}
}

func TestListedNeedsALists(t *testing.T) {
	dir := t.TempDir()
	if _, err := listed(dir); err == nil {
		t.Error("an empty folder: no error")
	}
	if err := os.WriteFile(filepath.Join(dir, "x_main_binary-amd64_Packages"), []byte(packagesList), 0o644); err != nil {
		t.Fatal(err)
	}
	if got, err := listed(dir); err != nil || len(got) != 2 {
		t.Errorf("got %q, %v", got, err)
	}
}

func FuzzSums(f *testing.F) {
	f.Add(packagesList)
	f.Add("Package: a\n\n\nVersion: 1")
	f.Fuzz(func(t *testing.T, text string) {
		got := map[string]string{}
		if err := sums(strings.NewReader(text), got); err != nil {
			t.Fatal(err)
		}
		for name := range got {
			if !strings.HasSuffix(name, ".deb") || strings.Contains(name, "\n") {
				t.Errorf("the name %q", name)
			}
		}
	})
}
