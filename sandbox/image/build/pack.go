//go:build linux

package build

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"cloison/sandbox"
	"cloison/sandbox/image"
)

// packAll makes the files of the image from the root's tar file, the manifest last.
func (b *builder) packAll(ctx context.Context) error {
	b.Tell(sandbox.Stage{Name: stagePack})
	in, err := os.Open(b.tar)
	if err != nil {
		return err
	}
	defer in.Close()
	t, err := readTar(in, in, epoch)
	if err != nil {
		return err
	}
	m := image.Manifest{
		Format: image.Format, Suite: suite, Arch: arch,
		Built: time.Now().UTC(), Recipe: Recipe(), Files: map[string]image.File{},
	}
	if m.Packages, err = installed(t); err != nil {
		return err
	}
	if m.Release, err = release(t); err != nil {
		return err
	}
	if err := b.packFiles(ctx, t, m.Release); err != nil {
		return err
	}
	if err := os.Remove(b.tar); err != nil {
		return err
	}
	b.Tell(sandbox.Stage{Name: stageSums})
	for _, name := range []string{image.Kernel, image.Initrd, image.Root} {
		if m.Files[name], err = image.Describe(ctx, filepath.Join(b.part, name)); err != nil {
			return err
		}
	}
	return m.Write(b.part)
}

// packFiles writes the kernel, the initial RAM file system and the root.
func (b *builder) packFiles(ctx context.Context, t *tree, release string) error {
	vmlinuz, err := kernel(t, release)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(b.part, image.Kernel), vmlinuz, 0o644); err != nil {
		return err
	}
	err = b.create(image.Initrd, func(f *os.File) error {
		w := bufio.NewWriter(f)
		return errors.Join(writeInitrd(w, t, release), w.Flush())
	})
	if err != nil {
		return err
	}
	if err := finish(t); err != nil {
		return err
	}
	return b.create(image.Root, func(f *os.File) error {
		return writeEROFS(&told{ctx: ctx, f: f, tell: b.Tell, total: t.size()}, t)
	})
}

// create makes a file of the image.
func (b *builder) create(name string, write func(*os.File) error) error {
	f, err := os.Create(filepath.Join(b.part, name))
	if err != nil {
		return err
	}
	defer f.Close()
	if err := write(f); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return f.Close()
}

// told is a file that tells how much of it has been written, until ctx ends.
type told struct {
	ctx         context.Context
	f           io.WriteSeeker
	tell        func(sandbox.Stage)
	done, total int64
	percent     int64 // that was told last
}

func (w *told) Write(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := w.f.Write(p)
	w.done += int64(n)
	if percent := w.done * 100 / max(w.total, 1); percent > w.percent {
		w.percent = percent
		w.tell(sandbox.Stage{Name: stagePack, Part: min(float64(percent)/100, 1)})
	}
	return n, err
}

func (w *told) Seek(offset int64, whence int) (int64, error) { return w.f.Seek(offset, whence) }
