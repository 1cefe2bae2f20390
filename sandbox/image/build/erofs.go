package build

import (
	"fmt"
	"io"

	"github.com/erofs/go-erofs"
)

// writeEROFS packs a tree into an EROFS image, uncompressed: what the guest
// reads it then reads at once, which under emulation is worth more than the
// room. The same tree gives the same bytes. See
// Documentation/filesystems/erofs.rst in the kernel's source.
func writeEROFS(w io.WriteSeeker, t *tree) error {
	e := erofs.Create(w, erofs.WithBuildTime(uint64(t.epoch.Unix()), 0))
	if err := e.CopyFrom(t); err != nil {
		return fmt.Errorf("pack the root file system: %w", err)
	}
	if err := e.Close(); err != nil {
		return fmt.Errorf("write the root file system: %w", err)
	}
	return nil
}
