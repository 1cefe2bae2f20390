package image

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cloison/sandbox"
)

// sample puts a small image into a folder of its own.
func sample(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	m := whole()
	for _, name := range names {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("content of "+name), 0o644); err != nil {
			t.Fatal(err)
		}
		f, err := Describe(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		m.Files[name] = f
	}
	if err := m.Write(dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestOpenAndVerifyAWholeImage(t *testing.T) {
	dir := sample(t)
	i, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := i.Verify(t.Context()); err != nil {
		t.Error(err)
	}
	if got := i.Path(Kernel); got != filepath.Join(dir, "kernel") {
		t.Errorf("the kernel is at %s", got)
	}
	if want := int64(len("content of kernelcontent of initrdcontent of root")); i.Size() != want {
		t.Errorf("size %d, want %d", i.Size(), want)
	}
}

func TestOpenTellsWhatIsWrong(t *testing.T) {
	for name, test := range map[string]struct {
		spoil   func(dir string) error
		missing bool
		why     sandbox.Text
	}{
		"nothing there": {
			func(dir string) error { return os.Remove(filepath.Join(dir, manifestName)) },
			true,
			sandbox.Text{EN: "no image yet", FR: "pas encore d’image"},
		},
		"another format": {
			func(dir string) error {
				return os.WriteFile(filepath.Join(dir, manifestName), []byte(`{"format":99}`), 0o644)
			},
			false,
			sandbox.Text{EN: "another version of cloison", FR: "une autre version de cloison"},
		},
		"cut short": {
			func(dir string) error { return os.Truncate(filepath.Join(dir, Root), 3) },
			false,
			sandbox.Text{EN: "damaged: root has 3 bytes", FR: "abîmée"},
		},
		"a file gone": {
			func(dir string) error { return os.Remove(filepath.Join(dir, Initrd)) },
			false,
			sandbox.Text{EN: "damaged", FR: "abîmée"},
		},
		"a folder in a file's place": {
			func(dir string) error {
				return errors.Join(os.Remove(filepath.Join(dir, Kernel)), os.Mkdir(filepath.Join(dir, Kernel), 0o755))
			},
			false,
			sandbox.Text{EN: "damaged", FR: "abîmée"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := sample(t)
			if err := test.spoil(dir); err != nil {
				t.Fatal(err)
			}
			_, err := Open(dir)
			var lack *Lack
			if !errors.As(err, &lack) {
				t.Fatalf("got %v, want a Lack", err)
			}
			if lack.Missing != test.missing {
				t.Errorf("missing is %v", lack.Missing)
			}
			told := lack.Lack()
			if !strings.Contains(told.Why.EN, test.why.EN) || !strings.Contains(told.Why.FR, test.why.FR) {
				t.Errorf("told %q", told.Why)
			}
			if !strings.Contains(told.Remedy.EN, "build-image") || !strings.Contains(err.Error(), "build-image") {
				t.Errorf("no remedy in %q, %v", told.Remedy, err)
			}
		})
	}
}

func TestVerifyNoticesOneFlippedBit(t *testing.T) {
	dir := sample(t)
	path := filepath.Join(dir, Root)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[5] ^= 1
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	i, err := Open(dir)
	if err != nil {
		t.Fatalf("sizes are right, so it opens: %v", err)
	}
	var lack *Lack
	if err := i.Verify(t.Context()); !errors.As(err, &lack) || !strings.Contains(err.Error(), "root is not what was built") {
		t.Errorf("got %v", err)
	}
}

func TestVerifyEndsWithItsContext(t *testing.T) {
	i, err := Open(sample(t))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := i.Verify(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestFolderIsTheUsersChoiceOrTheCache(t *testing.T) {
	t.Setenv("CLOISON_IMAGE", "/somewhere/else")
	if got := Folder(); got != "/somewhere/else" {
		t.Errorf("got %s", got)
	}
	t.Setenv("CLOISON_IMAGE", "")
	if got := Folder(); !strings.HasSuffix(got, "/cloison/image") {
		t.Errorf("got %s", got)
	}
}
