package template

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Store is the folder that templates are kept in.
type Store struct{ dir string }

// Open makes the folder where there is none. What is in a guest's memory is
// nobody else's business.
func Open(dir string) (Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return Store{}, fmt.Errorf("make a folder for saved machines: %w", err)
	}
	return Store{dir}, nil
}

// The files of a template. The one that describes it is written last.
const (
	ramFile   = "ram"
	stateFile = "state"
	infoFile  = "template.json"
)

// draftPrefix marks the folder of a template that is not whole.
const draftPrefix = "new-"

// Info describes a template.
type Info struct {
	Parts Parts            `json:"parts"`
	Made  time.Time        `json:"made"`
	Files map[string]Stamp `json:"files"`
	About json.RawMessage  `json:"about"` // what the maker wants to know of it
}

// Stamp tells whether a file has been touched since.
type Stamp struct {
	Size     int64     `json:"size"`
	Modified time.Time `json:"modified"`
}

// StampOf looks at a file.
func StampOf(path string) (Stamp, error) {
	st, err := os.Stat(path)
	if err != nil {
		return Stamp{}, err
	}
	return Stamp{st.Size(), st.ModTime().UTC()}, nil
}

// Template is a saved machine.
type Template struct {
	Key  Key
	Info Info
	dir  string
}

// RAM is the path of the guest's memory.
func (t Template) RAM() string { return filepath.Join(t.dir, ramFile) }

// State is the path of the devices' state.
func (t Template) State() string { return filepath.Join(t.dir, stateFile) }

// Find gives the template of a key. One whose files have been touched is not
// found: it could crash a guest in strange ways.
func (s Store) Find(key Key) (Template, bool) {
	t := Template{Key: key, dir: filepath.Join(s.dir, string(key))}
	text, err := os.ReadFile(filepath.Join(t.dir, infoFile))
	if err != nil || json.Unmarshal(text, &t.Info) != nil || t.Info.Parts.Key() != key {
		return Template{}, false
	}
	for _, name := range []string{ramFile, stateFile} {
		if stamp, err := StampOf(filepath.Join(t.dir, name)); err != nil || stamp != t.Info.Files[name] {
			return Template{}, false
		}
	}
	now := time.Now()
	_ = os.Chtimes(filepath.Join(t.dir, infoFile), now, now) // its last use, see clear
	return t, true
}

// Discard removes a template that turned out to be broken. Guests that run
// from it keep its files until they end (unlink(2)).
func (s Store) Discard(key Key) error {
	if err := os.RemoveAll(filepath.Join(s.dir, string(key))); err != nil {
		return fmt.Errorf("remove a saved machine: %w", err)
	}
	return nil
}

// keep is how many templates stay: two kinds of guest, for a cloison that is
// installed and one that is being worked on.
const keep = 4

// clear removes drafts that nobody makes any more, and the templates that
// have not been used for longest. Only who holds the lock may call it.
func (s Store) clear(now Key) error {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return fmt.Errorf("look at saved machines: %w", err)
	}
	type used struct {
		path string
		last time.Time
	}
	var others []used
	var failed []error
	for _, e := range entries {
		path := filepath.Join(s.dir, e.Name())
		switch info, err := os.Stat(filepath.Join(path, infoFile)); {
		case !e.IsDir() || e.Name() == string(now):
		case err != nil || strings.HasPrefix(e.Name(), draftPrefix):
			failed = append(failed, os.RemoveAll(path))
		default:
			others = append(others, used{path, info.ModTime()})
		}
	}
	slices.SortFunc(others, func(a, b used) int { return cmp.Compare(b.last.UnixNano(), a.last.UnixNano()) })
	for _, old := range others[min(len(others), keep-1):] {
		failed = append(failed, os.RemoveAll(old.path))
	}
	return errors.Join(failed...)
}
