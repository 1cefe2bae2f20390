//go:build linux

package build

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"cloison/sandbox/image"
)

// apt checks what it downloads against Debian's signed lists, but believes a
// package that is already in its cache when the size is right. The cache of a
// build lives long, so its packages are compared with the lists again.

// sums reads a list of packages (deb822(5), "Packages") into sums: the name of
// a package's file in apt's cache → its SHA-256.
func sums(r io.Reader, into map[string]string) error {
	in := bufio.NewReaderSize(r, 64<<10)
	fields := map[string]string{}
	for {
		line, err := in.ReadString('\n')
		line = strings.TrimSuffix(line, "\n")
		if line == "" && len(fields) > 0 {
			into[cachedName(fields)] = fields["SHA256"]
			clear(fields)
		}
		if key, value, ok := strings.Cut(line, ": "); ok && !strings.HasPrefix(line, " ") {
			switch key {
			case "Package", "Version", "Architecture", "SHA256":
				fields[key] = value
			}
		}
		if errors.Is(err, io.EOF) {
			if len(fields) > 0 {
				into[cachedName(fields)] = fields["SHA256"]
			}
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// cachedName is the name that apt gives a package's file: a colon in the
// version is escaped.
func cachedName(fields map[string]string) string {
	version := strings.ReplaceAll(fields["Version"], ":", "%3a")
	return fields["Package"] + "_" + version + "_" + fields["Architecture"] + ".deb"
}

// listed reads every list of packages in a folder of apt's.
func listed(dir string) (map[string]string, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*_Packages"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("apt left no list of packages in %s", dir)
	}
	all := map[string]string{}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		err = sums(f, all)
		f.Close()
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
	}
	return all, nil
}

// weed removes from the cache what the lists do not vouch for: packages that
// were damaged, and those that newer ones have replaced.
func weed(ctx context.Context, archives string, sums map[string]string) error {
	entries, err := os.ReadDir(archives)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !e.Type().IsRegular() || filepath.Ext(e.Name()) != ".deb" {
			continue
		}
		path := filepath.Join(archives, e.Name())
		got, err := image.Describe(ctx, path)
		if err != nil {
			return err
		}
		if want := sums[e.Name()]; want == "" || got.SHA256 != want {
			if err := os.Remove(path); err != nil {
				return err
			}
		}
	}
	return nil
}

// count says how many packages the cache has.
func count(archives string) int {
	files, _ := filepath.Glob(filepath.Join(archives, "*.deb")) // the pattern is right
	return len(files)
}
