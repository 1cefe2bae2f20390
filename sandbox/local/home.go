package local

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"path"
)

// pack writes a tar of a home: .bashrc, and the lesson's files in ~/files. A
// file that begins with #! can be run, whatever an embedded file system says.
func pack(to io.Writer, bashrc string, files fs.FS) error {
	w := tar.NewWriter(to)
	if err := packFile(w, ".bashrc", []byte(bashrc)); err != nil {
		return err
	}
	if files != nil {
		if err := packTree(w, files); err != nil {
			return fmt.Errorf("copy the lesson's files: %w", err)
		}
	}
	return w.Close()
}

func packTree(w *tar.Writer, files fs.FS) error {
	return fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		target := path.Join("files", name)
		if d.IsDir() {
			return w.WriteHeader(&tar.Header{Name: target + "/", Typeflag: tar.TypeDir, Mode: 0o755})
		}
		content, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		return packFile(w, target, content)
	})
}

func packFile(w *tar.Writer, name string, content []byte) error {
	mode := int64(0o644)
	if bytes.HasPrefix(content, []byte("#!")) {
		mode = 0o755
	}
	if err := w.WriteHeader(&tar.Header{Name: name, Mode: mode, Size: int64(len(content))}); err != nil {
		return err
	}
	_, err := w.Write(content)
	return err
}
