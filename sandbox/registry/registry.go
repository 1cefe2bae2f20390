//go:build linux

// Package registry keeps note of running containers that others may ask for:
// those with a name, and those on the bridge.
//
// There is one small file for each, in a folder that is gone with the next
// boot. It is written before what it tells of is made and removed after that
// is gone, so that whatever a killed cloison leaves is known to the next one.
// The package does not clear anything itself.
//
// See flock(2), and file-hierarchy(7) for /run.
package registry

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"cloison/sandbox"
	"cloison/sandbox/folder"
	"cloison/sandbox/process"
)

// Entry is one container.
type Entry struct {
	Name      string     `json:"name"`
	Owner     process.ID `json:"owner"`     // the cloison that runs it
	Container process.ID `json:"container"` // its first process; zero before its birth
	// Network is the inode of the network namespace that Device and Bridge are
	// in: the owner's.
	Network uint64 `json:"network"`
	Bridge  string `json:"bridge,omitempty"`  // "" when it is on none
	Device  string `json:"device,omitempty"`  // the owner's end of its veth pair
	Address string `json:"address,omitempty"` // on the bridge
	Subnet  string `json:"subnet,omitempty"`  // the bridge's
}

// Abandoned says whether nobody is left to clear up after the container.
func (e Entry) Abandoned() bool { return e.Owner.Gone() }

// Registry is a folder with an entry each.
type Registry struct {
	dir string
}

// Errors of a registry.
var (
	ErrNameTaken = errors.New("a container of this name runs already")
	ErrNotThere  = errors.New("no container of this name runs")
)

// New is the registry in a folder, which is made when it is needed.
func New(dir string) Registry { return Registry{dir} }

// Usual is where a user's containers are registered.
func Usual(uid int, runtimeDir string) string {
	switch {
	case uid == 0:
		return "/run/cloison/containers"
	case runtimeDir != "":
		return filepath.Join(runtimeDir, "cloison", "containers")
	}
	return filepath.Join("/tmp", "cloison-"+strconv.Itoa(uid), "containers")
}

