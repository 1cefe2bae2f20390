package inspect

import (
	"io/fs"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"
)

// tree loads a recorded part of a file system from testdata/NAME.txtar. The
// archive spells what plain text cannot: the files of /proc/PID/ns are
// symbolic links, and the lines of cmdline end with NUL.
func tree(t testing.TB, name string) fstest.MapFS {
	t.Helper()
	archive, err := txtar.ParseFile(filepath.Join("testdata", name+".txtar"))
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	for _, f := range archive.Files {
		file := &fstest.MapFile{Data: f.Data, Mode: 0o444}
		switch {
		case path.Base(path.Dir(f.Name)) == "ns":
			file.Mode |= fs.ModeSymlink
			file.Data = []byte(strings.TrimSpace(string(f.Data)))
		case path.Base(f.Name) == "cmdline":
			file.Data = []byte(strings.ReplaceAll(string(f.Data), "\n", "\x00"))
		}
		files[f.Name] = file
	}
	return files
}
