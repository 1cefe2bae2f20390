package build

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/erofs/go-erofs"
)

// tree is a file system in memory: names and owners here, the content of files
// wherever it was read from. It is an [fs.FS], with symbolic links left alone.
type tree struct {
	root  *node
	epoch time.Time // of what is added by hand
}

// node is a file, a folder, a link or a device of a tree.
type node struct {
	name     string
	mode     fs.FileMode
	uid, gid int
	mtime    time.Time
	rdev     uint32
	target   string // of a symbolic link
	xattrs   map[string]string
	content  *io.SectionReader // of a regular file
	children map[string]*node  // of a folder
}

// newTree makes an empty tree.
func newTree(epoch time.Time) *tree {
	return &tree{root: folder(".", 0o755, epoch), epoch: epoch}
}

func folder(name string, perm fs.FileMode, mtime time.Time) *node {
	return &node{name: name, mode: fs.ModeDir | perm, mtime: mtime, children: map[string]*node{}}
}

// clean is a name as fs.FS wants it: no leading or trailing slash.
func clean(name string) string {
	return strings.TrimPrefix(path.Clean("/"+name), "/")
}

// find returns the node of that name, without following links.
func (t *tree) find(name string) (*node, bool) {
	n := t.root
	for part := range strings.SplitSeq(clean(name), "/") {
		if part == "" {
			continue
		}
		next, ok := n.children[part]
		if !ok {
			return nil, false
		}
		n = next
	}
	return n, true
}

// put places n at name, in folders that are made where they are missing. An
// older node of that name gives way; a folder keeps what it holds.
func (t *tree) put(name string, n *node) error {
	name = clean(name)
	if name == "" && !n.mode.IsDir() {
		return errors.New("the root is not a folder")
	}
	if name == "" {
		n.name, n.children = ".", t.root.children
		t.root = n
		return nil
	}
	parent, err := t.parent(path.Dir(name))
	if err != nil {
		return fmt.Errorf("add %s: %w", name, err)
	}
	n.name = path.Base(name)
	if old, ok := parent.children[n.name]; ok && old.mode.IsDir() && n.mode.IsDir() {
		n.children = old.children
	}
	parent.children[n.name] = n
	return nil
}

// parent returns the folder of that name and makes it where it is missing.
func (t *tree) parent(dir string) (*node, error) {
	at := t.root
	for part := range strings.SplitSeq(clean(dir), "/") {
		if part == "" {
			continue
		}
		next, ok := at.children[part]
		if !ok {
			next = folder(part, 0o755, t.epoch)
			at.children[part] = next
		}
		if !next.mode.IsDir() {
			return nil, fmt.Errorf("%s is not a folder", part)
		}
		at = next
	}
	return at, nil
}

// file adds a regular file of root's.
func (t *tree) file(name string, perm fs.FileMode, content []byte) error {
	return t.put(name, &node{
		mode: perm, mtime: t.epoch,
		content: io.NewSectionReader(bytes.NewReader(content), 0, int64(len(content))),
	})
}

// read returns the content of a regular file.
func (t *tree) read(name string) ([]byte, error) {
	n, ok := t.find(name)
	if !ok || n.content == nil {
		return nil, &fs.PathError{Op: "read", Path: name, Err: fs.ErrNotExist}
	}
	return io.ReadAll(io.NewSectionReader(n.content, 0, n.content.Size()))
}

// drop removes a node and all below it, if it is there.
func (t *tree) drop(name string) {
	name = clean(name)
	if parent, ok := t.find(path.Dir(name)); ok {
		delete(parent.children, path.Base(name))
	}
}

// size is how many bytes the files of a tree have together.
func (t *tree) size() int64 { return t.root.size() }

func (n *node) size() int64 {
	sum := info{n}.Size()
	for _, c := range n.children {
		sum += c.size()
	}
	return sum
}

// sorted are a folder's children by name.
func (n *node) sorted() []*node {
	all := make([]*node, 0, len(n.children))
	for _, c := range n.children {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b *node) int { return strings.Compare(a.name, b.name) })
	return all
}

// Open, ReadDir and ReadLink make a tree an fs.FS, whose names may be any
// bytes, as Linux's are.
func (t *tree) Open(name string) (fs.File, error) {
	n, ok := t.find(name)
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	f := &openFile{node: n}
	if n.content != nil {
		f.Reader = io.NewSectionReader(n.content, 0, n.content.Size())
	} else {
		f.Reader = bytes.NewReader(nil)
	}
	return f, nil
}

func (t *tree) ReadDir(name string) ([]fs.DirEntry, error) {
	n, ok := t.find(name)
	if !ok {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrNotExist}
	}
	var list []fs.DirEntry
	for _, c := range n.sorted() {
		list = append(list, fs.FileInfoToDirEntry(info{c}))
	}
	return list, nil
}

func (t *tree) ReadLink(name string) (string, error) {
	n, ok := t.find(name)
	if !ok || n.mode.Type() != fs.ModeSymlink {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: fs.ErrInvalid}
	}
	return n.target, nil
}

// openFile is an open node.
type openFile struct {
	io.Reader
	node *node
}

func (f *openFile) Stat() (fs.FileInfo, error) { return info{f.node}, nil }
func (f *openFile) Close() error               { return nil }

// info is a node's fs.FileInfo. Sys gives what go-erofs asks for.
type info struct{ n *node }

func (i info) Name() string       { return i.n.name }
func (i info) Mode() fs.FileMode  { return i.n.mode }
func (i info) ModTime() time.Time { return i.n.mtime }
func (i info) IsDir() bool        { return i.n.mode.IsDir() }

func (i info) Size() int64 {
	if i.n.content == nil {
		return 0
	}
	return i.n.content.Size()
}

func (i info) Sys() any {
	return &erofs.Stat{
		Mode: i.n.mode, Size: i.Size(), Rdev: i.n.rdev, Nlink: i.links(),
		UID: uint32(i.n.uid), GID: uint32(i.n.gid),
		Mtime: uint64(i.n.mtime.Unix()), Xattrs: i.n.xattrs,
	}
}

// links counts the links of a folder as every file system does: itself, its
// name, and the ".." of each folder below it. find(1) relies on that.
func (i info) links() int {
	if !i.n.mode.IsDir() {
		return 1
	}
	links := 2
	for _, c := range i.n.children {
		if c.mode.IsDir() {
			links++
		}
	}
	return links
}