var names = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_.-]{1,63}$`)

// CheckName refuses what is no name, as docker run does.
func CheckName(name string) error {
	if !names.MatchString(name) {
		return sandbox.Errorf("--name %s: give 2 to 64 letters, digits, and _ . - after the first",
			"--name %s : donnez 2 à 64 lettres ou chiffres ; _ . - sont permis après le premier", name)
	}
	return nil
}

// Path is the file of a container.
func (r Registry) Path(name string) string { return filepath.Join(r.dir, name+".json") }

// Add registers a container whose name nobody has. The caller holds the lock.
func (r Registry) Add(e Entry) error {
	if err := r.make(); err != nil {
		return err
	}
	text, err := json.Marshal(e)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(r.Path(e.Name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return ErrNameTaken
	}
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}

// make makes the folder, which must be ours alone. Another cloison may take
// one that is empty away again meanwhile.
func (r Registry) make() error {
	var err error
	for range 5 {
		if err = os.MkdirAll(r.dir, 0o700); err == nil {
			break
		}
	}
	if err != nil {
		return sandbox.Errorf("make a folder to register containers in: %w", "créer un dossier où inscrire les conteneurs : %w", err)
	}
	switch alone, err := folder.IsOurs(r.dir, folder.Write); {
	case err != nil:
		return err
	case !alone:
		return sandbox.Errorf("register containers in %s: it is not a folder of ours alone; remove it",
			"inscrire les conteneurs dans %s : ce dossier n’est pas à nous seuls ; supprimez-le", r.dir)
	}
	return nil
}

// Update replaces an entry, at once or not at all. The caller holds the lock.
func (r Registry) Update(e Entry) error {
	text, err := json.Marshal(e)
	if err != nil {
		return err
	}
	fresh := r.Path(e.Name) + ".new"
	if err := os.WriteFile(fresh, text, 0o600); err != nil {
		return err
	}
	return os.Rename(fresh, r.Path(e.Name))
}

// Remove forgets a container, and the folder with the last one.
func (r Registry) Remove(name string) error {
	_ = os.Remove(r.Path(name) + ".new")
	if err := os.Remove(r.Path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	_ = os.Remove(r.dir) // fails while others are registered
	_ = os.Remove(filepath.Dir(r.dir))
	return nil
}

// List gives all entries, also of owners that are gone. Files that hold none
// are passed over.
func (r Registry) List() []Entry {
	files, _ := os.ReadDir(r.dir)
	var all []Entry
	for _, f := range files {
		name, ok := strings.CutSuffix(f.Name(), ".json")
		if !ok {
			continue
		}
		text, err := os.ReadFile(r.Path(name))
		if err != nil {
			continue
		}
		if e, err := parse(text); err == nil && e.Name == name {
			all = append(all, e)
		}
	}
	return all
}

func parse(text []byte) (Entry, error) {
	var e Entry
	if err := json.Unmarshal(text, &e); err != nil {
		return Entry{}, err
	}
	if !names.MatchString(e.Name) || e.Owner.PID <= 0 {
		return Entry{}, errors.New("no name, or no owner")
	}
	return e, nil
}

// Spoilt lists the files of which nothing can be read: whoever wrote them was
// killed meanwhile, or writes at this moment and holds the lock.
func (r Registry) Spoilt() []string {
	files, _ := os.ReadDir(r.dir)
	var all []string
	for _, f := range files {
		path := filepath.Join(r.dir, f.Name())
		text, err := os.ReadFile(path)
		if err != nil || !strings.HasSuffix(path, ".json") && !strings.HasSuffix(path, ".new") {
			continue
		}
		if _, err := parse(text); err != nil || strings.HasSuffix(path, ".new") {
			all = append(all, path)
		}
	}
	return all
}

// Tidy removes what is spoilt. The caller holds the lock.
func (r Registry) Tidy() {
	for _, path := range r.Spoilt() {
		_ = os.Remove(path)
	}
	_ = os.Remove(r.dir) // fails while others are registered
}

// Find gives a running container by its name.
func (r Registry) Find(name string) (Entry, error) {
	for _, e := range r.List() {
		if e.Name == name && e.Container.PID > 0 && !e.Abandoned() && !e.Container.Gone() {
			return e, nil
		}
	}
	return Entry{}, ErrNotThere
}

// Note remembers something for whoever clears up.
func (r Registry) Note(what string) error {
	return os.WriteFile(filepath.Join(r.dir, what), nil, 0o600)
}

// Noted says whether something is remembered.
func (r Registry) Noted(what string) bool {
	_, err := os.Stat(filepath.Join(r.dir, what))
	return err == nil
}

// Forget forgets it again.
func (r Registry) Forget(what string) { _ = os.Remove(filepath.Join(r.dir, what)) }

// Lock keeps everybody else from registering and clearing until unlock is
// called. A folder that is not there needs no lock; with forAdding, it is made.
func (r Registry) Lock(forAdding bool) (unlock func(), err error) {
	for {
		if forAdding {
			if err := r.make(); err != nil {
				return nil, err
			}
		}
		f, err := r.locked()
		switch {
		case errors.Is(err, fs.ErrNotExist) && !forAdding:
			return func() {}, nil
		case err == nil && r.still(f):
			return func() { _ = f.Close() }, nil
		case err == nil:
			_ = f.Close() // the last one out has removed the folder meanwhile
		case !errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("lock %s: %w", r.dir, err)
		}
	}
}

// locked is the folder, opened and locked.
func (r Registry) locked() (*os.File, error) {
	f, err := os.Open(r.dir)
	if err != nil {
		return nil, err
	}
	if err := retry(func() error { return unix.Flock(int(f.Fd()), unix.LOCK_EX) }); err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

// still says whether the folder is the one that was opened.
func (r Registry) still(f *os.File) bool {
	opened, err1 := f.Stat()
	now, err2 := os.Stat(r.dir)
	return err1 == nil && err2 == nil && os.SameFile(opened, now)
}

func retry(f func() error) error {
	for {
		if err := f(); !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}
