package template

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// Draft is a template that is being made: RAM and State are there to be
// filled, Dir is for what is needed meanwhile.
type Draft struct {
	lock  *Lock
	parts Parts
	dir   string
}

// NoRoom says that the disk is too full for a template.
type NoRoom struct {
	Dir        string
	Need, Free uint64 // bytes
}

func (e *NoRoom) Error() string {
	return fmt.Sprintf("a saved machine needs %d MB in %s, and %d MB are free there", e.Need>>20, e.Dir, e.Free>>20)
}

// stateRoom is more than the state of the devices takes; spare is for what is
// needed meanwhile and for the rest of the computer.
const (
	stateRoom = 4 << 20
	spare     = 64 << 20
)

// Begin clears what is old and makes the files of a new template, with all the
// room that they may need. The caller ends with Finish or Discard.
func (l *Lock) Begin(parts Parts, ram int64) (*Draft, error) {
	if err := l.store.clear(parts.Key()); err != nil {
		return nil, err
	}
	d := &Draft{lock: l, parts: parts, dir: filepath.Join(l.store.dir, draftPrefix+string(parts.Key()))}
	if err := d.fill(ram); err != nil {
		return nil, errors.Join(err, d.Discard())
	}
	return d, nil
}

func (d *Draft) fill(ram int64) error {
	var fs unix.Statfs_t
	if err := unix.Statfs(d.lock.store.dir, &fs); err != nil {
		return fmt.Errorf("look for room in %s: %w", d.lock.store.dir, err)
	}
	full := &NoRoom{Dir: d.lock.store.dir, Need: uint64(ram) + stateRoom + spare, Free: fs.Bavail * uint64(fs.Bsize)}
	if full.Free < full.Need {
		return full
	}
	err := os.Mkdir(d.dir, 0o700)
	if err == nil {
		err = allocate(filepath.Join(d.dir, stateFile), 0, stateRoom)
	}
	if err == nil {
		err = allocate(filepath.Join(d.dir, ramFile), ram, ram)
	}
	if errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT) {
		return full
	}
	if err != nil {
		return fmt.Errorf("make a saved machine: %w", err)
	}
	return nil
}

// allocate makes a file of some size that has room to grow into. Where the
// file system can't reserve room, there was enough a moment ago.
func allocate(path string, size, room int64) error {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	if err := file.Truncate(size); err != nil {
		return err
	}
	err = unix.Fallocate(int(file.Fd()), unix.FALLOC_FL_KEEP_SIZE, 0, room)
	if errors.Is(err, unix.EOPNOTSUPP) || errors.Is(err, unix.ENOSYS) {
		return nil
	}
	return err
}

// Dir is a folder for what is needed while the template is made.
func (d *Draft) Dir() string { return d.dir }

// RAM is the path of the guest's memory.
func (d *Draft) RAM() string { return filepath.Join(d.dir, ramFile) }

// State opens the file of the devices' state.
func (d *Draft) State() (*os.File, error) {
	return os.OpenFile(filepath.Join(d.dir, stateFile), os.O_WRONLY, 0)
}

// Finish makes the draft a template; about goes into its Info. Nothing may
// write to its files any more.
func (d *Draft) Finish(about json.RawMessage) (Template, error) {
	info := Info{Parts: d.parts, Made: time.Now().UTC(), Files: map[string]Stamp{}, About: about}
	if err := d.settle(info); err != nil {
		return Template{}, errors.Join(fmt.Errorf("keep a saved machine: %w", err), d.Discard())
	}
	store, key := d.lock.store, d.parts.Key()
	if err := store.Discard(key); err != nil { // one whose files were touched
		return Template{}, errors.Join(err, d.Discard())
	}
	if err := os.Rename(d.dir, filepath.Join(store.dir, string(key))); err != nil {
		return Template{}, errors.Join(fmt.Errorf("keep a saved machine: %w", err), d.Discard())
	}
	t, ok := store.Find(key)
	if !ok {
		return Template{}, fmt.Errorf("keep a saved machine: somebody else changes %s", store.dir)
	}
	return t, nil
}

// settle gives back what room the files do not need, has them on the disk, and
// describes them; anything else in the folder is removed.
func (d *Draft) settle(info Info) error {
	entries, err := os.ReadDir(d.dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		path := filepath.Join(d.dir, e.Name())
		if e.Name() != ramFile && e.Name() != stateFile {
			if err := os.RemoveAll(path); err != nil {
				return err
			}
			continue
		}
		if err := shrink(path); err != nil {
			return err
		}
		if info.Files[e.Name()], err = StampOf(path); err != nil {
			return err
		}
	}
	text, err := json.MarshalIndent(info, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(d.dir, infoFile), text, 0o600)
}

// Discard removes the draft.
func (d *Draft) Discard() error {
	if err := os.RemoveAll(d.dir); err != nil {
		return fmt.Errorf("remove an unfinished saved machine: %w", err)
	}
	return nil
}
