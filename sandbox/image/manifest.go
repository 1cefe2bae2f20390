package image

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// Format is the number of this layout. An image of another number is built anew.
const Format = 1

// The files of an image, beside its manifest.
const (
	Kernel       = "kernel" // what QEMU's -kernel takes
	Initrd       = "initrd" // a newc cpio archive: modules and mount points, no program
	Root         = "root"   // an EROFS file system
	manifestName = "image.json"
)

// names are the files that every image has, in the order they are checked in.
var names = []string{Kernel, Initrd, Root}

// manifestLimit bounds what is read of a manifest: a real one has about 700 bytes.
const manifestLimit = 64 << 10

// Manifest says what an image consists of. It is the last file to be written.
type Manifest struct {
	Format   int             `json:"format"`
	Suite    string          `json:"suite"`    // of Debian: trixie
	Arch     string          `json:"arch"`     // Debian's word: amd64
	Release  string          `json:"kernel"`   // uname -r of the kernel
	Built    time.Time       `json:"built"`    // when; of no weight, two builds may differ in it alone
	Packages string          `json:"packages"` // SHA-256 of the sorted list of packages and versions
	Recipe   string          `json:"recipe"`   // SHA-256 of what this program adds to the packages
	Files    map[string]File `json:"files"`
}

// File is what one file of the image must be.
type File struct {
	Size   int64  `json:"size"`   // bytes
	SHA256 string `json:"sha256"` // hexadecimal
}

// Parse reads a manifest and checks that it is one that this program understands.
func Parse(r io.Reader) (Manifest, error) {
	b, err := io.ReadAll(io.LimitReader(r, manifestLimit+1))
	if err != nil {
		return Manifest{}, fmt.Errorf("read the manifest: %w", err)
	}
	if len(b) > manifestLimit {
		return Manifest{}, fmt.Errorf("the manifest has more than %d bytes", manifestLimit)
	}
	var m Manifest
	if err := json.Unmarshal(b, &m); err != nil {
		return Manifest{}, fmt.Errorf("parse the manifest: %w", err)
	}
	return m, m.check()
}

// check says what is wrong with a manifest.
func (m Manifest) check() error {
	if m.Format != Format {
		return &oldFormat{m.Format}
	}
	if m.Release == "" {
		return errors.New("the manifest names no kernel")
	}
	for _, name := range names {
		f, ok := m.Files[name]
		if !ok {
			return fmt.Errorf("the manifest lacks the file %s", name)
		}
		if f.Size <= 0 {
			return fmt.Errorf("the manifest gives %s a size of %d bytes", name, f.Size)
		}
		if sum, err := hex.DecodeString(f.SHA256); err != nil || len(sum) != sha256.Size {
			return fmt.Errorf("the manifest's SHA-256 of %s is not one", name)
		}
	}
	if len(m.Files) != len(names) {
		return fmt.Errorf("the manifest names %d files instead of %d", len(m.Files), len(names))
	}
	return nil
}

// oldFormat is the error of an image that another version of cloison built.
type oldFormat struct{ format int }

func (e *oldFormat) Error() string {
	return fmt.Sprintf("it has format %d, this program wants %d", e.format, Format)
}

// Write writes the manifest into the folder of an image; when it is there, the
// image is whole.
func (m Manifest) Write(dir string) error {
	b, err := m.encode()
	if err != nil {
		return fmt.Errorf("write the manifest: %w", err)
	}
	return os.WriteFile(filepath.Join(dir, manifestName), b, 0o644)
}

// encode is the manifest as it is written.
func (m Manifest) encode() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	err := enc.Encode(m)
	return b.Bytes(), err
}

// Digest is one number for everything that a saved state of a VM depends on:
// it changes when a file does, not when the same bytes are built again.
func (m Manifest) Digest() string {
	h := sha256.New()
	fmt.Fprintf(h, "%d %s\n", m.Format, m.Release)
	for _, name := range names {
		fmt.Fprintf(h, "%s %d %s\n", name, m.Files[name].Size, m.Files[name].SHA256)
	}
	return hex.EncodeToString(h.Sum(nil))
}
