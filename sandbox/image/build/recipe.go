//go:build linux

package build

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"cloison/sandbox/image"
)

// recipeFiles are what this program adds to Debian's packages: scripts that
// run while they are installed, and files below root/ that are put over the
// result.
//
//go:embed recipe
var recipeFiles embed.FS

// recipe is the folder of recipeFiles.
func recipe() fs.FS {
	sub, err := fs.Sub(recipeFiles, "recipe")
	if err != nil {
		panic(err) // it is embedded
	}
	return sub
}

// Recipe is one number for everything that this program has to say about an
// image. An image with another one is worth building anew.
func Recipe() string {
	h := sha256.New()
	fmt.Fprintln(h, image.Format, suite, arch, epoch, packages(), bootModules, dropped, folders, legacy)
	fmt.Fprintln(h, places{}.install(0))
	err := fs.WalkDir(recipe(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(recipe(), name)
		fmt.Fprintf(h, "%s %d\n%s", name, len(b), b)
		return err
	})
	if err != nil {
		panic(err) // it is embedded
	}
	return hex.EncodeToString(h.Sum(nil))
}

// layOut writes the scripts of the recipe into dir.
func layOut(dir string) error {
	return fs.WalkDir(recipe(), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name == "root":
			return fs.SkipDir
		case d.IsDir():
			return os.MkdirAll(filepath.Join(dir, name), 0o755)
		}
		b, err := fs.ReadFile(recipe(), name)
		if err != nil {
			return err
		}
		// Only a script may be run, and only scripts have no suffix.
		perm := fs.FileMode(0o644)
		if !strings.Contains(name, ".") {
			perm = 0o755
		}
		return os.WriteFile(filepath.Join(dir, name), b, perm)
	})
}
