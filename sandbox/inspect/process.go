package inspect

import (
	"errors"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"cloison/sandbox"
	"cloison/sandbox/process"
)

// reading is one folder of /proc while it is read.
type reading struct {
	root   fs.FS
	dir    string   // proc/PID
	unread []string // what may not be read, or makes no sense
}

// text is what a file says; "" where it cannot be read. A file that is not
// there, or that has nothing to say, is a feature that the kernel lacks.
func (p *reading) text(name string) string {
	text, err := fs.ReadFile(p.root, p.dir+"/"+name)
	if err == nil {
		return string(text)
	}
	if errors.Is(err, fs.ErrPermission) {
		p.skip(name)
	}
	return ""
}

// skip notes that a part could not be read.
func (p *reading) skip(name string) {
	if !slices.Contains(p.unread, name) {
		p.unread = append(p.unread, name)
	}
}

// parsed reads a file and parses it; what makes no sense stays zero.
func parsed[T any](p *reading, name string, parse func(string) (T, error)) T {
	var zero T
	text := p.text(name)
	if text == "" {
		return zero
	}
	value, err := parse(text)
	if err != nil {
		p.skip(name)
		return zero
	}
	return value
}

// namespaceInodes reads the links of /proc/PID/ns. Whether they may be read is
// one question for all of them (ptrace(2), PTRACE_MODE_READ_FSCREDS).
func (p *reading) namespaceInodes() map[sandbox.Namespace]uint64 {
	inodes := map[sandbox.Namespace]uint64{}
	for _, ns := range sandbox.Namespaces {
		inode, err := readNamespace(p.root, p.dir+"/ns", ns)
		switch {
		case err == nil:
			inodes[ns] = inode
		case errors.Is(err, fs.ErrPermission):
			p.skip("ns")
			return inodes
		}
	}
	return inodes
}

// why is the reason that a part was not read.
func (p *reading) why(part string) error {
	if slices.Contains(p.unread, part) {
		return fs.ErrPermission
	}
	return ErrGone
}

// stat reads /proc/PID/stat.
func (p *reading) stat() (process.Stat, error) {
	text, err := fs.ReadFile(p.root, p.dir+"/stat")
	if err != nil {
		return process.Stat{}, err
	}
	return process.ParseStat(string(text))
}

// alive is the stat of a process that has not ended.
func (p *reading) alive() (process.Stat, error) {
	s, err := p.stat()
	if err == nil {
		err = ended(s)
	}
	return s, err
}

// ended is the error of a process that has ended, or is about to: it is nil for
// any other.
func ended(s process.Stat) error {
	switch {
	case s.Over():
		return sandbox.Errorf("it has ended and waits for its parent %d to reap it: %w",
			"il est terminé et attend que son parent %d en prenne acte : %w", s.PPID, ErrGone)
	case s.Exiting():
		return ErrGone
	}
	return nil
}

// parseArgs splits /proc/PID/cmdline, where a NUL ends each argument.
func parseArgs(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\x00"), "\x00")
}

// regular reads at most limit bytes of a regular file. Below /proc/PID/root a
// process decides what is where: a FIFO would make us wait for ever. It may also put
// one there after we have looked; [Root] does not wait for those.
func regular(root fs.FS, name string, limit int64) ([]byte, error) {
	if err := isRegular(fs.Stat(root, name)); err != nil {
		return nil, err
	}
	file, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if err := isRegular(file.Stat()); err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(file, limit))
}

func isRegular(info fs.FileInfo, err error) error {
	if err == nil && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "read", Path: info.Name(), Err: fs.ErrInvalid}
	}
	return err
}

// procDir is a process's folder in /proc.
func procDir(pid int) string { return "proc/" + strconv.Itoa(pid) }
