package image

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/adrg/xdg"
)

// Image is an image that is there.
type Image struct {
	Dir      string // where its files are
	Manifest Manifest
}

// Folder is where the image is kept: $CLOISON_IMAGE, or "image" in cloison's
// folder below $XDG_CACHE_HOME.
func Folder() string {
	if dir := os.Getenv("CLOISON_IMAGE"); dir != "" {
		return dir
	}
	return filepath.Join(xdg.CacheHome, "cloison", "image")
}

// Open opens the image in dir. It reads the manifest and compares sizes, which
// takes no time and notices a file that is missing or was cut short; what it
// returns then is a [*Lack]. A flipped byte is [Image.Verify]'s business.
func Open(dir string) (Image, error) {
	f, err := os.Open(filepath.Join(dir, manifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return Image{}, &Lack{Dir: dir, Missing: true, Err: err}
	}
	if err != nil {
		return Image{}, &Lack{Dir: dir, Err: err}
	}
	defer f.Close()
	m, err := Parse(f)
	if err != nil {
		return Image{}, &Lack{Dir: dir, Err: err}
	}
	i := Image{Dir: dir, Manifest: m}
	for _, name := range names {
		if err := i.checkSize(name); err != nil {
			return Image{}, &Lack{Dir: dir, Err: err}
		}
	}
	return i, nil
}

// Path is where a file of the image is: Kernel, Initrd or Root.
func (i Image) Path(name string) string { return filepath.Join(i.Dir, name) }

// Size is how much room the image takes, in bytes.
func (i Image) Size() int64 {
	var sum int64
	for _, f := range i.Manifest.Files {
		sum += f.Size
	}
	return sum
}

func (i Image) checkSize(name string) error {
	info, err := os.Stat(i.Path(name))
	if err != nil {
		return err
	}
	want := i.Manifest.Files[name].Size
	if !info.Mode().IsRegular() || info.Size() != want {
		return fmt.Errorf("%s has %d bytes instead of %d", name, info.Size(), want)
	}
	return nil
}

// Verify reads every file and compares its SHA-256 with the manifest's; what
// it returns when they differ is a [*Lack]. It takes about a second per
// gigabyte, so it is for when something failed, or before much depends on the
// image.
func (i Image) Verify(ctx context.Context) error {
	for _, name := range names {
		if err := i.verify(ctx, name); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return &Lack{Dir: i.Dir, Err: err}
		}
	}
	return nil
}

func (i Image) verify(ctx context.Context, name string) error {
	got, err := Describe(ctx, i.Path(name))
	if err != nil {
		return err
	}
	if want := i.Manifest.Files[name]; got != want {
		return fmt.Errorf("%s is not what was built: SHA-256 %s instead of %s", name, got.SHA256, want.SHA256)
	}
	return nil
}

// Describe measures a file for a manifest.
func Describe(ctx context.Context, path string) (File, error) {
	f, err := os.Open(path)
	if err != nil {
		return File{}, err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, readerOf(ctx, f))
	return File{Size: n, SHA256: hex.EncodeToString(h.Sum(nil))}, err
}

// readerOf reads from r until ctx ends.
func readerOf(ctx context.Context, r io.Reader) io.Reader {
	return readerFunc(func(p []byte) (int, error) {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		return r.Read(p)
	})
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
