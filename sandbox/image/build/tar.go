package build

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"
)

// xattrRecord is how tar files of the PAX kind spell extended attributes,
// among them file capabilities (security.capability).
const xattrRecord = "SCHILY.xattr."

// readTar makes a tree of a tar file. Content stays in the file, which must
// stay open; a hard link becomes a second file with the same content.
func readTar(f io.ReadSeeker, content io.ReaderAt, epoch time.Time) (*tree, error) {
	t := newTree(epoch)
	r := tar.NewReader(f)
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return t, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read the tar file: %w", err)
		}
		// The reader takes exactly one header at a time, so that the file now
		// stands where the content begins.
		at, err := f.Seek(0, io.SeekCurrent)
		if err != nil {
			return nil, err
		}
		n, err := t.node(h, io.NewSectionReader(content, at, h.Size))
		if err != nil {
			return nil, err
		}
		if n == nil {
			continue
		}
		if err := t.put(h.Name, n); err != nil {
			return nil, err
		}
	}
}

// node makes a node of one tar header; nil for what no file system keeps.
func (t *tree) node(h *tar.Header, content *io.SectionReader) (*node, error) {
	n := &node{
		mode: h.FileInfo().Mode(), uid: h.Uid, gid: h.Gid, mtime: h.ModTime,
		xattrs: xattrs(h.PAXRecords),
	}
	switch h.Typeflag {
	case tar.TypeReg:
		n.content = content
	case tar.TypeDir:
		n.children = map[string]*node{}
	case tar.TypeSymlink:
		n.target = h.Linkname
	case tar.TypeLink:
		old, ok := t.find(h.Linkname)
		if !ok || old.mode.IsDir() {
			return nil, fmt.Errorf("%s is a hard link to %s, which is not there", h.Name, h.Linkname)
		}
		same := *old
		return &same, nil
	case tar.TypeChar, tar.TypeBlock:
		n.rdev = device(uint32(h.Devmajor), uint32(h.Devminor))
	case tar.TypeFifo:
		n.mode = fs.ModeNamedPipe | n.mode.Perm()
	default:
		return nil, nil
	}
	return n, nil
}

// device is a device number as EROFS keeps it: new_encode_dev in the kernel's
// include/linux/kdev_t.h.
func device(major, minor uint32) uint32 {
	return minor&0xff | major<<8 | (minor&^0xff)<<12
}

func xattrs(records map[string]string) map[string]string {
	var found map[string]string
	for key, value := range records {
		if name, ok := strings.CutPrefix(key, xattrRecord); ok {
			if found == nil {
				found = map[string]string{}
			}
			found[name] = value
		}
	}
	return found
}
